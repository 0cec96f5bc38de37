#include "kernel/storage/database.hpp"

#include <algorithm>
#include <utility>

#include "kernel/storage/copy.hpp"
#include "kernel/storage/database_engine.hpp"
#include "kernel/storage/lock_file.hpp"
#include "kernel/storage/postgres_database.hpp"
#include "kernel/storage/postgres_writer.hpp"
#include "kernel/storage/session_engine.hpp"
#include "kernel/storage/sqlite_database.hpp"

namespace eschool::storage {

ReadLease::ReadLease(DatabaseEngine* engine, Session* session) : engine_(engine), session_(session) {}

ReadLease::ReadLease(ReadLease&& other) noexcept
    : engine_(other.engine_), session_(std::exchange(other.session_, nullptr)) {}

ReadLease::~ReadLease() {
  if (session_) engine_->give_back(session_);
}

DatabaseEngine::DatabaseEngine(Location location) : location_(std::move(location)) {}
DatabaseEngine::~DatabaseEngine() = default;

void DatabaseEngine::start(std::unique_ptr<WriteEngine> engine, std::size_t queue) {
  writer_ = std::make_unique<Writer>(std::move(engine), queue);
}

void DatabaseEngine::close() {
  sessions_.clear();
  writer_.reset();
}

Session* DatabaseEngine::take(const RowCaller* caller) {
  const bool guarded = caller && guarding_.load();
  const auto reader = guarded ? caller->text() : std::string();
  auto& idle = guarded ? idle_guarded_ : idle_;
  const auto lend = [&](Session* session) {
    try {
      if (guarded) session->native().read_for(reader);
    } catch (...) {
      forget(session);
      throw;
    }
    return session;
  };
  for (;;) {
    Session* session = nullptr;
    {
      const std::lock_guard guard(mutex_);
      if (idle.empty()) break;
      // The last one that read for the same caller: it needs to be told nothing.
      auto chosen = std::find_if(idle.rbegin(), idle.rend(),
                                 [&](Session* candidate) { return candidate->native().reader == reader; });
      if (chosen == idle.rend()) chosen = idle.rbegin();
      session = *chosen;
      idle.erase(std::next(chosen).base());
    }
    if (session->native().usable()) return lend(session);
    forget(session);  // its connection was lost while it lay there
  }
  auto opened = guarded ? open_guarded_reader() : open_reader();
  auto* session = opened.get();
  {
    const std::lock_guard guard(mutex_);
    idle.reserve(sessions_.size() + 1);  // so that give_back() needs no memory
    sessions_.push_back(std::move(opened));
  }
  return lend(session);
}

void DatabaseEngine::give_back(Session* session) noexcept {
  try {
    if (session->in_transaction()) session->execute("ROLLBACK");
  } catch (const Error&) {
    // A reader that cannot end its transaction keeps what others overwrite from being cleared away, nothing worse.
  }
  if (!session->native().usable()) return forget(session);
  const std::lock_guard guard(mutex_);
  (session->guarded() ? idle_guarded_ : idle_).push_back(session);
}

void DatabaseEngine::forget(Session* session) noexcept {
  std::unique_ptr<Session> closed;  // outside the lock
  const std::lock_guard guard(mutex_);
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [&](const auto& candidate) { return candidate.get() == session; });
  closed = std::move(*found);
  sessions_.erase(found);
}

Database::Database(std::unique_ptr<DatabaseEngine> engine) : engine_(std::move(engine)) {}
Database::~Database() = default;

std::unique_ptr<Database> Database::open(const Location& location, const Options& options) {
  auto engine = location.engine() == Engine::sqlite ? open_sqlite(location, options) : open_postgres(location, options);
  return std::unique_ptr<Database>(new Database(std::move(engine)));
}

ReadLease Database::read() { return {engine_.get(), engine_->take(nullptr)}; }

ReadLease Database::read(const RowCaller& caller) { return {engine_.get(), engine_->take(&caller)}; }

void Database::guard_readers(bool on) { engine_->guard_readers(on); }

void Database::submit(std::function<void(Session&)> body, std::function<void(std::exception_ptr)> done) {
  engine_->writer().submit(std::move(body), std::move(done));
}

void Database::on_commit(std::function<void()> committed) { engine_->writer().on_commit(std::move(committed)); }

void Database::write(std::function<void(Session&)> body) { engine_->writer().write(std::move(body)); }

std::vector<TableCount> Database::backup(const std::filesystem::path& to, const std::function<void(double)>& progress) {
  return engine_->backup(*this, to, progress);
}

std::vector<std::string> Database::peek(const std::filesystem::path& backup, const char* query,
                                        const std::vector<std::string>& arguments) {
  return peek_sqlite(backup, query, arguments);
}

std::vector<TableCount> Database::restore(const std::filesystem::path& from, const Location& to) {
  return to.engine() == Engine::sqlite ? restore_sqlite(from, to.file) : restore_postgres(from, to);
}

std::vector<TableCount> Database::copy(const Location& from, const Location& to,
                                       const std::function<void(double)>& progress) {
  const auto run = [&](Session& source) {
    if (to.engine() == Engine::postgresql) return copy_to_schema(source, to, progress);
    const auto file = std::filesystem::absolute(to.file);
    const LockFile lock(file);
    if (std::filesystem::exists(file)) throw Error(ErrorKind::other, file.string() + " is there already");
    return copy_to_file(source, file, progress);
  };
  if (from.engine() == Engine::sqlite) {
    if (!std::filesystem::exists(from.file)) throw Error(ErrorKind::other, "no such file: " + from.file.string());
    const auto opened = open(from);
    const auto source = opened->read();
    return run(*source);
  }
  PostgresSession owner(from, {1, 5000, false});
  mark_in_use(owner, from, true);
  Session source(std::make_unique<PostgresSession>(from, PostgresSession::Options{16, 5000, false}));
  return run(source);
}

bool Database::claim(std::string_view purpose) { return engine_->claim(purpose); }

WriterFigures Database::figures() const { return engine_->writer().figures(); }

std::string Database::structural_fault() { return engine_->structural_fault(); }

const Location& Database::location() const { return engine_->location(); }

}  // namespace eschool::storage
