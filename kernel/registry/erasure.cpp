#include "kernel/registry/erasure.hpp"

#include <fmt/format.h>

#include "kernel/access/predicate.hpp"
#include "kernel/registry/files.hpp"
#include "kernel/registry/problems.hpp"
#include "rules/expression.hpp"

namespace eschool::registry {

using schema::Field;
using schema::FieldType;
using schema::Registry;
using schema::Sensitivity;

namespace {

constexpr std::string_view gone = "удалено";

/// The rule under which a facet's record is needed; empty: as long as it is not archived.
std::string needed_rule(const Registry& facet) {
  if (!facet.kept_while.empty()) return facet.kept_while;
  if (facet.active_until.empty()) return {};
  return fmt::format("{0} = null or {0} >= @today", facet.active_until);
}

/// Ids of the base's records that the facet's records still need, with what is bound.
access::Sql needed_ids(const schema::Catalogue& catalogue, const Registry& facet) {
  access::Sql sql;
  const auto root = access::source(catalogue, facet, "f");
  sql << "SELECT f.\"" << facet.facet_by << "\" FROM " << root.from(catalogue) << " WHERE ";
  const auto rule = needed_rule(facet);
  sql << "(f.archived = 0";
  if (!rule.empty()) {
    const auto parsed = rules::parse(rule);
    sql << " AND (" << access::PredicateCompiler(catalogue, nullptr).compile(std::get<rules::Expression>(parsed), root)
        << ")";
  }
  // What was put into the archive is kept as long from that day.
  (sql << ") OR (f.archived = 1 AND substr(f.updated_at, 1, 10) > ").bind(rules::Variable{"today"}) << ")";
  return sql;
}

int years_of(const Retention& retention, const Registry& facet) {
  const auto found = retention.find(facet.id);
  return found == retention.end() ? 0 : found->second;
}

/// What stands in place of a value that was erased; nullopt: it stays.
std::optional<storage::Value> blank(const Field& field, bool whole) {
  if (!field.has_column() || field.type == FieldType::reference) return std::nullopt;
  const bool text = field.type == FieldType::text || field.type == FieldType::longtext;
  const bool goes = whole || field.sensitivity >= Sensitivity::personal || field.type == FieldType::longtext ||
                    field.type == FieldType::json || field.type == FieldType::file;
  if (!goes) return std::nullopt;
  if (!field.required) return storage::Value();
  return text ? std::optional(storage::Value(std::string(gone))) : std::nullopt;
}

}  // namespace

std::string years_before(std::string_view day, int years) {
  auto result = fmt::format("{:04}{}", std::stoi(std::string(day.substr(0, 4))) - years, day.substr(4));
  if (result.ends_with("-02-29")) result.back() = '8';
  return result;
}

std::vector<const Registry*> Erasure::facets(const Registry& base) const {
  std::vector<const Registry*> facets;
  for (const auto& registry : catalogue_.registries())
    if (catalogue_.base(*registry) == &base) facets.push_back(registry.get());
  return facets;
}

std::vector<const Registry*> Erasure::needed(storage::Session& session, const Asker& asker, const Registry& base,
                                             std::int64_t id, const Retention& retention) const {
  std::vector<const Registry*> needed;
  for (const auto* facet : facets(base)) {
    const Asker then{asker.who, years_before(asker.today, years_of(retention, *facet)), asker.now};
    const auto ids = needed_ids(catalogue_, *facet);
    auto row =
        session.prepare(fmt::format("SELECT COUNT(*) FROM ({}) n WHERE n.\"{}\" = ?", ids.text, facet->facet_by));
    registry::bind(row, ids.binds, then);
    row.bind(static_cast<int>(ids.binds.size()) + 1, id);
    row.step();
    if (row.integer(0)) needed.push_back(facet);
  }
  return needed;
}

std::vector<std::int64_t> Erasure::expired(storage::Session& session, const Asker& asker, const Registry& base,
                                           const Retention& retention, int limit) const {
  auto text = fmt::format(
      "SELECT b.id FROM \"{}\" b WHERE NOT EXISTS (SELECT 1 FROM es_history h WHERE h.registry = ? AND h.record = b.id"
      " AND h.action = 'erase')",
      base.table());
  std::string some;
  std::vector<std::pair<access::Sql, std::string>> parts;
  for (const auto* facet : facets(base)) {
    auto ids = needed_ids(catalogue_, *facet);
    text += fmt::format(" AND b.id NOT IN ({})", ids.text);
    some += fmt::format("{}EXISTS (SELECT 1 FROM \"{}\" x WHERE x.\"{}\" = b.id)", some.empty() ? "" : " OR ",
                        facet->table(), facet->facet_by);
    parts.emplace_back(std::move(ids), years_before(asker.today, years_of(retention, *facet)));
  }
  if (parts.empty()) return {};
  auto rows = session.prepare(text + " AND (" + some + ") ORDER BY b.id LIMIT ?");
  rows.bind(1, std::string_view(base.id));
  int at = 2;
  for (const auto& [ids, day] : parts) {
    registry::bind(rows, ids.binds, Asker{asker.who, day, asker.now}, at);
    at += static_cast<int>(ids.binds.size());
  }
  rows.bind(at, std::int64_t{limit});
  std::vector<std::int64_t> found;
  while (rows.step()) found.push_back(rows.integer(0));
  return found;
}

std::int64_t Erasure::empty(storage::Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                            bool whole) const {
  Values blanks;
  for (const auto& field : registry.fields)
    if (auto value = blank(field, whole)) blanks[field.name] = std::move(*value);
  writer_.rewrite(session, asker, registry, id, blanks, true, "erase");
  audit::erase_contents(session, registry.id, id);
  erase_files(session, registry.id, id);
  return 1 + empty_children(session, asker, registry, id);
}

std::int64_t Erasure::empty_children(storage::Session& session, const Asker& asker, const Registry& parent,
                                     std::int64_t id) const {
  std::int64_t count = 0;
  for (const auto& field : parent.fields) {
    if (field.type != FieldType::children) continue;
    const auto& child = catalogue_.at(field.target);
    std::vector<std::int64_t> ids;
    {
      auto rows = session.prepare(fmt::format("SELECT id FROM \"{}\" WHERE \"{}\" = ?", child.table(), field.via));
      rows.bind(1, id);
      while (rows.step()) ids.push_back(rows.integer(0));
    }
    for (const auto row : ids) count += empty(session, asker, child, row, false);
  }
  return count;
}

std::int64_t Erasure::erase(storage::Session& session, const Asker& asker, const Registry& base,
                            std::int64_t id) const {
  if (!writer_.load(session, base, id)) throw not_found();
  if (session.integer("SELECT COUNT(*) FROM es_history WHERE registry = ? AND record = ? AND action = 'erase'",
                      {base.id, id}))
    throw problem(409, "erased", "Данные уже уничтожены");
  return empty_whole(session, asker, base, id);
}

std::int64_t Erasure::empty_whole(storage::Session& session, const Asker& asker, const Registry& base,
                                  std::int64_t id) const {
  const auto ids_of = [&](const std::string& sql, std::initializer_list<storage::Value> binds) {
    std::vector<std::int64_t> ids;
    auto rows = session.prepare(sql);
    rows.bind_all(std::vector<storage::Value>(binds));
    while (rows.step()) ids.push_back(rows.integer(0));
    return ids;
  };
  std::int64_t count = 0;
  for (const auto* facet : facets(base))
    for (const auto facet_id :
         ids_of(fmt::format("SELECT id FROM \"{}\" WHERE \"{}\" = ?", facet->table(), facet->facet_by), {id}))
      count += empty(session, asker, *facet, facet_id, true);
  // Who was written down twice is in the archive once more, and the merge knows both; it cannot be taken back any
  // longer.
  const auto twins =
      ids_of("SELECT merged FROM es_merge WHERE registry = ? AND kept = ? AND undone_at IS NULL", {base.id, id});
  session.execute("UPDATE es_merge SET steps = '[]', undone_at = ? WHERE registry = ? AND (kept = ? OR merged = ?)",
                  {asker.now, base.id, id, id});
  for (const auto twin : twins) count += empty_whole(session, asker, base, twin);
  return count + empty(session, asker, base, id, true);
}

}  // namespace eschool::registry
