/// In which order a school fills its registries: what others refer to comes before them.
#pragma once

#include <functional>
#include <vector>

#include "schema/catalogue.hpp"

namespace eschool::schema {

/// One registry in the order of filling.
struct FillStep {
  const Registry* registry = nullptr;
  std::vector<const Registry*> needs;  ///< referred to by required fields: no record can be made without them
  std::vector<const Registry*> uses;   ///< referred to by other fields
  const Registry* part_of = nullptr;   ///< its records are rows in the card of this one (licences of the institution)
};

/// Every registry that `wanted` lets through, once, each after those that it needs and, as far as references do not go
/// round in a circle, after those that it uses. A singleton waits only for what it needs: the institution is where one
/// begins. A facet is filled together with its base, so it does not need it. Otherwise the catalogue's order stays.
/// Without `wanted`, all. Needs and uses of registries that are not wanted are left out.
std::vector<FillStep> fill_order(const Catalogue&, const std::function<bool(const Registry&)>& wanted = {});

}  // namespace eschool::schema
