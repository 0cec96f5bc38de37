#include "kernel/storage/postgres_database.hpp"

#include "kernel/storage/postgres_writer.hpp"

namespace eschool::storage {

PostgresDatabase::PostgresDatabase(const Location& at, const Database::Options& options)
    : DatabaseEngine(at), session_options_{options.statement_cache, options.busy_timeout_ms, false} {
  auto writing = session_options_;
  writing.writable = true;
  start(std::make_unique<PostgresWriteEngine>(at, writing), options.queue);
}

PostgresDatabase::~PostgresDatabase() { close(); }

bool PostgresDatabase::claim(std::string_view purpose) {
  bool ours = false;
  // On the writing connection: the lock outlives the body, and goes when this process or its way to the server does.
  writer().write([&](Session& session) { ours = try_claim(postgres(session), location(), purpose); });
  return ours;
}

std::unique_ptr<Session> PostgresDatabase::open_reader() {
  return std::make_unique<Session>(std::make_unique<PostgresSession>(location(), session_options_));
}

std::unique_ptr<Session> PostgresDatabase::open_guarded_reader() {
  auto options = session_options_;
  options.role = reader_role(location());
  return std::make_unique<Session>(std::make_unique<PostgresSession>(location(), options));
}

std::unique_ptr<DatabaseEngine> open_postgres(const Location& location, const Database::Options& options) {
  return std::make_unique<PostgresDatabase>(location, options);
}

}  // namespace eschool::storage
