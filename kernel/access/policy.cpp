#include "kernel/access/policy.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace eschool::access {

namespace {
constexpr int deepest_child = 4;  ///< rows of rows: also the end of a registry that is its own child
}

std::string rows_function(const schema::Registry& registry, std::string_view relation, std::string_view prefix) {
  constexpr std::size_t longest = 63;  // of a name in PostgreSQL, which cuts a longer one silently
  auto name = fmt::format("{}{}{}{}", prefix, registry.table(), relation.empty() ? "" : ".", relation);
  if (name.size() <= longest) return name;
  std::uint64_t sum = 14695981039346656037u;  // FNV-1a: the same in every build, which std::hash is not
  for (const unsigned char c : name) sum = (sum ^ c) * 1099511628211u;
  return fmt::format("{}_{:016x}", name.substr(0, longest - 17), sum);
}

bool Rule::writes_field(const schema::Field& field) const {
  if (field.sensitivity > reads) return false;
  return !writes || std::find(writes->begin(), writes->end(), field.name) != writes->end();
}

Policy::Policy(const schema::Catalogue& catalogue, const Roles& roles) : catalogue_(catalogue), roles_(roles) {
  for (const auto& registry : catalogue_.registries())
    for (const auto& field : registry->fields)
      if (field.type == schema::FieldType::children) parents_[field.target].push_back({registry.get(), &field});
}

std::vector<Rule> Policy::rules(const Principal& who, const schema::Registry& registry, Action action) const {
  if (who.system) return {Rule{"all", {}, schema::Sensitivity::special}};
  std::vector<Rule> rules;
  for (const auto& grant : who.grants)
    if (const auto* role = roles_.find(grant.role)) add_rules(grant, *role, registry, action, 0, rules);
  if (who.guarded)
    for (auto& rule : rules) rule.guarded = true;
  return rules;
}

void Policy::add_rules(const Grant& grant, const Role& role, const schema::Registry& registry, Action action, int depth,
                       std::vector<Rule>& rules) const {
  if (const auto rights = role.rights.find(registry.id); rights != role.rights.end()) {
    for (const auto& right : rights->second) {
      const auto relations = right.relations.find(action);
      if (relations == right.relations.end()) continue;
      for (const auto& relation : relations->second) {
        Rule rule{relation, {}, right.reads, right.writes ? &*right.writes : nullptr};
        if (grant.scope) rule.scope = storage::Value(*grant.scope);
        if (!right.where.empty()) rule.where = &right.where;
        rules.push_back(std::move(rule));
      }
    }
    return;
  }
  const auto parents = parents_.find(registry.id);
  if (parents == parents_.end() || depth == deepest_child) return;
  for (const auto& [parent, children] : parents->second) {
    std::vector<Rule> above;
    add_rules(grant, role, *parent, action == Action::read ? Action::read : Action::update, depth + 1, above);
    for (auto& rule : above) {
      if (rule.writes && action != Action::read &&
          std::find(rule.writes->begin(), rule.writes->end(), children->name) == rule.writes->end())
        continue;
      rule.writes = nullptr;
      rule.inherited.insert(rule.inherited.begin(), {parent, children->via});
      rules.push_back(std::move(rule));
    }
  }
}

Condition Policy::condition(const Rule& rule, const Source& at) const {
  if (!rule.inherited.empty()) {
    const auto& [parent, via] = rule.inherited.front();
    auto above = rule;
    above.inherited.erase(above.inherited.begin());
    const auto target = source(catalogue_, *parent, at.alias + "p");
    const auto condition = this->condition(above, target);
    if (condition.kind != Condition::Kind::depends) return condition;
    Condition result{Condition::Kind::depends, {}};
    result.sql << at.column(catalogue_, *at.registry->find(via)) << " IN (SELECT " << target.alias << ".id FROM "
               << target.from(catalogue_) << " WHERE " << condition.sql << ")";
    return result;
  }
  std::vector<Condition> parts;
  parts.push_back(rule.relation == "all" ? Condition::always() : held(rule, rule.relation, at));
  // A grant limited to a class says nothing of registries that know no class: it gives nothing there.
  if (rule.scope) parts.push_back(held(rule, "in_scope", at));
  if (rule.where) parts.push_back(compiled(*rule.where, at, rule.scope));
  return all_of(std::move(parts));
}

Condition Policy::held(const Rule& rule, std::string_view relation, const Source& at) const {
  if (!rule.guarded) return related(relation, at, rule.scope);
  // The database answers by a function, which sees what the relation goes through.
  const auto asked = [&](const std::string& column, const schema::Registry& registry) {
    Condition result{Condition::Kind::depends, {}};
    // An array and not IN: it is worked out once, also where the planner expects one row and finds thirty.
    result.sql << column << " = ANY ((SELECT ids FROM \"" << rows_function(registry, relation) << "\"(";
    if (rule.scope)
      result.sql.bind(*rule.scope);
    else
      result.sql << "NULL";
    result.sql << ") ids)::bigint[])";
    return result;
  };
  if (catalogue_.relation(relation, at.registry->id)) return asked(at.alias + ".id", *at.registry);
  std::vector<Condition> ways;
  for (const auto& [parent, children] : catalogue_.parents(at.registry->id))
    if (catalogue_.relation(relation, parent->id))
      ways.push_back(asked(at.column(catalogue_, *at.registry->find(children->via)), *parent));
  return any_of(std::move(ways));
}

Condition Policy::compiled(const std::string& rule, const Source& at, const std::optional<Bind>& scope) const {
  const auto parsed = rules::parse(rule);  // checked when the catalogue and the roles were read
  const auto* expression = std::get_if<rules::Expression>(&parsed);
  if (!expression) return Condition::never();
  return {Condition::Kind::depends, PredicateCompiler(catalogue_, nullptr, scope).compile(*expression, at)};
}

Condition Policy::related(std::string_view relation, const Source& at, const std::optional<Bind>& scope) const {
  if (const auto* declared = catalogue_.relation(relation, at.registry->id)) return compiled(declared->rule, at, scope);
  std::vector<Condition> ways;
  int number = 0;
  for (const auto& [parent, children] : catalogue_.parents(at.registry->id)) {
    const auto* declared = catalogue_.relation(relation, parent->id);
    if (!declared) continue;
    const auto above = source(catalogue_, *parent, at.alias + "p" + std::to_string(++number));
    Condition way{Condition::Kind::depends, {}};
    way.sql << at.column(catalogue_, *at.registry->find(children->via)) << " IN (SELECT " << above.alias << ".id FROM "
            << above.from(catalogue_) << " WHERE " << compiled(declared->rule, above, scope).as_sql() << ")";
    ways.push_back(std::move(way));
  }
  return any_of(std::move(ways));
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

bool Policy::may_import(const Principal& who, const schema::Registry* registry) const {
  if (who.system) return true;
  return std::any_of(who.grants.begin(), who.grants.end(), [&](const Grant& grant) {
    const auto* role = roles_.find(grant.role);
    if (!role || !role->capabilities.contains("import")) return false;
    if (!role->imports) return true;
    return registry && std::find(role->imports->begin(), role->imports->end(), registry->id) != role->imports->end();
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
