#include "kernel/registry/import/sight.hpp"

#include <algorithm>

namespace eschool::importing {

using access::Action;
using access::Rule;
using schema::Registry;
using schema::Sensitivity;

namespace {

Sensitivity level_of(const PlanColumn& column) {
  if (column.field) return column.field->sensitivity;
  auto level = Sensitivity::open;
  for (const auto* part : column.name_parts)
    if (part) level = std::max(level, part->sensitivity);
  return level;
}

}  // namespace

bool Sight::hidden(const Node& node, const PlanColumn& column) const {
  const auto level = level_of(column);
  const auto reaches = [&](Action action) {
    const auto rules = query_.policy().rules(asker_.who, *node.registry, action);
    return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.reads >= level; });
  };
  return !reaches(Action::read) && !(node.may_create() && (reaches(Action::create) || reaches(Action::update)));
}

std::vector<PlanColumn> Sight::narrow(SheetPlan& plan) const {
  std::vector<PlanColumn> hidden_ones;
  std::erase_if(plan.columns, [&](const PlanColumn& column) {
    if (!hidden(plan.nodes[column.node], column)) return false;
    hidden_ones.push_back(column);
    return true;
  });
  return hidden_ones;
}

bool Sight::sees(const Registry& registry, std::int64_t id, const registry::Values& given) const {
  auto level = Sensitivity::open;
  for (const auto& [name, value] : given)
    if (const auto located = catalogue_.locate(registry, name)) level = std::max(level, located.field->sensitivity);
  const auto rules = query_.policy().rules(asker_.who, registry, Action::read);
  return std::any_of(rules.begin(), rules.end(),
                     [&](const Rule& rule) { return rule.everywhere() && rule.reads >= level; }) ||
         query_.readable(session_, asker_, registry, id, level);
}

bool Sight::unrestricted(const Registry& registry) const {
  const auto rules = query_.policy().rules(asker_.who, registry, Action::update);
  return std::any_of(rules.begin(), rules.end(), [](const Rule& rule) {
    return rule.everywhere() && !rule.writes && rule.reads == Sensitivity::special;
  });
}

}  // namespace eschool::importing
