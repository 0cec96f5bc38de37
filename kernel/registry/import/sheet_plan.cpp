#include "kernel/registry/import/sheet_plan.hpp"

#include <algorithm>

namespace eschool::importing {

using schema::Catalogue;
using schema::Field;
using schema::FieldType;
using schema::Registry;

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Planner {
 public:
  Planner(const Catalogue& catalogue, const Registry& registry) : catalogue_(catalogue) {
    plan_.registry = &registry;
    plan_.nodes.push_back({&registry, nullptr, 0, Node::Mode::root, {}, {}});
  }

  void add(const schema::ImportColumn& column) {
    std::size_t node = 0;
    std::string_view path = column.to;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
      const auto located = catalogue_.locate(*plan_.nodes[node].registry, path.substr(0, dot));
      if (!located || located.field->type != FieldType::reference) return;
      node = child(node, *located.field);
      path.remove_prefix(dot + 1);
    }
    const auto& registry = *plan_.nodes[node].registry;
    if (column.parse == "full_name") {
      const std::array parts{catalogue_.locate(registry, surname).field, catalogue_.locate(registry, given_name).field,
                             catalogue_.locate(registry, patronymic).field};
      if (parts[0] && parts[1]) plan_.columns.push_back({&column, node, nullptr, parts});
      return;
    }
    const auto located = catalogue_.locate(registry, path);
    if (!located || !located.field->has_column()) return;
    const Field* field = located.field;
    if (field->type == FieldType::reference) {
      const auto& target = catalogue_.at(field->target);
      const auto* named = sole_field(target);
      if (!named) return;
      node = child(node, *field);
      field = named;
    }
    plan_.columns.push_back({&column, node, field, {}});
  }

  SheetPlan take() { return std::move(plan_); }

 private:
  /// The field by which one cell names a record of the registry: of the strongest group that is one field.
  const Field* sole_field(const Registry& registry) const {
    for (const auto& group : identity_groups(catalogue_, registry)) {
      if (group.size() != 1) continue;
      const auto located = catalogue_.locate(registry, group.front());
      if (located && located.field->type != FieldType::reference) return located.field;
    }
    return nullptr;
  }

  std::size_t child(std::size_t parent, const Field& reference) {
    for (const auto known : plan_.nodes[parent].children)
      if (plan_.nodes[known].reference == &reference) return known;
    const auto index = plan_.nodes.size();
    Node node;
    node.registry = &catalogue_.at(reference.target);
    node.reference = &reference;
    node.parent = parent;
    node.path = plan_.nodes[parent].path.empty() ? reference.name : plan_.nodes[parent].path + "." + reference.name;
    const auto& declared = plan_.registry->views.import;
    node.mode = contains(declared.upsert, node.path)     ? Node::Mode::upsert
                : contains(declared.deferred, node.path) ? Node::Mode::deferred
                                                         : Node::Mode::lookup;
    plan_.nodes[parent].children.push_back(index);
    plan_.nodes.push_back(std::move(node));
    return index;
  }

  const Catalogue& catalogue_;
  SheetPlan plan_;
};

}  // namespace

bool PlanColumn::feeds(std::string_view name) const {
  if (field) return field->name == name;
  return std::any_of(name_parts.begin(), name_parts.end(),
                     [&](const Field* part) { return part && part->name == name; });
}

const Registry& definition_of(const Catalogue& catalogue, const Registry& registry) {
  const auto& through = registry.views.import.through;
  return through.empty() ? registry : catalogue.at(through);
}

SheetPlan make_plan(const Catalogue& catalogue, const Registry& definition) {
  Planner planner(catalogue, definition);
  for (const auto& column : definition.views.import.columns) planner.add(column);
  return planner.take();
}

std::vector<std::vector<std::string>> identity_groups(const Catalogue& catalogue, const Registry& registry) {
  if (!registry.identity.empty()) return registry.identity;
  const auto* base = catalogue.base(registry);
  if (base && !base->identity.empty()) return base->identity;
  std::vector<std::vector<std::string>> groups;
  for (const auto* table : {&registry, base}) {
    if (!table) continue;
    for (const auto& field : table->fields)
      if (field.unique) groups.push_back({field.name});
    for (const auto& group : table->unique)
      if (group.size() != 1 || group.front() != table->facet_by) groups.push_back(group);
  }
  return groups;
}

}  // namespace eschool::importing
