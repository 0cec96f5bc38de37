#include "schema/fill_order.hpp"

#include <algorithm>
#include <tuple>

namespace eschool::schema {
namespace {

using Registries = std::vector<const Registry*>;

bool has(const Registries& list, const Registry* registry) {
  return std::find(list.begin(), list.end(), registry) != list.end();
}

/// The registry that shows the records of this one as its rows, if they cannot be without it.
const Registry* whole_of(const Catalogue& catalogue, const Registry& part) {
  for (const auto& registry : catalogue.registries())
    for (const auto& field : registry->fields) {
      if (field.type != FieldType::children || field.target != part.id) continue;
      const Field* via = part.find(field.via);
      if (via && via->required && via->target == registry->id) return registry.get();
    }
  return nullptr;
}

FillStep step_of(const Catalogue& catalogue, const Registry& registry, const Registries& wanted) {
  FillStep step{&registry, {}, {}, whole_of(catalogue, registry)};
  if (!has(wanted, step.part_of)) step.part_of = nullptr;
  const auto look_at = [&](const Registry& owner) {
    for (const auto& field : owner.fields) {
      if (field.type != FieldType::reference) continue;
      if (&owner == &registry && field.name == registry.facet_by) continue;
      const Registry* target = catalogue.find(field.target);
      if (!target || target == &registry || !has(wanted, target)) continue;
      auto& list = field.required ? step.needs : step.uses;
      if (!has(list, target)) list.push_back(target);
    }
  };
  look_at(registry);
  if (const Registry* base = catalogue.base(registry)) look_at(*base);
  std::erase_if(step.uses, [&](const Registry* used) { return has(step.needs, used); });
  return step;
}

}  // namespace

std::vector<FillStep> fill_order(const Catalogue& catalogue, const std::function<bool(const Registry&)>& wanted) {
  Registries left;
  for (const auto& registry : catalogue.registries())
    if (!wanted || wanted(*registry)) left.push_back(registry.get());
  std::vector<FillStep> waiting, order;
  waiting.reserve(left.size());
  for (const auto* registry : left) waiting.push_back(step_of(catalogue, *registry, left));

  const auto missing = [&](const Registries& list) {
    return std::count_if(list.begin(), list.end(), [&](const Registry* one) { return has(left, one); });
  };
  while (!waiting.empty()) {
    // The one that misses least comes next; of a circle, the one whose missing references can be added later.
    const auto next = std::min_element(waiting.begin(), waiting.end(), [&](const FillStep& a, const FillStep& b) {
      const auto weight = [&](const FillStep& step) {
        return std::tuple(missing(step.needs), step.registry->singleton ? -1 : missing(step.uses));
      };
      return weight(a) < weight(b);
    });
    std::erase(left, next->registry);
    order.push_back(std::move(*next));
    waiting.erase(next);
  }
  return order;
}

}  // namespace eschool::schema
