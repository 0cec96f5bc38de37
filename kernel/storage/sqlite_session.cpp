#include "kernel/storage/sqlite_session.hpp"

#include <mutex>
#include <utility>

namespace eschool::storage {

namespace {

// A session belongs to one thread at a time, so SQLite's own mutex around each call and its counters of memory, which
// all threads share, protect nothing here.
void configure_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  });
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n;") == std::string_view::npos; }

void set_pragma(Session& session, const std::string& name, const std::string& value, std::string_view expected) {
  session.text("PRAGMA " + name + '=' + value);
  const auto found = session.text("PRAGMA " + name);
  if (found != expected)
    throw Error(ErrorKind::other, "PRAGMA " + name + " is " + found + ", not " + std::string(expected));
}

}  // namespace

// --- statements
// -------------------------------------------------------------------------------------------------------

SqliteStatement::SqliteStatement(SqliteSession& owner, std::string_view text)
    : StatementEngine(text), session_(owner), backend_(owner.backend->make_statement_backend()) {
  backend_->alloc();
  try {
    backend_->prepare(sql, soci::details::st_repeatable_query);
  } catch (const soci::soci_error&) {
    throw_sqlite_error(session_.native, sql);
  }
  native_ = static_cast<soci::sqlite3_statement_backend&>(*backend_).stmt_;
  const char* used = native_ ? sqlite_api::sqlite3_sql(native_) : nullptr;
  if (!used || !blank(std::string_view(sql).substr(std::string_view(used).size()))) {
    backend_->clean_up();
    throw Error(ErrorKind::other, "not exactly one statement: " + sql);
  }
}

SqliteStatement::~SqliteStatement() { backend_->clean_up(); }

void SqliteStatement::check(int code) const {
  if (code != SQLITE_OK) throw_sqlite_error(session_.native, sql);
}

void SqliteStatement::begin_binding() {
  if (state_ == State::done) rewind();
}

void SqliteStatement::rewind() {
  sqlite_api::sqlite3_reset(native_);  // repeats the error of the last step, which has been thrown already
  state_ = State::ready;
}

void SqliteStatement::release() {
  rewind();
  sqlite_api::sqlite3_clear_bindings(native_);
}

void SqliteStatement::bind_integer(int parameter, std::int64_t value) {
  begin_binding();
  check(sqlite_api::sqlite3_bind_int64(native_, parameter, value));
}

void SqliteStatement::bind_real(int parameter, double value) {
  begin_binding();
  check(sqlite_api::sqlite3_bind_double(native_, parameter, value));
}

void SqliteStatement::bind_text(int parameter, std::string_view value) {
  begin_binding();
  const auto copied = reinterpret_cast<sqlite_api::sqlite3_destructor_type>(-1);  // SQLITE_TRANSIENT of the namespace
  // A view without data would be bound as NULL.
  check(sqlite_api::sqlite3_bind_text64(native_, parameter, value.data() ? value.data() : "", value.size(), copied,
                                        SQLITE_UTF8));
}

void SqliteStatement::bind_null(int parameter) {
  begin_binding();
  check(sqlite_api::sqlite3_bind_null(native_, parameter));
}

bool SqliteStatement::step() {
  if (state_ == State::done) return false;
  if (state_ == State::ready) ++session_.run;
  const int code = sqlite_api::sqlite3_step(native_);
  if (code == SQLITE_ROW) {
    state_ = State::row;
    return true;
  }
  state_ = State::done;
  if (code != SQLITE_DONE) throw_sqlite_error(session_.native, sql);
  return false;
}

std::int64_t SqliteStatement::run_whole() {
  const auto before = sqlite_api::sqlite3_total_changes64(session_.native);
  while (step()) {
  }
  // sqlite3_changes keeps the figure of an earlier statement when this one changed nothing by its nature.
  if (sqlite_api::sqlite3_total_changes64(session_.native) == before) return 0;
  return sqlite_api::sqlite3_changes64(session_.native);
}

int SqliteStatement::columns() { return sqlite_api::sqlite3_column_count(native_); }

bool SqliteStatement::read_only() const { return sqlite_api::sqlite3_stmt_readonly(native_) != 0; }

std::string_view SqliteStatement::name(int column) { return sqlite_api::sqlite3_column_name(native_, column); }

ColumnKind SqliteStatement::kind(int column) const {
  switch (sqlite_api::sqlite3_column_type(native_, column)) {
    case SQLITE_INTEGER:
      return ColumnKind::integer;
    case SQLITE_FLOAT:
      return ColumnKind::real;
    case SQLITE_NULL:
      return ColumnKind::null;
    default:
      return ColumnKind::text;
  }
}

bool SqliteStatement::null(int column) const { return sqlite_api::sqlite3_column_type(native_, column) == SQLITE_NULL; }

std::int64_t SqliteStatement::integer(int column) const { return sqlite_api::sqlite3_column_int64(native_, column); }

double SqliteStatement::real(int column) const { return sqlite_api::sqlite3_column_double(native_, column); }

std::string_view SqliteStatement::text(int column) const {
  const auto* bytes = sqlite_api::sqlite3_column_text(native_, column);  // before the length: it may convert
  if (!bytes) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite_api::sqlite3_column_bytes(native_, column))};
}

// --- sessions
// ---------------------------------------------------------------------------------------------------------

SqliteSession::SqliteSession(const std::filesystem::path& file, std::string_view options, std::size_t cached_statements)
    : SessionEngine(cached_statements) {
  configure_once();
  const auto path = file.string();
  if (path.find('"') != std::string::npos) throw Error(ErrorKind::other, "a quotation mark in the path " + path);
  try {
    connection_ =
        std::make_unique<soci::session>(*soci::factory_sqlite3(), "db=\"" + path + '"' + std::string(options));
  } catch (const soci::soci_error& error) {
    throw Error(ErrorKind::other, path + ": " + error.what());
  }
  backend = static_cast<soci::sqlite3_session_backend*>(connection_->get_backend());
  native = backend->conn_;
  // A misspelt "column" must be an error, not a text constant.
  sqlite_api::sqlite3_db_config(native, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite_api::sqlite3_db_config(native, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

SqliteSession::~SqliteSession() { drop_statements(); }

std::unique_ptr<StatementEngine> SqliteSession::make(std::string_view sql) {
  return std::make_unique<SqliteStatement>(*this, sql);
}

// --- opening
// ----------------------------------------------------------------------------------------------------------

std::unique_ptr<Session> SqliteAccess::open(const std::filesystem::path& file, Mode mode, const Options& options,
                                            bool read_only) {
  auto engine = std::make_unique<SqliteSession>(file, read_only ? " readonly=true" : "", options.statement_cache);
  engine->writable = mode == Mode::writer || (mode == Mode::bare && !read_only);
  auto session = std::make_unique<Session>(std::move(engine));
  const auto timeout = std::to_string(options.busy_timeout_ms);
  set_pragma(*session, "busy_timeout", timeout, timeout);  // first: the others may meet a lock
  set_pragma(*session, "trusted_schema", "OFF", "0");
  set_pragma(*session, "mmap_size", "0", "0");
  // Savepoints and statement journals need no file: the writes of one import were mostly theirs.
  set_pragma(*session, "temp_store", "MEMORY", "2");
  if (mode == Mode::bare) return session;
  set_pragma(*session, "journal_mode", "WAL", "wal");
  set_pragma(*session, "synchronous", "FULL", "2");
  set_pragma(*session, "foreign_keys", "ON", "1");
  set_pragma(*session, "wal_autocheckpoint", "0", "0");
  if (mode == Mode::reader) set_pragma(*session, "query_only", "ON", "1");
  return session;
}

sqlite_api::sqlite3* SqliteAccess::native(Session& session) {
  return static_cast<SqliteSession&>(session.native()).native;
}

}  // namespace eschool::storage
