#include <string>

#include "kernel/storage/copy.hpp"
#include "kernel/storage/partial_file.hpp"
#include "kernel/storage/postgres_database.hpp"
#include "kernel/storage/postgres_writer.hpp"
#include "kernel/storage/sqlite_backup.hpp"
#include "kernel/storage/sqlite_session.hpp"
#include "kernel/storage/table_shape.hpp"

namespace eschool::storage {

namespace fs = std::filesystem;

std::vector<TableCount> copy_to_file(Session& source, const fs::path& file,
                                     const std::function<void(double)>& progress) {
  PartialFile part(fs::absolute(file));
  std::vector<TableCount> counts;
  {
    const ReadTransaction moment(source);
    auto target = SqliteAccess::open(part.path(), SqliteAccess::Mode::bare, {});
    target->text("PRAGMA synchronous=OFF");  // the file is synced once, when it is whole
    counts = copy_tables(source, *target, progress);
    check_integrity(*target, part.path());
    if (!target->text("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1").empty())
      throw Error(ErrorKind::corrupt, "the copy has references to records that it does not have");
  }
  part.place();
  return counts;
}

std::vector<TableCount> copy_to_schema(Session& source, const Location& to,
                                       const std::function<void(double)>& progress) {
  const PostgresSession::Options options{16, 5000, true};
  PostgresSession owner(to, options);
  mark_in_use(owner, to, true);
  // Built beside the old one, which stays until the new one is whole: the names change in one transaction.
  auto fresh = to;
  fresh.schema = to.schema.substr(0, 58) + ".new";
  const auto quoted_fresh = quoted_name(fresh.schema);
  const auto drop = "DROP SCHEMA IF EXISTS " + quoted_fresh + " CASCADE";
  owner.command(drop.c_str());
  std::vector<TableCount> counts;
  try {
    Session target(std::make_unique<PostgresSession>(fresh, options));
    make_schema(postgres(target), fresh);
    const ReadTransaction moment(source);
    counts = copy_tables(source, target, progress);
  } catch (...) {
    PostgresResult(::PQexec(owner.native, drop.c_str()));
    throw;
  }
  const auto swap = "BEGIN; DROP SCHEMA IF EXISTS " + quoted_name(to.schema) + " CASCADE; ALTER SCHEMA " +
                    quoted_fresh + " RENAME TO " + quoted_name(to.schema) + "; COMMIT";
  owner.command(swap.c_str());
  return counts;
}

std::vector<TableCount> PostgresDatabase::backup(Database& database, const fs::path& to,
                                                 const std::function<void(double)>& progress) {
  const auto source = database.read();
  return copy_to_file(*source, to, progress);
}

std::vector<TableCount> restore_postgres(const fs::path& from, const Location& to) {
  if (!fs::is_regular_file(from)) throw Error(ErrorKind::other, "no such file: " + from.string());
  auto source = SqliteAccess::open(from, SqliteAccess::Mode::bare, {}, true);
  check_integrity(*source, from);
  return copy_to_schema(*source, to, {});
}

}  // namespace eschool::storage
