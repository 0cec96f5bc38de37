#include "kernel/registry/import/identity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/access/predicate.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/import/sheet_plan.hpp"

namespace eschool::importing {

using registry::is_null;
using schema::FieldType;
using storage::Value;

namespace {

/// More records with one name than that are not told apart anyway.
constexpr std::size_t most_candidates = 20;

bool differ(const Value& a, const Value& b) { return !is_null(a) && !is_null(b) && a != b; }

bool contains(const std::vector<std::size_t>& group, std::size_t field) {
  return std::find(group.begin(), group.end(), field) != group.end();
}

}  // namespace

Identity::Identity(const schema::Catalogue& catalogue, const schema::Registry& registry) {
  const auto at = access::source(catalogue, registry, "t");
  const auto index_of = [&](std::string_view name) {
    const auto known = std::find_if(fields_.begin(), fields_.end(),
                                    [&](const auto& known_field) { return known_field.field->name == name; });
    if (known != fields_.end()) return static_cast<std::size_t>(known - fields_.begin());
    const auto* field = catalogue.locate(registry, name).field;
    fields_.push_back({field, at.column(catalogue, *field, field->has_key() ? "_key" : "")});
    return fields_.size() - 1;
  };
  for (auto& names : identity_groups(catalogue, registry)) {
    if (!std::all_of(names.begin(), names.end(),
                     [&](const auto& name) { return bool(catalogue.locate(registry, name)); }))
      continue;
    Group group;
    for (const auto& name : names) group.push_back(index_of(name));
    groups_.push_back(std::move(group));
    names_.push_back(std::move(names));
  }
  const auto named = [&](std::string_view name) {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) { return field.field->name == name; });
  };
  if (named(surname) && named(given_name)) name_fields_ = {index_of(surname), index_of(given_name)};
  patronymic_ = named(patronymic) ? index_of(patronymic) : fields_.size();

  select_ = "SELECT t.id, ";
  const auto* base = catalogue.base(registry);
  select_ += base ? at.base_alias + ".id" : "0";
  for (const auto& field : fields_) select_ += ", " + field.column;
  from_existing_ = " FROM " + at.from(catalogue);
  where_existing_ = " WHERE t.archived = 0";
  if (base) {
    from_any_ = fmt::format(" FROM \"{}\" {} LEFT JOIN \"{}\" t ON t.\"{}\" = {}.id AND t.archived = 0", base->table(),
                            at.base_alias, registry.table(), registry.facet_by, at.base_alias);
    where_any_ = fmt::format(" WHERE {}.archived = 0", at.base_alias);
  } else {
    from_any_ = from_existing_;
    where_any_ = where_existing_;
  }
  if (registry.identity_among.empty()) return;
  const auto rule = rules::parse(registry.identity_among);  // checked when the catalogue was built
  among_ = access::PredicateCompiler(catalogue, nullptr).compile(std::get<rules::Expression>(rule), at);
  where_existing_ += " AND " + among_.text;
  where_any_ += " AND " + among_.text;
}

std::vector<Value> Identity::keys_of(const registry::Values& given) const {
  std::vector<Value> keys(fields_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto found = given.find(fields_[i].field->name);
    if (found == given.end()) continue;
    keys[i] = fields_[i].field->has_key() ? registry::key_of(found->second) : found->second;
  }
  return keys;
}

std::vector<Candidate> Identity::search(storage::Session& session, const Group& group, const std::vector<Value>& keys,
                                        bool existing) {
  auto& sql = (existing ? sql_existing_ : sql_any_)[group];
  if (sql.empty()) {
    sql = select_ + (existing ? from_existing_ + where_existing_ : from_any_ + where_any_);
    for (const auto field : group) sql += fmt::format(" AND {} = ?", fields_[field].column);
    sql += fmt::format(" LIMIT {}", most_candidates);
  }
  auto row = session.prepare(sql);
  int parameter = 1;
  for (const auto& fixed : among_.binds) row.bind(parameter++, std::get<Value>(fixed));
  for (const auto field : group) row.bind(parameter++, keys[field]);
  std::vector<Candidate> candidates;
  while (row.step()) {
    Candidate candidate{row.integer(0), row.integer(1), {}};
    for (std::size_t i = 0; i < fields_.size(); ++i)
      candidate.values.push_back(registry::stored_value(*fields_[i].field, row, static_cast<int>(i) + 2));
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

Match Identity::judge(std::size_t index, std::vector<Candidate> candidates, const std::vector<Value>& keys) const {
  const auto& group = groups_[index];
  Match match;
  for (const auto field : group) match.fields.push_back(fields_[field].field->name);
  if (candidates.size() > 1) {
    match.kind = Match::Kind::ambiguous;
    match.candidates = std::move(candidates);
    return match;
  }
  match.record = std::move(candidates.front());
  const auto& there = match.record.values;
  // Found by a weaker group: what identifies more surely must not say otherwise.
  std::vector<std::string> differing;
  for (std::size_t stronger = 0; stronger < index; ++stronger)
    for (const auto field : groups_[stronger])
      if (!contains(group, field) && !is_patronymic(field) && differ(keys[field], there[field]))
        differing.push_back(fields_[field].field->name);
  if (!differing.empty()) {
    match.kind = Match::Kind::conflict;
    match.fields = std::move(differing);
    return match;
  }
  // Found by a number: the name and the birth date must not all speak of somebody else. One difference is a marriage or
  // a corrected slip. The patronymic does not count: it changes together with the surname at an adoption.
  for (std::size_t weaker = index + 1; weaker < groups_.size(); ++weaker) {
    if (groups_[weaker].size() < 2) continue;
    std::size_t count = 0;
    for (const auto field : groups_[weaker])
      if (!contains(group, field) && !is_patronymic(field) && differ(keys[field], there[field])) ++count;
    if (count >= 2) {
      match.kind = Match::Kind::contradiction;
      return match;
    }
    break;
  }
  match.kind = Match::Kind::found;
  return match;
}

Match Identity::search_groups(storage::Session& session, const std::vector<Value>& keys, bool existing) {
  Match match;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const bool complete = std::all_of(groups_[i].begin(), groups_[i].end(), [&](std::size_t field) {
      return !is_null(keys[field]) || (groups_[i].size() > 1 && is_patronymic(field));
    });
    if (!complete) {
      if (match.fields.empty())
        for (const auto field : groups_[i])
          if (is_null(keys[field]) && !is_patronymic(field) && match.fields.empty())
            match.fields = {fields_[field].field->name};
      continue;
    }
    if (match.kind == Match::Kind::missing) match.kind = Match::Kind::none;
    // The patronymic is compared here, so that one look finds both who is meant and who differs in it only.
    Group searched;
    std::copy_if(groups_[i].begin(), groups_[i].end(), std::back_inserter(searched),
                 [&](std::size_t field) { return groups_[i].size() == 1 || !is_patronymic(field); });
    auto candidates = search(session, searched, keys, existing);
    if (searched.size() < groups_[i].size()) {
      for (auto& candidate : candidates)
        if (is_null(keys[patronymic_]) != is_null(candidate.values[patronymic_])) match.candidates.push_back(candidate);
      if (!match.candidates.empty()) {
        match.kind = Match::Kind::similar;
        match.fields = {fields_[patronymic_].field->name};
      }
      std::erase_if(candidates,
                    [&](const Candidate& candidate) { return candidate.values[patronymic_] != keys[patronymic_]; });
    }
    if (!candidates.empty()) return judge(i, std::move(candidates), keys);
  }
  return match;
}

Match Identity::identify(storage::Session& session, const registry::Values& given) {
  return search_groups(session, keys_of(given), false);
}

Match Identity::look_up(storage::Session& session, const registry::Values& given) {
  const auto keys = keys_of(given);
  auto match = search_groups(session, keys, true);
  if (match.kind == Match::Kind::similar) {
    match.kind = match.candidates.size() == 1 ? Match::Kind::found : Match::Kind::ambiguous;
    match.record = match.candidates.front();
  }
  if (match.kind != Match::Kind::none && match.kind != Match::Kind::missing) return match;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    Group present;
    for (const auto field : groups_[i])
      if (!is_null(keys[field]) && !is_patronymic(field)) present.push_back(field);
    // One field of several is no name, and a name without a surname is none either.
    if (present.size() < 2) continue;
    if (!name_fields_.empty() && !std::all_of(name_fields_.begin(), name_fields_.end(), [&](std::size_t field) {
          return !contains(groups_[i], field) || contains(present, field);
        }))
      continue;
    auto candidates = search(session, present, keys, true);
    if (patronymic_ < fields_.size() && !is_null(keys[patronymic_]))
      std::erase_if(candidates,
                    [&](const Candidate& candidate) { return candidate.values[patronymic_] != keys[patronymic_]; });
    match.kind = Match::Kind::none;
    if (!candidates.empty()) return judge(i, std::move(candidates), keys);
  }
  return match;
}

std::vector<std::pair<std::int64_t, std::string>> Identity::known(storage::Session& session, const schema::Field& field,
                                                                  int most) const {
  auto row = session.prepare(
      fmt::format("SELECT t.id, t.\"{0}\"{1}{2} AND t.\"{0}\" IS NOT NULL ORDER BY t.\"{0}_sort\" LIMIT {3}",
                  field.name, from_existing_, where_existing_, most));
  int parameter = 1;
  for (const auto& fixed : among_.binds) row.bind(parameter++, std::get<Value>(fixed));
  std::vector<std::pair<std::int64_t, std::string>> records;
  while (row.step()) records.emplace_back(row.integer(0), std::string(row.text(1)));
  return records;
}

std::vector<Candidate> Identity::namesakes(storage::Session& session, const registry::Values& given) {
  const auto keys = keys_of(given);
  if (name_fields_.empty() ||
      std::any_of(name_fields_.begin(), name_fields_.end(), [&](std::size_t field) { return is_null(keys[field]); }))
    return {};
  auto candidates = search(session, name_fields_, keys, false);
  // Whatever identifies at least as surely as the first group with a name in it tells two people apart; a phone does
  // not.
  Group distinguishing;
  for (const auto& group : groups_) {
    for (const auto field : group)
      if (!contains(name_fields_, field) && !is_patronymic(field)) distinguishing.push_back(field);
    if (contains(group, name_fields_.front())) break;
  }
  std::erase_if(candidates, [&](const Candidate& candidate) {
    if (patronymic_ < fields_.size() && candidate.values[patronymic_] != keys[patronymic_]) return true;
    return std::any_of(distinguishing.begin(), distinguishing.end(),
                       [&](std::size_t field) { return differ(keys[field], candidate.values[field]); });
  });
  return candidates;
}

}  // namespace eschool::importing
