/// The sqlite3 C API with nothing over it but ownership: what the limit is measured with.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

inline void check(int code, sqlite3* database) {
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
    throw std::runtime_error(sqlite3_errmsg(database));
}

/// WAL, synchronous=FULL. `writable` opens for writing; the file must exist unless `create`.
inline Database open_database(const std::string& path, bool writable, bool create = false) {
  sqlite3* raw = nullptr;
  const int flags = (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | (create ? SQLITE_OPEN_CREATE : 0) |
                    SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database(raw);
  check(code, raw);
  const auto run = [&](const char* sql) { check(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), raw); };
  run("PRAGMA busy_timeout=5000");
  if (writable) run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  return database;
}

/// Prepares the first statement of `sql`; `rest`, when given, gets what follows it.
inline Statement prepare(sqlite3* database, const std::string& sql, std::string* rest = nullptr) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  check(sqlite3_prepare_v3(database, sql.c_str(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, &tail),
        database);
  if (rest != nullptr) *rest = tail;
  return Statement(raw);
}

}  // namespace bench
