#include "kernel/storage/postgres_session.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <random>
#include <utility>

#include "kernel/storage/table_shape.hpp"

namespace eschool::storage {

namespace {

// The object identifiers of the types that the kernel's tables and expressions have.
enum : Oid {
  bool_oid = 16,
  int8_oid = 20,
  int2_oid = 21,
  int4_oid = 23,
  oid_oid = 26,
  float4_oid = 700,
  float8_oid = 701,
  numeric_oid = 1700
};

constexpr int most_parameters = 65535;

// After so many statements that write, and then each time there are so many times more.
constexpr std::int64_t first_look = 250, growth_between_looks = 4;

bool succeeded(const PGresult* result) {
  const auto status = ::PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/// With a limit to how long nobody's silence holds a thread, unless the administrator has set one.
std::string with_patience(std::string connection) {
  const bool uri = connection.find("://") != std::string::npos;
  // The first: while connecting, in seconds. The second: while what was sent is not even received, in milliseconds.
  for (const auto* limit : {"connect_timeout=5", "tcp_user_timeout=15000"}) {
    const std::string_view name(limit, std::string_view(limit).find('='));
    if (connection.find(name) != std::string::npos) continue;
    connection += uri ? (connection.find('?') == std::string::npos ? '?' : '&') : ' ';
    connection += limit;
  }
  return connection;
}

/// For a setting: a query of one caller may not read what is kept for another.
std::string unguessable_name() {
  std::random_device source;
  return fmt::format("s{:08x}{:08x}{:08x}", source(), source(), source());
}

}  // namespace

// --- statements
// -------------------------------------------------------------------------------------------------------

PostgresStatement::PostgresStatement(PostgresSession& session, std::string_view text)
    : StatementEngine(text), session_(session) {
  auto translated = to_postgres(sql);
  if (translated.blank) throw Error(ErrorKind::other, "not exactly one statement: " + sql);
  if (translated.parameters > most_parameters) throw Error(ErrorKind::other, "too many parameters");
  translated_ = std::move(translated.text);
  read_only_ = translated.read_only;
  parameters_.resize(static_cast<std::size_t>(translated.parameters));
  values_.resize(parameters_.size());
  prepare();
}

void PostgresStatement::prepare() {
  session_.deallocate_leftovers();
  auto name = session_.next_name();
  const PostgresResult prepared(::PQprepare(session_.native, name.c_str(), translated_.c_str(), 0, nullptr));
  if (!succeeded(prepared.get())) throw_postgres_error(session_.native, prepared.get(), sql);
  if (!name_.empty()) session_.deallocate(std::move(name_));
  name_ = std::move(name);
  described_.reset();
  stale_ = false;
}

PostgresStatement::~PostgresStatement() { session_.deallocate(std::move(name_)); }

PostgresStatement::Parameter& PostgresStatement::parameter(int number) {
  if (state_ == State::row) throw Error(ErrorKind::other, "a parameter bound between two rows: " + sql);
  if (state_ == State::done) rewind();
  if (number < 1 || static_cast<std::size_t>(number) > parameters_.size())
    throw Error(ErrorKind::other, "no parameter " + std::to_string(number) + ": " + sql);
  auto& found = parameters_[static_cast<std::size_t>(number) - 1];
  found.null = false;
  return found;
}

void PostgresStatement::bind_integer(int number, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  parameter(number).text.assign(digits, end);
}

void PostgresStatement::bind_real(int number, double value) {
  // A whole number as such: it may be compared with a column of integers, which takes no "1e+15".
  if (std::trunc(value) == value && std::abs(value) < 9.007199254740992e15)
    return bind_integer(number, static_cast<std::int64_t>(value));
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;  // shortest that reads back the same
  parameter(number).text.assign(digits, end);
}

void PostgresStatement::bind_text(int number, std::string_view value) {
  // Text ends at a zero byte there: what stands behind it would be lost silently.
  if (value.find('\0') != std::string_view::npos)
    throw Error(ErrorKind::constraint_other, "text with a zero byte: " + sql);
  parameter(number).text.assign(value);
}

void PostgresStatement::bind_null(int number) { parameter(number).null = true; }

void PostgresStatement::run() {
  ++session_.run;
  if (stale_) prepare();
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    values_[i] = parameters_[i].null ? nullptr : parameters_[i].text.c_str();
  result_.reset(::PQexecPrepared(session_.native, name_.c_str(), static_cast<int>(values_.size()), values_.data(),
                                 nullptr, nullptr, 0));
  row_ = -1;
  rows_ = 0;
  if (!succeeded(result_.get())) {
    state_ = State::done;
    // "Cached plan must not change result type": a migration came between. The next run prepares it anew; not this one,
    // which may be inside a transaction that has failed by now.
    const char* sqlstate = ::PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    stale_ = sqlstate && std::string_view(sqlstate) == "0A000";
    throw_postgres_error(session_.native, result_.get(), sql);
  }
  rows_ = ::PQntuples(result_.get());
  if (!read_only_) session_.note_write();
}

bool PostgresStatement::step() {
  if (state_ == State::done) return false;
  if (state_ == State::ready) run();
  state_ = ++row_ < rows_ ? State::row : State::done;
  return state_ == State::row;
}

void PostgresStatement::rewind() {
  result_.reset();
  state_ = State::ready;
}

void PostgresStatement::release() {
  rewind();
  for (auto& parameter : parameters_) parameter.null = true;
}

std::int64_t PostgresStatement::run_whole() {
  if (state_ == State::ready) run();
  state_ = State::done;
  // Of a query this is the number of its rows, which SQLite does not count as changes.
  if (::PQresultStatus(result_.get()) == PGRES_TUPLES_OK && read_only_) return 0;
  const std::string_view count = ::PQcmdTuples(result_.get());
  std::int64_t changed = 0;
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

const PGresult* PostgresStatement::description() {
  if (result_) return result_.get();
  if (!described_) {
    described_.reset(::PQdescribePrepared(session_.native, name_.c_str()));
    if (!succeeded(described_.get())) throw_postgres_error(session_.native, described_.get(), sql);
  }
  return described_.get();
}

int PostgresStatement::columns() { return ::PQnfields(description()); }

std::string_view PostgresStatement::name(int column) { return ::PQfname(description(), column); }

ColumnKind PostgresStatement::kind(int column) const {
  if (null(column)) return ColumnKind::null;
  switch (::PQftype(result_.get(), column)) {
    case bool_oid:
    case int2_oid:
    case int4_oid:
    case int8_oid:
    case oid_oid:
      return ColumnKind::integer;
    case float4_oid:
    case float8_oid:
      return ColumnKind::real;
    case numeric_oid:  // the sum of integers is one
      return text(column).find('.') == std::string_view::npos ? ColumnKind::integer : ColumnKind::real;
    default:
      return ColumnKind::text;
  }
}

bool PostgresStatement::null(int column) const { return ::PQgetisnull(result_.get(), row_, column) != 0; }

std::int64_t PostgresStatement::integer(int column) const {
  const auto digits = text(column);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure == std::errc{} && end != digits.data() + digits.size() && *end == 'e')
    return static_cast<std::int64_t>(real(column));
  return value;
}

double PostgresStatement::real(int column) const {
  const auto digits = text(column);
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string_view PostgresStatement::text(int column) const {
  const std::string_view cell(::PQgetvalue(result_.get(), row_, column),
                              static_cast<std::size_t>(::PQgetlength(result_.get(), row_, column)));
  if (::PQftype(result_.get(), column) != bool_oid || cell.empty()) return cell;
  return cell == "t" ? "1" : "0";  // a condition is a number on SQLite
}

// --- sessions
// ---------------------------------------------------------------------------------------------------------

std::string quoted_schema(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
  if (!fine) throw Error(ErrorKind::other, "not a name of a schema: " + std::string(name));
  return '"' + std::string(name) + '"';
}

PostgresSession::PostgresSession(const Location& location, const Options& options)
    : SessionEngine(options.statement_cache) {
  const auto schema = quoted_schema(location.schema);
  writable = options.writable;
  guarded = !options.role.empty();
  try {
    connection_ = std::make_unique<soci::session>(*soci::factory_postgresql(), with_patience(location.connection));
  } catch (const soci::soci_error& error) {
    throw Error(ErrorKind::unavailable, "postgresql: " + std::string(error.what()));
  }
  native = static_cast<soci::postgresql_session_backend*>(connection_->get_backend())->conn_;
  // What goes wrong comes as an error; libpq would print the rest to the server's log, values of rows included.
  ::PQsetNoticeProcessor(
      native, [](void*, const char*) {}, nullptr);
  // The schema alone, with temporary tables last: nothing of another school or of the database can come between.
  const auto settings =
      "SET search_path TO " + schema +
      ", pg_temp;"
      "SET client_encoding TO 'UTF8'; SET standard_conforming_strings TO on; SET client_min_messages TO warning;"
      "SET TimeZone TO 'UTC'; SET extra_float_digits TO 1; SET bytea_output TO 'hex';"
      "SET lock_timeout TO " +
      std::to_string(options.lock_timeout_ms) +
      ";"
      "SET default_transaction_isolation TO 'read committed';"
      "SET default_transaction_read_only TO " +
      (options.writable ? "off" : "on") +
      ";"
      // What was acknowledged must survive: stronger settings of the administrator stay.
      // Not by set_config(), which an administrator may have taken from everybody: see row_guard.hpp.
      "DO 'BEGIN IF current_setting(''synchronous_commit'') = ''off'' THEN SET synchronous_commit TO on; END IF; END'"
      // Last: the role has no rights but to read.
      + (guarded ? ";SET ROLE " + quoted_name(options.role) : "");
  command(settings.c_str());
}

PostgresSession::~PostgresSession() { drop_statements(); }

bool PostgresSession::in_transaction() const {
  const auto status = ::PQtransactionStatus(native);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

void PostgresSession::expect_growth() {
  written_ = 0;
  look_after_ = first_look;
}

void PostgresSession::note_write() {
  if (look_after_ == 0 || ++written_ < look_after_) return;
  look_after_ *= growth_between_looks;
  // Of what this transaction has filled, its own rows included. Whose lock another holds is looked at by that one.
  const auto filled = command(
      "SELECT string_agg(format('%I.%I', schemaname, relname), ', ') FROM pg_stat_xact_user_tables"
      " WHERE schemaname = current_schema() AND n_tup_ins > 0");
  if (!::PQgetisnull(filled.get(), 0, 0))
    command((std::string("ANALYZE (SKIP_LOCKED) ") + ::PQgetvalue(filled.get(), 0, 0)).c_str());
}

bool PostgresSession::usable() {
  if (::PQstatus(native) != CONNECTION_OK) return false;
  // A server that went away while the connection lay idle has closed it: that can be read without asking, behind what
  // it said before it went.
  pollfd socket{::PQsocket(native), POLLIN, 0};
  while (::poll(&socket, 1, 0) > 0)
    if (!::PQconsumeInput(native)) return false;
  return true;
}

void PostgresSession::read_for(const std::string& caller) {
  if (caller == reader) return;
  reader.clear();
  // Behind a slot the policies keep what they have worked out for its caller. Whose it was before does not matter:
  // they look.
  auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& one) { return one.caller == caller; });
  if (slot == slots_.end()) {
    slot = slots_.begin() + static_cast<std::ptrdiff_t>(next_slot_++ % slots_.size());
    if (slot->name.empty()) slot->name = unguessable_name();
    slot->caller = caller;
  }
  const std::unique_ptr<char, decltype(&::PQfreemem)> quoted(::PQescapeLiteral(native, caller.data(), caller.size()),
                                                             &::PQfreemem);
  if (!quoted) throw Error(ErrorKind::other, "not a text for a setting");
  const auto sql = fmt::format("SET eschool.caller TO {}; SET eschool.slot TO '{}'", quoted.get(), slot->name);
  command(sql.c_str());
  reader = caller;
}

PostgresResult PostgresSession::command(const char* sql) {
  PostgresResult result(::PQexec(native, sql));
  if (!succeeded(result.get())) throw_postgres_error(native, result.get(), sql);
  return result;
}

std::unique_ptr<StatementEngine> PostgresSession::make(std::string_view sql) {
  return std::make_unique<PostgresStatement>(*this, sql);
}

void PostgresSession::deallocate(std::string name) noexcept { leftovers_.push_back(std::move(name)); }

void PostgresSession::deallocate_leftovers() {
  if (leftovers_.empty() || ::PQtransactionStatus(native) == PQTRANS_INERROR) return;
  std::string sql;
  for (const auto& name : leftovers_) sql += "DEALLOCATE " + name + ';';
  leftovers_.clear();
  command(sql.c_str());
}

PostgresSession& postgres(Session& session) { return static_cast<PostgresSession&>(session.native()); }

}  // namespace eschool::storage
