/// Files that fields of the type file hold: scans and photographs. They lie in the school's database, so that a backup,
/// a move and a restore carry them with the records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/storage/session.hpp"

namespace eschool::registry {

struct StoredFile {
  std::string name, mime, bytes;
};

void create_file_table(storage::Session&);

/// Keeps the bytes until a record takes them; what nobody took for a day goes at the next call. Inside a write body.
/// The kind is told by the bytes and never by the name. Throws http::ProblemError: 422 for an empty file and for a kind
/// that is not taken (PDF, JPEG, PNG, WebP, documents of offices are).
std::int64_t store_file(storage::Session&, std::string_view name, std::string_view bytes, std::int64_t account,
                        std::int64_t now);
std::optional<StoredFile> stored_file(storage::Session&, std::int64_t id);

/// Whether the field of the record may hold the file: it does already, or it is the caller's and nobody's yet. A number
/// guessed gives nobody somebody else's file.
bool may_hold(storage::Session&, std::int64_t file, std::int64_t account, std::string_view registry,
              std::int64_t record, std::string_view field);
void attach_file(storage::Session&, std::int64_t file, std::string_view registry, std::int64_t record,
                 std::string_view field);
/// All that the record's fields hold or held.
void erase_files(storage::Session&, std::string_view registry, std::int64_t record);

}  // namespace eschool::registry
