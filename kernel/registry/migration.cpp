#include "kernel/registry/migration.hpp"

#include <fmt/format.h>

#include "kernel/registry/field_value.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/registry/search_words.hpp"
#include "text/sort_key.hpp"

namespace eschool::registry {

namespace {

schema::Snapshot stored_snapshot(storage::Session& session) {
  return schema::parse_snapshot(session.text("SELECT snapshot FROM es_schema WHERE id = 1"));
}

schema::Dialect dialect_of(const storage::Session& session) { return {session.engine() == storage::Engine::sqlite}; }

/// Fills the kernel's key columns of a text field for rows that were there before the field had them.
void rebuild_keys(storage::Session& session, const std::string& table, const std::string& column) {
  std::vector<std::pair<std::int64_t, std::string>> rows;
  {
    auto found =
        session.prepare(fmt::format("SELECT id, \"{0}\" FROM \"{1}\" WHERE \"{0}\" IS NOT NULL", column, table));
    while (found.step()) rows.emplace_back(found.integer(0), std::string(found.text(1)));
  }
  const auto update = fmt::format("UPDATE \"{1}\" SET \"{0}_key\" = ?, \"{0}_sort\" = ? WHERE id = ?", column, table);
  for (const auto& [id, text] : rows) session.execute(update, {key_of(text), sort_of(text), id});
}

}  // namespace

void create_tables(storage::Session& session) {
  for (const auto* sql : {
           "CREATE TABLE IF NOT EXISTS es_schema (id {integer} PRIMARY KEY, snapshot {text} NOT NULL)",
           "CREATE TABLE IF NOT EXISTS es_setting (name {text} PRIMARY KEY, value {text} NOT NULL)",
           "CREATE TABLE IF NOT EXISTS es_plugin_state (plugin {text} PRIMARY KEY, enabled {integer} NOT NULL, "
           "changed_at "
           "{text}"
           " NOT NULL)",
           "CREATE TABLE IF NOT EXISTS es_given_reply (account {integer} NOT NULL, idempotency_key {text} NOT NULL,"
           " request {text} NOT NULL, status {integer} NOT NULL, location {text} NOT NULL, body {text} NOT NULL,"
           " created_at {text} NOT NULL, PRIMARY KEY (account, idempotency_key))",
           "CREATE INDEX IF NOT EXISTS es_given_reply_created_at ON es_given_reply (created_at)",
       })
    session.define(sql);
}

schema::Plan plan_migration(storage::Session& session, const schema::Catalogue& catalogue) {
  return schema::plan(stored_snapshot(session), catalogue, dialect_of(session));
}

schema::Plan migrate(storage::Session& session, const schema::Catalogue& catalogue, bool lossy) {
  auto snapshot = stored_snapshot(session);
  auto plan = schema::plan(snapshot, catalogue, dialect_of(session));
  const auto run = [&](const schema::Change& change) {
    try {
      for (const auto& sql : change.sql) session.execute(sql);
      if (!change.rebuild_keys.empty())
        rebuild_keys(session, catalogue.at(change.registry).table(), change.rebuild_keys);
    } catch (const storage::Error& failure) {
      throw storage::Error(failure.kind(), fmt::format("{}: {}", change.description, failure.what()));
    }
    schema::apply(snapshot, change);
  };
  if (!plan.automatic.empty() || lossy) drop_row_policies(session);
  for (const auto& change : plan.automatic) run(change);
  if (lossy) {
    for (const auto& change : plan.lossy) run(change);
    // A column that has become another one lacks its indexes: they were not in the plan while it was in the way.
    for (const auto& change : schema::plan(snapshot, catalogue, schema::Dialect{}).automatic) run(change);
  }
  // Keys of another collation sort among the new ones at random.
  const auto version = text::sort_key_version();
  if (session.text("SELECT value FROM es_setting WHERE name = 'sort_key_version'") != version) {
    for (const auto& registry : catalogue.registries())
      for (const auto& field : registry->fields)
        if (field.has_key()) rebuild_keys(session, registry->table(), field.name);
    session.execute(
        "INSERT INTO es_setting (name, value) VALUES ('sort_key_version', ?) ON CONFLICT (name) DO UPDATE SET"
        " value = excluded.value",
        {version});
  }
  std::set<std::string> waiting;
  if (!lossy)
    for (const auto& change : plan.lossy) waiting.insert(change.registry);
  refresh_words(session, catalogue, waiting);
  if (!plan.automatic.empty() || (lossy && !plan.lossy.empty()))
    session.execute(
        "INSERT INTO es_schema (id, snapshot) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET snapshot ="
        " excluded.snapshot",
        {schema::serialise(snapshot)});
  return plan;
}

}  // namespace eschool::registry
