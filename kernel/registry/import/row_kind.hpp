/// Rows of a table that are no records: the heading over the rows below it, the sum of those above. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "kernel/registry/import/header_match.hpp"
#include "kernel/registry/import/sheet_plan.hpp"

namespace eschool::importing {

/// Whether the row has a value or a formula there.
bool is_filled(const tabular::Row&, std::size_t cell);

/// Whether the row begins with «Итого» or «Всего».
bool is_total(const tabular::Row&);

struct Heading {
  std::size_t cell = 0;    ///< index in Row::cells
  std::size_t column = 0;  ///< of the plan: a carried one
};

/// The heading that the row is: its only filled cell is a text, and the plan has a carried column. Where the file has
/// that column itself, the text must stand in it.
std::optional<Heading> heading_of(const tabular::Row&, const SheetPlan&, const std::vector<MappedColumn>&);

}  // namespace eschool::importing
