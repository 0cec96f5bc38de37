#include "kernel/access/policy.hpp"

#include <algorithm>

namespace eschool::access {

bool Rule::writes_field(const schema::Field& field) const {
  if (field.sensitivity > reads) return false;
  return !writes || std::find(writes->begin(), writes->end(), field.name) != writes->end();
}

std::vector<Rule> Policy::rules(const Principal& who, const schema::Registry& registry, Action action) const {
  if (who.system) return {Rule{"all", {}, schema::Sensitivity::special, nullptr}};
  std::vector<Rule> rules;
  for (const auto& grant : who.grants) {
    const auto* role = roles_.find(grant.role);
    if (!role) continue;
    const auto rights = role->rights.find(registry.id);
    if (rights == role->rights.end()) continue;
    for (const auto& right : rights->second) {
      const auto relations = right.relations.find(action);
      if (relations == right.relations.end()) continue;
      for (const auto& relation : relations->second)
        rules.push_back({relation, grant.scope, right.reads, right.writes ? &*right.writes : nullptr});
    }
  }
  return rules;
}

Condition Policy::condition(const Rule& rule, const Source& at) const {
  const auto relation = [&](std::string_view name) {
    const auto* declared = catalogue_.relation(name, at.registry->id);
    if (!declared) return Condition::never();
    const auto parsed = rules::parse(declared->rule);
    const auto* expression = std::get_if<rules::Expression>(&parsed);
    if (!expression) return Condition::never();
    return Condition{Condition::Kind::depends,
                     PredicateCompiler(catalogue_, nullptr, rule.scope).compile(*expression, at)};
  };
  std::vector<Condition> parts;
  parts.push_back(rule.relation == "all" ? Condition::always() : relation(rule.relation));
  // A grant limited to a class says nothing of registries that know no class: it gives nothing there.
  if (rule.scope) parts.push_back(relation("in_scope"));
  return all_of(std::move(parts));
}

Condition Policy::condition(const Principal& who, const Source& at, Action action, schema::Sensitivity level) const {
  std::vector<Condition> parts;
  for (const auto& rule : rules(who, *at.registry, action))
    if (rule.reads >= level) parts.push_back(condition(rule, at));
  return any_of(std::move(parts));
}

bool Policy::has_capability(const Principal& who, std::string_view capability) const {
  if (who.system) return true;
  return std::any_of(who.grants.begin(), who.grants.end(), [&](const Grant& grant) {
    const auto* role = roles_.find(grant.role);
    return role && role->capabilities.contains(capability);
  });
}

Condition CallerGuard::field(const Source& at, const schema::Field& field) {
  if (field.sensitivity == schema::Sensitivity::open) return Condition::always();
  bool whole = true;
  for (const auto& rule : policy_.rules(who_, *at.registry, Action::read))
    if (rule.reads < field.sensitivity) whole = false;
  // When every rule that shows the row shows the field as well, the row's own condition says it already.
  if (whole && policy_.may(who_, *at.registry, Action::read)) return Condition::always();
  return policy_.condition(who_, at, Action::read, field.sensitivity);
}

}  // namespace eschool::access
