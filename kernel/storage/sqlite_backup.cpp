#include <filesystem>
#include <utility>

#include "kernel/storage/partial_file.hpp"
#include "kernel/storage/sqlite_backup.hpp"
#include "kernel/storage/sqlite_database.hpp"

namespace eschool::storage {

namespace fs = std::filesystem;

void check_integrity(Session& session, const fs::path& file) {
  const auto answer = session.text("PRAGMA integrity_check(1)");
  if (answer != "ok") throw Error(ErrorKind::corrupt, file.string() + ": " + answer);
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

namespace {

constexpr int slice_pages = 256;  // 1 MiB between two looks at the progress

std::vector<TableCount> count_tables(Session& session) {
  std::vector<TableCount> counts;
  {
    auto tables = session.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name");
    while (tables.step()) counts.push_back({std::string(tables.text(0)), 0});
  }
  for (auto& count : counts) {
    std::string quoted;
    for (const char c : count.table) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    count.rows = session.integer("SELECT count(*) FROM \"" + quoted + '"');
  }
  return counts;
}

// The source holds a read transaction, so that what other connections commit neither restarts the copy nor gets into
// it.
void copy_pages(Session& source, Session& target, const std::function<void(double)>& progress) {
  auto* native = SqliteAccess::native(target);
  auto* copy = sqlite_api::sqlite3_backup_init(native, "main", SqliteAccess::native(source), "main");
  if (!copy) throw_sqlite_error(native, "backup");
  int code = SQLITE_OK;
  try {
    while (code == SQLITE_OK) {
      code = sqlite_api::sqlite3_backup_step(copy, slice_pages);
      const int pages = sqlite_api::sqlite3_backup_pagecount(copy);
      if (progress && pages > 0)
        progress(1.0 - static_cast<double>(sqlite_api::sqlite3_backup_remaining(copy)) / pages);
    }
  } catch (...) {
    sqlite_api::sqlite3_backup_finish(copy);
    throw;
  }
  if (sqlite_api::sqlite3_backup_finish(copy) != SQLITE_OK) throw_sqlite_error(native, "backup");
  if (code != SQLITE_DONE) throw Error(sqlite_error_kind(code), "backup ended with " + std::to_string(code));
}

/// One moment of `source` as a verified file in the place of `target`.
std::vector<TableCount> copy_verified(Session& source, PartialFile& part, const std::function<void(double)>& progress) {
  std::vector<TableCount> expected;
  {
    const ReadTransaction moment(source);
    expected = count_tables(source);
    auto target = SqliteAccess::open(part.path(), SqliteAccess::Mode::bare, {});
    target->text("PRAGMA synchronous=OFF");  // the file is synced once, when it is whole
    copy_pages(source, *target, progress);
    // One file without a WAL beside it can be moved and opened anywhere; opening it as a database turns WAL on again.
    if (target->text("PRAGMA journal_mode=DELETE") != "delete")
      throw Error(ErrorKind::other, part.path().string() + " cannot leave the WAL mode");
  }
  std::vector<TableCount> found;
  {
    auto copy = SqliteAccess::open(part.path(), SqliteAccess::Mode::bare, {}, true);
    check_integrity(*copy, part.path());
    found = count_tables(*copy);
  }
  if (found.size() != expected.size()) throw Error(ErrorKind::corrupt, "the copy has other tables than its source");
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].table != expected[i].table || found[i].rows != expected[i].rows)
      throw Error(ErrorKind::corrupt, "the copy of table " + expected[i].table + " has " +
                                          std::to_string(found[i].rows) + " rows, its source " +
                                          std::to_string(expected[i].rows));
  return found;
}

}  // namespace

std::vector<TableCount> SqliteDatabase::backup(Database& database, const fs::path& to,
                                               const std::function<void(double)>& progress) {
  const auto target = fs::absolute(to);
  if (same_file(target, location().file)) throw Error(ErrorKind::other, "the backup would replace the database itself");
  PartialFile part(target);
  std::vector<TableCount> counts;
  {
    const auto source = database.read();
    counts = copy_verified(*source, part, progress);
  }
  part.place();
  return counts;
}

std::vector<std::string> peek_sqlite(const fs::path& file, const char* query,
                                     const std::vector<std::string>& arguments) {
  if (!fs::is_regular_file(file)) throw Error(ErrorKind::other, "no such file: " + file.string());
  auto session = SqliteAccess::open(file, SqliteAccess::Mode::bare, {}, true);
  std::vector<std::string> answers;
  for (const auto& argument : arguments) answers.push_back(session->text(query, {argument}));
  return answers;
}

std::vector<TableCount> restore_sqlite(const fs::path& from, const fs::path& to) {
  const auto file = fs::absolute(to);
  if (same_file(from, file)) throw Error(ErrorKind::other, "a database cannot be restored from itself");
  if (!fs::is_regular_file(from)) throw Error(ErrorKind::other, "no such file: " + from.string());
  const LockFile lock(file);
  PartialFile part(file);
  std::vector<TableCount> counts;
  {
    auto source = SqliteAccess::open(from, SqliteAccess::Mode::bare, {}, true);
    check_integrity(*source, from);
    counts = copy_verified(*source, part, {});
  }
  if (fs::exists(file)) {
    // A stale WAL would be replayed onto the new file. Emptied first, there is no moment at which a crash costs the old
    // database its last commits; where the old one is broken, its WAL goes with it.
    try {
      auto old = SqliteAccess::open(file, SqliteAccess::Mode::bare, {});
      old->text("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const Error&) {
    }
  }
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm", "-journal"}) fs::remove(file.string() + suffix, ignored);
  part.place();
  return counts;
}

}  // namespace eschool::storage
