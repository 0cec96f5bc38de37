#include "kernel/registry/import/pending_reference.hpp"

#include <boost/json.hpp>
#include <vector>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/import/identity.hpp"

namespace eschool::importing {

using registry::Values;
using schema::Registry;
using storage::Session;

namespace {

std::vector<PendingReference> remembered(Session& session, const Registry& target) {
  std::vector<PendingReference> all;
  auto row = session.prepare(
      "SELECT registry, record, field, given FROM es_pending_reference WHERE target = ? ORDER BY registry, record, "
      "field");
  row.bind(1, target.id);
  while (row.step())
    all.push_back(
        {std::string(row.text(0)), row.integer(1), std::string(row.text(2)), target.id, std::string(row.text(3))});
  return all;
}

std::string to_text(const Values& given) {
  std::string text = "{";
  for (const auto& [name, value] : given) {
    if (text.size() > 1) text += ',';
    json::append_key(text, name);
    if (const auto* string = std::get_if<std::string>(&value))
      json::append_string(text, *string);
    else if (const auto* number = std::get_if<std::int64_t>(&value))
      json::append_int(text, *number);
    else if (const auto* real = std::get_if<double>(&value))
      json::append_real(text, *real);
    else
      text += "null";
  }
  return text + "}";
}

Values from_text(const schema::Catalogue& catalogue, const Registry& target, const std::string& text) {
  Values given;
  const auto parsed = boost::json::parse(text);
  for (const auto& [key, value] : parsed.as_object()) {
    // Stored as it was checked; a field that has gone since says nothing any more.
    const auto located = catalogue.locate(target, std::string_view(key.data(), key.size()));
    if (!located) continue;
    if (const auto* string = value.if_string())
      given[located.field->name] = std::string(string->data(), string->size());
    else if (const auto* number = value.if_int64())
      given[located.field->name] = *number;
    else if (const auto* real = value.if_double())
      given[located.field->name] = *real;
  }
  return given;
}

/// Whether the remembered reference is dealt with; `written` is set when that meant writing it.
bool resolve(Session& session, const registry::Asker& asker, const schema::Catalogue& catalogue,
             registry::RecordWriter& writer, const Registry& target, Identity& identity, const PendingReference& item,
             bool& written) {
  const auto* registry = catalogue.find(item.registry);
  const auto* field = registry ? catalogue.locate(*registry, item.field).field : nullptr;
  if (!field) return true;
  const auto current = writer.load(session, *registry, item.record);
  if (!current || !registry::is_null(current->at(item.field))) return true;
  const auto match = identity.look_up(session, from_text(catalogue, target, item.given));
  if (match.kind != Match::Kind::found) return false;
  storage::Savepoint savepoint(session);
  try {
    writer.update(session, asker, *registry, item.record, {{item.field, match.record.id}}, {});
  } catch (const http::ProblemError&) {
    return false;  // archived, or not this caller's to write
  }
  savepoint.release();
  return written = true;
}

}  // namespace

void create_tables(Session& session) {
  session.define(
      "CREATE TABLE IF NOT EXISTS es_pending_reference (registry {text} NOT NULL, record {integer} NOT NULL, field "
      "{text} "
      "NOT NULL,"
      " target {text} NOT NULL, given {text} NOT NULL, created_at {text} NOT NULL, PRIMARY KEY (registry, record, "
      "field))");
  session.execute("CREATE INDEX IF NOT EXISTS es_pending_reference_target ON es_pending_reference (target)");
}

void remember_reference(Session& session, const PendingReference& item, const std::string& now) {
  session.execute(
      "INSERT INTO es_pending_reference (registry, record, field, target, given, created_at) VALUES (?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (registry, record, field) DO UPDATE SET given = excluded.given, created_at = excluded.created_at"
      " WHERE es_pending_reference.given <> excluded.given",
      {item.registry, item.record, item.field, item.target, item.given, now});
}

void remember_reference(Session& session, const Registry& registry, std::int64_t record, const schema::Field& field,
                        const Registry& target, const Values& given, const std::string& now) {
  remember_reference(session, {registry.id, record, field.name, target.id, to_text(given)}, now);
}

void forget_reference(Session& session, std::string_view registry, std::int64_t record, std::string_view field) {
  session.execute("DELETE FROM es_pending_reference WHERE registry = ? AND record = ? AND field = ?",
                  {std::string(registry), record, std::string(field)});
}

std::vector<PendingReference> resolve_references(Session& session, const registry::Asker& asker,
                                                 const schema::Catalogue& catalogue, registry::RecordWriter& writer,
                                                 const std::set<const Registry*>& targets) {
  std::vector<PendingReference> resolved;
  for (const auto* target : targets) {
    auto items = remembered(session, *target);
    if (items.empty()) continue;
    Identity identity(catalogue, *target);
    for (auto& item : items) {
      bool written = false;
      if (!resolve(session, asker, catalogue, writer, *target, identity, item, written)) continue;
      forget_reference(session, item.registry, item.record, item.field);
      if (written) resolved.push_back(std::move(item));
    }
  }
  return resolved;
}

}  // namespace eschool::importing
