#include "kernel/registry/import/journal.hpp"

#include <sodium.h>

#include <limits>
#include <stdexcept>
#include <variant>

#include "kernel/registry/problems.hpp"

namespace eschool::importing {

using storage::Session;

namespace {

constexpr auto entry_columns =
    "id, registry, file_name, file_hash, mode, at, account, person, rows, created, updated, unchanged, rejected, "
    "archived,"
    " first_seq, last_seq, undone_at, undone_by";

JournalEntry entry_of(const storage::Statement& row) {
  const auto number = [&](int column) { return static_cast<int>(row.integer(column)); };
  return {.id = row.integer(0),
          .registry = std::string(row.text(1)),
          .file_name = std::string(row.text(2)),
          .file_hash = std::string(row.text(3)),
          .mode = std::string(row.text(4)),
          .at = std::string(row.text(5)),
          .account = row.integer(6),
          .person = row.integer(7),
          .rows = number(8),
          .created = number(9),
          .updated = number(10),
          .unchanged = number(11),
          .rejected = number(12),
          .archived = number(13),
          .first_seq = row.integer(14),
          .last_seq = row.integer(15),
          .undone_at = std::string(row.text(16)),
          .undone_by = row.integer(17)};
}

/// References that the import had filled are waited for again where the undo emptied them.
void wait_again(Session& session, const schema::Catalogue& catalogue, registry::RecordWriter& writer,
                std::int64_t import, const std::string& now) {
  std::vector<PendingReference> items;
  {
    auto row = session.prepare(
        "SELECT registry, record, field, target, given FROM es_import_resolved WHERE import = ? ORDER BY registry, "
        "record,"
        " field");
    row.bind(1, import);
    while (row.step())
      items.push_back({std::string(row.text(0)), row.integer(1), std::string(row.text(2)), std::string(row.text(3)),
                       std::string(row.text(4))});
  }
  for (const auto& item : items) {
    const auto* registry = catalogue.find(item.registry);
    const auto values = registry ? writer.load(session, *registry, item.record) : std::nullopt;
    if (!values) continue;
    const auto value = values->find(item.field);
    if (value != values->end() && std::holds_alternative<std::monostate>(value->second))
      remember_reference(session, item, now);
  }
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  static const int ready = ::sodium_init();
  if (ready < 0) throw std::runtime_error("libsodium does not start");
  unsigned char hash[crypto_hash_sha256_BYTES];
  ::crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  char text[2 * sizeof hash + 1];
  ::sodium_bin2hex(text, sizeof text, hash, sizeof hash);
  return text;
}

void create_journal_tables(Session& session) {
  session.define(
      "CREATE TABLE IF NOT EXISTS es_import (id {id}, registry {text} NOT NULL, file_name {text} NOT NULL,"
      " file_hash {text} NOT NULL, mode {text} NOT NULL, at {text} NOT NULL, account {integer} NOT NULL,"
      " person {integer} NOT NULL, rows {integer} NOT NULL, created {integer} NOT NULL, updated {integer} NOT NULL,"
      " unchanged {integer} NOT NULL, rejected {integer} NOT NULL, archived {integer} NOT NULL,"
      " first_seq {integer} NOT NULL, last_seq {integer} NOT NULL, undone_at {text} NOT NULL,"
      " undone_by {integer} NOT NULL) {strict}");
  session.define(
      "CREATE TABLE IF NOT EXISTS es_import_resolved (import {integer} NOT NULL, registry {text} NOT NULL,"
      " record {integer} NOT NULL, field {text} NOT NULL, target {text} NOT NULL, given {text} NOT NULL,"
      " PRIMARY KEY (import, registry, record, field)) {strict}");
}

std::int64_t note_import(Session& session, const JournalEntry& entry, const std::vector<PendingReference>& resolved) {
  const auto id = session.integer(
      "INSERT INTO es_import (registry, file_name, file_hash, mode, at, account, person, rows, created, updated,"
      " unchanged, rejected, archived, first_seq, last_seq, undone_at, undone_by)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0) RETURNING id",
      {entry.registry, entry.file_name, entry.file_hash, entry.mode, entry.at, entry.account, entry.person,
       std::int64_t{entry.rows}, std::int64_t{entry.created}, std::int64_t{entry.updated},
       std::int64_t{entry.unchanged}, std::int64_t{entry.rejected}, std::int64_t{entry.archived}, entry.first_seq,
       entry.last_seq});
  for (const auto& item : resolved)
    session.execute(
        "INSERT INTO es_import_resolved (import, registry, record, field, target, given) VALUES (?, ?, ?, ?, ?, ?)",
        {id, item.registry, item.record, item.field, item.target, item.given});
  return id;
}

std::vector<JournalEntry> journal(Session& session, std::optional<std::int64_t> before, int limit) {
  std::vector<JournalEntry> entries;
  auto row =
      session.prepare(std::string("SELECT ") + entry_columns + " FROM es_import WHERE id < ? ORDER BY id DESC LIMIT ?");
  row.bind(1, before.value_or(std::numeric_limits<std::int64_t>::max()));
  row.bind(2, std::int64_t{limit});
  while (row.step()) entries.push_back(entry_of(row));
  return entries;
}

std::optional<JournalEntry> journal_entry(Session& session, std::int64_t id) {
  auto row = session.prepare(std::string("SELECT ") + entry_columns + " FROM es_import WHERE id = ?");
  row.bind(1, id);
  if (!row.step()) return {};
  return entry_of(row);
}

Undone undo_import(Session& session, const registry::Asker& asker, const schema::Catalogue& catalogue,
                   const registry::RecordQuery& query, registry::RecordWriter& writer, std::int64_t id,
                   bool accept_partly, bool own) {
  const auto entry = journal_entry(session, id);
  if (!entry)
    throw registry::problem(404, "not_found", "Загрузка не найдена", "В журнале нет загрузки с таким номером.");
  if (!entry->undone_at.empty())
    throw registry::problem(409, "already_undone", "Загрузка уже отменена", "Отменить её ещё раз нельзя.");
  storage::Savepoint all(session);
  Undone undone;
  undone.result =
      registry::Reversal(catalogue, query, writer).run(session, asker, entry->first_seq, entry->last_seq, own);
  undone.applied = accept_partly || undone.result.conflicts.empty();
  if (!undone.applied) return undone;
  session.execute("UPDATE es_import SET undone_at = ?, undone_by = ? WHERE id = ?", {asker.now, asker.who.account, id});
  wait_again(session, catalogue, writer, id, asker.now);
  all.release();
  return undone;
}

}  // namespace eschool::importing
