#include "kernel/storage/session.hpp"

#include <algorithm>
#include <utility>

#include "kernel/storage/dialect.hpp"
#include "kernel/storage/session_engine.hpp"

namespace eschool::storage {

// --- the cache
// --------------------------------------------------------------------------------------------------------

SessionEngine::SessionEngine(std::size_t cached_statements) : limit_(std::max<std::size_t>(cached_statements, 1)) {}

StatementEngine* SessionEngine::lease(std::string_view sql) {
  const auto found = by_text_.find(sql);
  if (found == by_text_.end()) {
    statements_.push_front(make(sql));
    auto* statement = statements_.front().get();
    by_text_.emplace(statement->sql, statements_.begin());
    statement->leased = true;  // so that shrink() leaves it
    shrink();
    return statement;
  }
  statements_.splice(statements_.begin(), statements_, found->second);
  auto* statement = statements_.front().get();
  if (!statement->leased) {
    statement->leased = true;
    return statement;
  }
  auto second = make(sql);
  second->temporary = true;
  return second.release();
}

void SessionEngine::shrink() {
  for (auto last = statements_.end(); statements_.size() > limit_ && last != statements_.begin();) {
    --last;
    if ((*last)->leased) continue;
    by_text_.erase((*last)->sql);
    last = statements_.erase(last);
  }
}

void SessionEngine::drop_statements() {
  by_text_.clear();
  statements_.clear();
}

// --- statements
// -------------------------------------------------------------------------------------------------------

Statement::Statement(StatementEngine* engine) : engine_(engine) {}

Statement::Statement(Statement&& other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}

Statement::~Statement() {
  if (!engine_) return;
  if (engine_->temporary) {
    delete engine_;
    return;
  }
  engine_->release();
  engine_->leased = false;
}

void Statement::bind(int parameter, std::int64_t value) { engine_->bind_integer(parameter, value); }
void Statement::bind(int parameter, double value) { engine_->bind_real(parameter, value); }
void Statement::bind(int parameter, std::string_view value) { engine_->bind_text(parameter, value); }
void Statement::bind_null(int parameter) { engine_->bind_null(parameter); }

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

bool Statement::step() { return engine_->step(); }
void Statement::reset() { engine_->rewind(); }
int Statement::columns() const { return engine_->columns(); }
bool Statement::read_only() const { return engine_->read_only(); }
std::string_view Statement::name(int column) const { return engine_->name(column); }
ColumnKind Statement::kind(int column) const { return engine_->kind(column); }
bool Statement::null(int column) const { return engine_->null(column); }
std::int64_t Statement::integer(int column) const { return engine_->integer(column); }
double Statement::real(int column) const { return engine_->real(column); }
std::string_view Statement::text(int column) const { return engine_->text(column); }

// --- sessions
// ---------------------------------------------------------------------------------------------------------

Session::Session(std::unique_ptr<SessionEngine> engine) : engine_(std::move(engine)) {}
Session::~Session() = default;

Statement Session::prepare(std::string_view sql) { return Statement(engine_->lease(sql)); }

std::int64_t Session::execute(std::string_view sql, std::initializer_list<Value> values) {
  return execute(sql, std::span<const Value>(values.begin(), values.size()));
}

std::int64_t Session::execute(std::string_view sql, std::span<const Value> values) {
  auto statement = prepare(sql);
  statement.bind_all(values);
  return statement.engine_->run_whole();
}

void Session::define(std::string_view sql) { execute(in_words_of(engine(), sql)); }

std::int64_t Session::integer(std::string_view sql, std::initializer_list<Value> values, std::int64_t otherwise) {
  auto statement = prepare(sql);
  statement.bind_all({values.begin(), values.size()});
  return statement.step() && !statement.null(0) ? statement.integer(0) : otherwise;
}

std::string Session::text(std::string_view sql, std::initializer_list<Value> values, std::string otherwise) {
  auto statement = prepare(sql);
  statement.bind_all({values.begin(), values.size()});
  return statement.step() && !statement.null(0) ? std::string(statement.text(0)) : std::move(otherwise);
}

void Session::expect_growth() { engine_->expect_growth(); }
Engine Session::engine() const { return engine_->engine(); }
std::int64_t Session::statements_run() const { return engine_->run; }
bool Session::writable() const { return engine_->writable; }
bool Session::guarded() const { return engine_->guarded; }
bool Session::in_transaction() const { return engine_->in_transaction(); }

// --- transactions
// -----------------------------------------------------------------------------------------------------

ReadTransaction::ReadTransaction(Session& session) : session_(session), own_(!session.in_transaction()) {
  if (own_) session_.execute(session_.native().begin_read());
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
