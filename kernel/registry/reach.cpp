#include "kernel/registry/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/registry/display.hpp"

namespace eschool::registry {

using access::Action;
using access::Condition;
using access::Source;
using schema::Field;
using schema::FieldType;
using schema::Registry;

namespace {

constexpr int deepest_display = 3;  // as RecordQuery shows references of references

void add_once(std::vector<std::string>& queries, std::string query) {
  if (std::find(queries.begin(), queries.end(), query) == queries.end()) queries.push_back(std::move(query));
}

}  // namespace

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

std::string inlined(const access::Sql& sql) {
  std::string text;
  std::size_t next = 0;
  bool quoted = false;
  for (const char c : sql.text) {
    if (c == '\'') quoted = !quoted;
    if (c != '?' || quoted) {
      text += c;
      continue;
    }
    const auto& bound = sql.binds.at(next++);
    if (const auto* variable = std::get_if<rules::Variable>(&bound)) {
      text += "_" + variable->name;
      continue;
    }
    const auto& value = std::get<storage::Value>(bound);
    if (const auto* integer = std::get_if<std::int64_t>(&value))
      text += fmt::format("{}::bigint", *integer);
    else if (const auto* real = std::get_if<double>(&value))
      text += fmt::format("{}::double precision", *real);
    else if (const auto* string = std::get_if<std::string>(&value))
      text += literal(*string);
    else
      text += "NULL";
  }
  return text;
}

Reach::Reach(const access::Policy& policy) : policy_(policy), catalogue_(policy.catalogue()) {
  for (const auto* role : policy_.roles().all())
    for (const bool scoped : {false, true})
      for (const auto& registry : catalogue_.registries()) add(*role, scoped, *registry);
}

const std::vector<RoleReach>& Reach::of(const Registry& registry) const {
  static const std::vector<RoleReach> nothing;
  const auto found = reached_.find(&registry);
  return found == reached_.end() ? nothing : found->second;
}

std::vector<access::Rule> Reach::rules_of(const access::Role& role, bool scoped, const Registry& registry) const {
  access::Principal who;
  who.grants.push_back({role.id, scoped ? std::optional<std::int64_t>(1) : std::nullopt});
  auto rules = policy_.rules(who, registry, Action::read);
  for (auto& rule : rules)
    if (rule.scope) rule.scope = rules::Variable{"scope"};
  return rules;
}

bool Reach::reads_all(const access::Role& role, const Registry& registry) const {
  const auto root = access::source(catalogue_, registry, "t");
  const auto rules = rules_of(role, false, registry);
  return std::any_of(rules.begin(), rules.end(),
                     [&](const auto& rule) { return policy_.condition(rule, root).is_always(); });
}

RoleReach& Reach::reach(const access::Role& role, bool scoped, const Registry& registry) {
  auto& list = reached_[&registry];
  if (list.empty() || list.back().role != &role || list.back().scoped != scoped)
    list.push_back({&role, scoped, {}, {}});
  return list.back();
}

void Reach::add_row(const access::Role& role, bool scoped, const Registry& target, std::string_view id,
                    const Source& root, const Condition& condition) {
  if (!scoped && reads_all(role, target)) return;
  add_once(reach(role, scoped, target).rows,
           fmt::format("SELECT {} FROM {} WHERE {}", id, root.from(catalogue_), inlined(condition.as_sql())));
}

void Reach::add_name(const access::Role& role, bool scoped, const Registry& target, std::string_view id,
                     const Source& root, const Way& way) {
  if (!scoped && reads_all(role, target)) return;
  add_once(reach(role, scoped, target).names,
           fmt::format("SELECT DISTINCT {} FROM {}{} WHERE {}", id, root.from(catalogue_), way.joins,
                       inlined(way.condition.as_sql())));
}

/// A reference is shown as the name of the record that it leads to, whoever may read that; so is it here.
void Reach::follow(const access::Role& role, bool scoped, const Source& root, const Source& from,
                   const Field& reference, Way way, int depth) {
  const auto& target = catalogue_.at(reference.target);
  Source at;
  if (from.alias == root.alias && reference.name == root.registry->facet_by && !root.base_alias.empty()) {
    at = {&target, root.base_alias, {}};
  } else {
    at = access::source(catalogue_, target, fmt::format("r{}", depth));
    way.joins += fmt::format(" JOIN \"{}\" {} ON {}.id = {}", target.table(), at.alias, at.alias,
                             from.column(catalogue_, reference));
    if (const auto* base = catalogue_.base(target))
      way.joins += fmt::format(" JOIN \"{}\" {} ON {}.id = {}.\"{}\"", base->table(), at.base_alias, at.base_alias,
                               at.alias, target.facet_by);
    add_name(role, scoped, target, at.alias + ".id", root, way);
    if (const auto* base = catalogue_.base(target)) add_name(role, scoped, *base, at.base_alias + ".id", root, way);
  }
  if (depth == deepest_display) return;
  for (const auto& part : parse_display(target.display)) {
    if (part.field.empty()) continue;
    const auto located = catalogue_.locate(target, part.field);
    if (located && located.field->type == FieldType::reference)
      follow(role, scoped, root, at, *located.field, way, depth + 1);
  }
}

void Reach::add(const access::Role& role, bool scoped, const Registry& registry) {
  const auto rules = rules_of(role, scoped, registry);
  if (rules.empty()) return;
  const auto root = access::source(catalogue_, registry, "t");
  const auto shown = [&](schema::Sensitivity level) {
    std::vector<Condition> parts;
    for (const auto& rule : rules)
      if (rule.reads >= level) parts.push_back(policy_.condition(rule, root));
    return access::any_of(std::move(parts));
  };
  const auto whole = shown(schema::Sensitivity::open);
  if (whole.is_never()) return;
  add_row(role, scoped, registry, "t.id", root, whole);
  const auto* base = catalogue_.base(registry);
  // Of a facet that is read whole all bases are reached: no list, see Reach::rows.
  if (base && !whole.is_always()) add_row(role, scoped, *base, root.base_alias + ".id", root, whole);
  for (const auto* owner : {&registry, base})
    for (std::size_t i = 0; owner && i < owner->fields.size(); ++i) {
      const auto& field = owner->fields[i];
      if (field.type != FieldType::reference) continue;
      const Way way{{}, shown(field.sensitivity)};
      if (!way.condition.is_never()) follow(role, scoped, root, root, field, way, 1);
    }
}

}  // namespace eschool::registry
