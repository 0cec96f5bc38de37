/// The journal of imports: which file was loaded by whom and when, what came of it, and where its entries stand in the
/// history, so that the whole of it can be taken back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/registry/import/import_result.hpp"
#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/reversal.hpp"

namespace eschool::importing {

struct JournalEntry {
  std::int64_t id = 0;
  std::string registry;
  std::string file_name;  ///< as the caller named it; may be empty
  std::string file_hash;  ///< SHA-256, hexadecimal
  std::string mode;       ///< name of the ImportMode
  std::string at;         ///< UTC
  std::int64_t account = 0, person = 0;
  int rows = 0, created = 0, updated = 0, unchanged = 0, rejected = 0, archived = 0;  ///< companions' sheets included
  std::int64_t first_seq = 0, last_seq = 0;                                           ///< of the history
  std::string undone_at;                                                              ///< empty while it stands
  std::int64_t undone_by = 0;                                                         ///< account
};

std::string sha256_hex(std::string_view bytes);

/// Makes the tables es_import and es_import_resolved where they are missing. Inside a write body.
void create_journal_tables(storage::Session&);

/// Adds the entry and answers its id. `resolved` are the remembered references that the import filled: an undo empties
/// them, and then they are waiting again. Inside the import's own write body.
std::int64_t note_import(storage::Session&, const JournalEntry&, const std::vector<PendingReference>& resolved);

/// Newest first, older than `before` when it is given; at most `limit`.
std::vector<JournalEntry> journal(storage::Session&, std::optional<std::int64_t> before, int limit);
std::optional<JournalEntry> journal_entry(storage::Session&, std::int64_t id);

/// Takes back what the import did, inside a write body. With conflicts nothing stays unless `accept_partly`: then the
/// conflicting records keep what they have, and the import counts as undone. `own`: the asker takes back what he has
/// loaded himself, and only what he may still change. Throws http::ProblemError: 404, 409 "already_undone".
struct Undone {
  registry::ReversalResult result;
  bool applied = false;
};
Undone undo_import(storage::Session&, const registry::Asker&, const schema::Catalogue&, const registry::RecordQuery&,
                   registry::RecordWriter&, std::int64_t id, bool accept_partly, bool own);

}  // namespace eschool::importing
