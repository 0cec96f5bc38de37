#include "kernel/storage/sqlite_database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "kernel/storage/sqlite_writer.hpp"

namespace eschool::storage {

namespace {

// SQLite would create the file readable by everybody; the WAL takes its mode from the database.
void create_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    throw Error(system_error_kind(errno), "cannot open " + file.string() + ": " + std::strerror(errno));
  ::close(descriptor);
}

}  // namespace

SqliteDatabase::SqliteDatabase(const Location& at, const Database::Options& options)
    : DatabaseEngine(std::filesystem::absolute(at.file)),
      session_options_{options.statement_cache, options.busy_timeout_ms},
      lock_(location().file) {
  create_private(location().file);
  auto session = SqliteAccess::open(location().file, SqliteAccess::Mode::writer, session_options_);
  session->integer("SELECT count(*) FROM sqlite_schema");  // what is no database, or a broken one, is told here
  start(std::make_unique<SqliteWriteEngine>(std::move(session)), options.queue);
}

// The last connection to close checkpoints; it has to be the writer's, and under the lock.
SqliteDatabase::~SqliteDatabase() { close(); }

std::unique_ptr<Session> SqliteDatabase::open_reader() {
  return SqliteAccess::open(location().file, SqliteAccess::Mode::reader, session_options_);
}

std::unique_ptr<DatabaseEngine> open_sqlite(const Location& location, const Database::Options& options) {
  return std::make_unique<SqliteDatabase>(location, options);
}

}  // namespace eschool::storage
