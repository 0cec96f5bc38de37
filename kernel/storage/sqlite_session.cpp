#include "kernel/storage/sqlite_session.hpp"

#include <algorithm>
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

void bind_values(Statement& statement, std::span<const Value> values) { statement.bind_all(values); }

void set_pragma(Session& session, const std::string& name, const std::string& value, std::string_view expected) {
  session.text("PRAGMA " + name + '=' + value);
  const auto found = session.text("PRAGMA " + name);
  if (found != expected)
    throw Error(ErrorKind::other, "PRAGMA " + name + " is " + found + ", not " + std::string(expected));
}

}  // namespace

// --- statements
// -------------------------------------------------------------------------------------------------------

Statement::Impl::Impl(Session::Impl& owner, std::string_view text)
    : session(owner), sql(text), backend(owner.backend->make_statement_backend()) {
  backend->alloc();
  try {
    backend->prepare(sql, soci::details::st_repeatable_query);
  } catch (const soci::soci_error&) {
    throw_sqlite_error(session.native, sql);
  }
  native = static_cast<soci::sqlite3_statement_backend&>(*backend).stmt_;
  const char* used = native ? sqlite_api::sqlite3_sql(native) : nullptr;
  if (!used || !blank(std::string_view(sql).substr(std::string_view(used).size()))) {
    backend->clean_up();
    throw Error(ErrorKind::other, "not exactly one statement: " + sql);
  }
}

Statement::Impl::~Impl() { backend->clean_up(); }

void Statement::Impl::check(int code) const {
  if (code != SQLITE_OK) throw_sqlite_error(session.native, sql);
}

void Statement::Impl::begin_binding() {
  if (state == State::done) rewind();
}

void Statement::Impl::rewind() {
  sqlite_api::sqlite3_reset(native);  // repeats the error of the last step, which has been thrown already
  state = State::ready;
}

Statement::Statement(Impl* impl) : impl_(impl) { impl_->leased = true; }

Statement::Statement(Statement&& other) noexcept : impl_(std::exchange(other.impl_, nullptr)) {}

Statement::~Statement() {
  if (!impl_) return;
  if (impl_->temporary) {
    delete impl_;
    return;
  }
  impl_->rewind();
  sqlite_api::sqlite3_clear_bindings(impl_->native);
  impl_->leased = false;
}

void Statement::bind(int parameter, std::int64_t value) {
  impl_->begin_binding();
  impl_->check(sqlite_api::sqlite3_bind_int64(impl_->native, parameter, value));
}

void Statement::bind(int parameter, double value) {
  impl_->begin_binding();
  impl_->check(sqlite_api::sqlite3_bind_double(impl_->native, parameter, value));
}

void Statement::bind(int parameter, std::string_view value) {
  impl_->begin_binding();
  const auto copied = reinterpret_cast<sqlite_api::sqlite3_destructor_type>(-1);  // SQLITE_TRANSIENT of the namespace
  // A view without data would be bound as NULL.
  impl_->check(sqlite_api::sqlite3_bind_text64(impl_->native, parameter, value.data() ? value.data() : "", value.size(),
                                               copied, SQLITE_UTF8));
}

void Statement::bind_null(int parameter) {
  impl_->begin_binding();
  impl_->check(sqlite_api::sqlite3_bind_null(impl_->native, parameter));
}

void Statement::bind(int parameter, const Value& value) {
  switch (value.index()) {
    case 0:
      return bind_null(parameter);
    case 1:
      return bind(parameter, std::get<std::int64_t>(value));
    case 2:
      return bind(parameter, std::get<double>(value));
    default:
      return bind(parameter, std::string_view(std::get<std::string>(value)));
  }
}

void Statement::bind_all(std::span<const Value> values) {
  int parameter = 0;
  for (const auto& value : values) bind(++parameter, value);
}

bool Statement::step() {
  if (impl_->state == Impl::State::done) return false;
  if (impl_->state == Impl::State::ready) ++impl_->session.run;
  const int code = sqlite_api::sqlite3_step(impl_->native);
  if (code == SQLITE_ROW) {
    impl_->state = Impl::State::row;
    return true;
  }
  impl_->state = Impl::State::done;
  if (code != SQLITE_DONE) throw_sqlite_error(impl_->session.native, impl_->sql);
  return false;
}

void Statement::reset() { impl_->rewind(); }

int Statement::columns() const { return sqlite_api::sqlite3_column_count(impl_->native); }

bool Statement::read_only() const { return sqlite_api::sqlite3_stmt_readonly(impl_->native) != 0; }

std::string_view Statement::name(int column) const { return sqlite_api::sqlite3_column_name(impl_->native, column); }

ColumnKind Statement::kind(int column) const {
  switch (sqlite_api::sqlite3_column_type(impl_->native, column)) {
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

bool Statement::null(int column) const { return sqlite_api::sqlite3_column_type(impl_->native, column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite_api::sqlite3_column_int64(impl_->native, column); }

double Statement::real(int column) const { return sqlite_api::sqlite3_column_double(impl_->native, column); }

std::string_view Statement::text(int column) const {
  const auto* bytes = sqlite_api::sqlite3_column_text(impl_->native, column);  // before the length: it may convert
  if (!bytes) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite_api::sqlite3_column_bytes(impl_->native, column))};
}

// --- sessions
// ---------------------------------------------------------------------------------------------------------

Session::Impl::Impl(const std::filesystem::path& file, std::string_view options, std::size_t cached_statements)
    : limit(std::max<std::size_t>(cached_statements, 1)) {
  configure_once();
  const auto path = file.string();
  if (path.find('"') != std::string::npos) throw Error(ErrorKind::other, "a quotation mark in the path " + path);
  try {
    connection = std::make_unique<soci::session>(*soci::factory_sqlite3(), "db=\"" + path + '"' + std::string(options));
  } catch (const soci::soci_error& error) {
    throw Error(ErrorKind::other, path + ": " + error.what());
  }
  backend = static_cast<soci::sqlite3_session_backend*>(connection->get_backend());
  native = backend->conn_;
  // A misspelt "column" must be an error, not a text constant.
  sqlite_api::sqlite3_db_config(native, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite_api::sqlite3_db_config(native, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

Statement::Impl* Session::Impl::lease(std::string_view sql) {
  const auto found = by_text.find(sql);
  if (found == by_text.end()) {
    statements.emplace_front(*this, sql);
    by_text.emplace(statements.front().sql, statements.begin());
    statements.front().leased = true;  // so that shrink() leaves it
    shrink();
    return &statements.front();
  }
  statements.splice(statements.begin(), statements, found->second);
  auto& statement = statements.front();
  if (!statement.leased) return &statement;
  auto second = std::make_unique<Statement::Impl>(*this, sql);
  second->temporary = true;
  return second.release();
}

void Session::Impl::shrink() {
  for (auto last = statements.end(); statements.size() > limit && last != statements.begin();) {
    --last;
    if (last->leased) continue;
    by_text.erase(last->sql);
    last = statements.erase(last);
  }
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Statement Session::prepare(std::string_view sql) { return Statement(impl_->lease(sql)); }

std::int64_t Session::execute(std::string_view sql, std::initializer_list<Value> values) {
  return execute(sql, std::span<const Value>(values.begin(), values.size()));
}

std::int64_t Session::execute(std::string_view sql, std::span<const Value> values) {
  auto statement = prepare(sql);
  bind_values(statement, values);
  const auto before = sqlite_api::sqlite3_total_changes64(impl_->native);
  while (statement.step()) {
  }
  // sqlite3_changes keeps the figure of an earlier statement when this one changed nothing by its nature.
  if (sqlite_api::sqlite3_total_changes64(impl_->native) == before) return 0;
  return sqlite_api::sqlite3_changes64(impl_->native);
}

std::int64_t Session::integer(std::string_view sql, std::initializer_list<Value> values, std::int64_t otherwise) {
  auto statement = prepare(sql);
  bind_values(statement, {values.begin(), values.size()});
  return statement.step() && !statement.null(0) ? statement.integer(0) : otherwise;
}

std::string Session::text(std::string_view sql, std::initializer_list<Value> values, std::string otherwise) {
  auto statement = prepare(sql);
  bind_values(statement, {values.begin(), values.size()});
  return statement.step() && !statement.null(0) ? std::string(statement.text(0)) : std::move(otherwise);
}

std::int64_t Session::statements_run() const { return impl_->run; }
bool Session::writable() const { return impl_->writable; }
bool Session::in_transaction() const { return sqlite_api::sqlite3_get_autocommit(impl_->native) == 0; }

// --- opening
// ----------------------------------------------------------------------------------------------------------

std::unique_ptr<Session> SqliteAccess::open(const std::filesystem::path& file, Mode mode, const Options& options,
                                            bool read_only) {
  auto impl = std::make_unique<Session::Impl>(file, read_only ? " readonly=true" : "", options.statement_cache);
  impl->writable = mode == Mode::writer || (mode == Mode::bare && !read_only);
  std::unique_ptr<Session> session(new Session(std::move(impl)));
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

sqlite_api::sqlite3* SqliteAccess::native(Session& session) { return session.impl_->native; }

// --- transactions
// -----------------------------------------------------------------------------------------------------

ReadTransaction::ReadTransaction(Session& session) : session_(session), own_(!session.in_transaction()) {
  if (own_) session_.execute("BEGIN");
}

ReadTransaction::~ReadTransaction() {
  if (!own_) return;
  try {
    session_.execute("COMMIT");
  } catch (const Error&) {
    // Nothing was written, so nothing is lost; the pool rolls back what is still open.
  }
}

Savepoint::Savepoint(Session& session) : session_(session) { session_.execute("SAVEPOINT body"); }

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    session_.execute("ROLLBACK TO body");
    session_.execute("RELEASE body");
  } catch (const Error&) {
    // The engine has rolled back the whole transaction already; the writer sees that by in_transaction().
  }
}

void Savepoint::release() {
  session_.execute("RELEASE body");
  open_ = false;
}

}  // namespace eschool::storage
