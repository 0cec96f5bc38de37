#include "kernel/storage/sqlite_database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

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

ReadLease::ReadLease(Database* database, Session* session) : database_(database), session_(session) {}

ReadLease::ReadLease(ReadLease&& other) noexcept
    : database_(other.database_), session_(std::exchange(other.session_, nullptr)) {}

ReadLease::~ReadLease() {
  if (session_) database_->impl_->give_back(session_);
}

Database::Impl::Impl(const std::filesystem::path& path, const Options& options)
    : file(std::filesystem::absolute(path)),
      session_options{options.statement_cache, options.busy_timeout_ms},
      lock(file) {
  create_private(file);
  auto session = SqliteAccess::open(file, SqliteAccess::Mode::writer, session_options);
  session->integer("SELECT count(*) FROM sqlite_schema");  // what is no database, or a broken one, is told here
  writer = std::make_unique<Writer>(std::move(session), options.queue);
}

Database::Impl::~Impl() {
  // The last connection to close checkpoints; it has to be the writer's.
  sessions.clear();
  writer.reset();
}

Session* Database::Impl::take() {
  {
    const std::lock_guard guard(mutex);
    if (!idle.empty()) {
      auto* session = idle.back();
      idle.pop_back();
      return session;
    }
  }
  auto opened = SqliteAccess::open(file, SqliteAccess::Mode::reader, session_options);
  const std::lock_guard guard(mutex);
  idle.reserve(sessions.size() + 1);  // so that give_back() needs no memory
  sessions.push_back(std::move(opened));
  return sessions.back().get();
}

void Database::Impl::give_back(Session* session) noexcept {
  try {
    if (session->in_transaction()) session->execute("ROLLBACK");
  } catch (const Error&) {
    // A reader that cannot end its transaction keeps the WAL from shrinking, nothing worse.
  }
  const std::lock_guard guard(mutex);
  idle.push_back(session);
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

std::unique_ptr<Database> Database::open(const std::filesystem::path& file, const Options& options) {
  return std::unique_ptr<Database>(new Database(std::make_unique<Impl>(file, options)));
}

ReadLease Database::read() { return {this, impl_->take()}; }

void Database::submit(std::function<void(Session&)> body, std::function<void(std::exception_ptr)> done) {
  impl_->writer->submit(std::move(body), std::move(done));
}

void Database::write(std::function<void(Session&)> body) { impl_->writer->write(std::move(body)); }

WriterFigures Database::figures() const { return impl_->writer->figures(); }

const std::filesystem::path& Database::file() const { return impl_->file; }

}  // namespace eschool::storage
