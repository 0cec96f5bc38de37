#include "kernel/storage/postgres_writer.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "kernel/storage/postgres_listener.hpp"

namespace eschool::storage {

namespace {

constexpr std::chrono::milliseconds patience{2000}, pause{50};

/// A school's lock of one purpose. Locks belong to the database, so the schema's name goes into the number.
std::string lock_key(std::string_view purpose, const Location& location) {
  return "hashtextextended('eschool " + std::string(purpose) + " " + location.schema + "', 0)";
}

}  // namespace

void mark_in_use(PostgresSession& session, const Location& location, bool alone) {
  const auto sql = std::string("SELECT ") + (alone ? "pg_try_advisory_lock(" : "pg_try_advisory_lock_shared(") +
                   lock_key("open", location) + ")";
  // Whoever has just ended may hold it for a moment longer: it is the server that clears his connection away.
  for (auto left = patience; left > pause; left -= pause) {
    const auto result = session.command(sql.c_str());
    if (std::string_view(::PQgetvalue(result.get(), 0, 0)) == "t") return;
    std::this_thread::sleep_for(pause);
  }
  throw Error(ErrorKind::busy, location.name() + (alone ? " is in use" : " is being restored"));
}

bool try_claim(PostgresSession& session, const Location& location, std::string_view purpose) {
  // Names of the kernel's own locks cannot be asked for.
  const auto sql = "SELECT pg_try_advisory_lock(" + lock_key("claim " + std::string(purpose), location) + ")";
  const auto result = session.command(sql.c_str());
  return std::string_view(::PQgetvalue(result.get(), 0, 0)) == "t";
}

void make_schema(PostgresSession& session, const Location& location) {
  const auto schema = quoted_schema(location.schema);
  // One process makes it: two that create the same thing at once fail, IF NOT EXISTS or not.
  const auto begin = "BEGIN; SELECT pg_advisory_xact_lock(" + lock_key("write", location) + ")";
  session.command(begin.c_str());
  try {
    const auto known = "SELECT to_regnamespace('" + schema + "') IS NOT NULL, to_regprocedure('" + schema +
                       ".instr(text,text)') IS NOT NULL, to_regprocedure('" + schema + ".likely(boolean)') IS NOT NULL";
    const auto found = session.command(known.c_str());
    const auto there = [&](int column) { return std::string_view(::PQgetvalue(found.get(), 0, column)) == "t"; };
    std::string sql;
    if (!there(0)) sql += "CREATE SCHEMA " + schema + ";";
    // Functions of one SELECT are put into the query that calls them: they cost nothing.
    if (!there(1))
      sql += "CREATE FUNCTION " + schema +
             ".instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE"
             " AS 'SELECT pg_catalog.strpos($1, $2)';";
    if (!there(2))
      sql += "CREATE FUNCTION " + schema +
             ".likely(boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE"
             " AS 'SELECT $1';";
    sql += "COMMIT";
    session.command(sql.c_str());
  } catch (const Error&) {
    PostgresResult(::PQexec(session.native, "ROLLBACK"));
    throw;
  }
}

PostgresWriteEngine::PostgresWriteEngine(Location location, PostgresSession::Options options)
    : location_(std::move(location)),
      options_(options),
      // Told when the transaction commits: processes that listen look what became of it.
      begin_("BEGIN; NOTIFY " + commit_channel(location_) + "; SELECT pg_advisory_xact_lock(" +
             lock_key("write", location_) + ")") {
  connect();
}

void PostgresWriteEngine::connect() {
  session_.reset();  // first: its mark and the connection itself
  auto engine = std::make_unique<PostgresSession>(location_, options_);
  mark_in_use(*engine, location_, false);
  make_schema(*engine, location_);
  session_ = std::make_unique<Session>(std::move(engine));
}

void PostgresWriteEngine::begin() {
  if (!session_ || !session_->native().usable()) connect();
  postgres(*session_).forget_growth();
  try {
    postgres(*session_).command(begin_.c_str());
  } catch (const Error&) {
    if (session_->in_transaction()) postgres(*session_).command("ROLLBACK");
    throw;
  }
}

// Each in one round trip: of a write that changes one record, round trips are most of the cost.
void PostgresWriteEngine::begin_body() { postgres(*session_).command("SAVEPOINT body; SET CONSTRAINTS ALL DEFERRED"); }

// A deferred key that is still broken would fail the COMMIT, and with it everybody else of the batch.
void PostgresWriteEngine::end_body() { postgres(*session_).command("SET CONSTRAINTS ALL IMMEDIATE; RELEASE body"); }

void PostgresWriteEngine::undo_body() noexcept {
  if (session_) PostgresResult(::PQexec(postgres(*session_).native, "ROLLBACK TO body; RELEASE body"));
}

void PostgresWriteEngine::commit() {
  const auto result = postgres(*session_).command("COMMIT");
  // The server answers the COMMIT of a transaction that has failed with a rollback, and calls that a success.
  if (std::string_view(::PQcmdStatus(result.get())) != "COMMIT")
    throw Error(ErrorKind::other, "the transaction had failed and was rolled back");
}

}  // namespace eschool::storage
