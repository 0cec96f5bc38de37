#include "kernel/storage/sqlite_writer.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "kernel/storage/sqlite_session.hpp"

namespace eschool::storage {

namespace {

constexpr std::size_t batch_limit = 256;  // bounds how long the first of a batch waits for its commit
constexpr int grown_pages = 4000;         // 16 MiB: checkpoint between two commits
constexpr int overgrown_pages = 12000;    // readers keep the WAL from starting anew: wait for them, shortly
constexpr int overgrown_wait_ms = 50;
constexpr auto idle_time = std::chrono::milliseconds(200);

}  // namespace

Writer::Writer(std::unique_ptr<Session> session, std::size_t queue) : session_(std::move(session)), limit_(queue) {
  sqlite_api::sqlite3_wal_hook(
      SqliteAccess::native(*session_),
      [](void* self, sqlite_api::sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(Body body, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= limit_) throw Error(ErrorKind::busy, "the writer's queue is full");
    queue_.push_back({std::move(body), std::move(done)});
  }
  wake_.notify_one();
}

void Writer::write(Body body) {
  if (std::this_thread::get_id() == thread_.get_id())
    throw std::logic_error("Database::write() on the writer's thread would wait for itself");
  // Not a std::promise: it lets go of the exception after it has woken the waiter, which destroys it meanwhile; the
  // reference count makes that right, but no race detector can see it.
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;
  std::exception_ptr failure;
  submit(std::move(body), [&](std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    failure = std::move(error);
    over = true;
    changed.notify_one();  // under the lock: the waiter owns all of this and leaves once it sees `over`
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return over; });
  if (failure) std::rethrow_exception(failure);
}

WriterFigures Writer::figures() const { return {commits_.load(), bodies_.load(), checkpoints_.load()}; }

void Writer::run() {
  std::vector<Task> batch;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    // After a pause, not at once: a client that writes one thing after another must not wait for a checkpoint each
    // time.
    if (wal_pages_ > moved_pages_ && !wake_.wait_for(lock, idle_time, ready)) {
      lock.unlock();
      checkpoint(SQLITE_CHECKPOINT_PASSIVE);
      moved_pages_ = wal_pages_;  // also when a reader kept some back: they wait for the next write
      lock.lock();
    }
    wake_.wait(lock, ready);
    if (queue_.empty()) break;
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_limit));
    batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    lock.unlock();
    run_batch(batch);
    batch.clear();
    checkpoint_if_grown();
    lock.lock();
  }
  checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

void Writer::run_batch(std::vector<Task>& batch) {
  std::vector<std::exception_ptr> errors(batch.size());
  std::size_t first = 0;  // of the open transaction
  bool open = false;
  const auto fail = [&](std::size_t from, std::size_t to, const std::exception_ptr& error) {
    for (auto i = from; i < to; ++i)
      if (!errors[i]) errors[i] = error;
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!open) {
      try {
        session_->execute("BEGIN IMMEDIATE");
      } catch (const Error&) {
        fail(i, batch.size(), std::current_exception());
        break;
      }
      open = true;
      first = i;
    }
    errors[i] = run_body(batch[i].body);
    if (session_->in_transaction()) continue;
    // Out of space or an I/O error: SQLite may have rolled back everything, what earlier bodies wrote included.
    open = false;
    if (!errors[i])
      errors[i] = std::make_exception_ptr(Error(ErrorKind::other, "a write body ended the writer's transaction"));
    fail(first, i, errors[i]);
  }
  if (open) {
    const auto written = std::count(errors.begin() + static_cast<std::ptrdiff_t>(first), errors.end(), nullptr);
    try {
      session_->execute("COMMIT");
      if (written > 0) ++commits_;
      bodies_ += written;
    } catch (const Error&) {
      fail(first, batch.size(), std::current_exception());
      try {
        if (session_->in_transaction()) session_->execute("ROLLBACK");
      } catch (const Error&) {
        // Then the next BEGIN fails too and says so to those who wait for it.
      }
    }
  }
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (batch[i].done) batch[i].done(std::move(errors[i]));
}

std::exception_ptr Writer::run_body(const Body& body) {
  try {
    Savepoint savepoint(*session_);
    body(*session_);
    // A deferred key that is still broken would fail the COMMIT, and with it everybody else of the batch.
    int broken = 0, highest = 0;
    sqlite_api::sqlite3_db_status(SqliteAccess::native(*session_), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &highest, 0);
    if (broken) throw Error(ErrorKind::constraint_foreign, "a deferred foreign key is broken");
    savepoint.release();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

void Writer::checkpoint(int mode) {
  int in_wal = 0, moved = 0;
  const int code =
      sqlite_api::sqlite3_wal_checkpoint_v2(SqliteAccess::native(*session_), nullptr, mode, &in_wal, &moved);
  // Busy: a reader still needs part of the WAL. Any other failure leaves the WAL as it is, and the data safe in it.
  if (code == SQLITE_OK || code == SQLITE_BUSY) {
    ++checkpoints_;
    moved_pages_ = std::max(moved, 0);
  } else {
    moved_pages_ = wal_pages_;
  }
}

void Writer::checkpoint_if_grown() {
  if (wal_pages_ < moved_pages_) moved_pages_ = 0;  // the WAL has started anew
  if (wal_pages_ - moved_pages_ < grown_pages) return;
  if (wal_pages_ < overgrown_pages) return checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  auto* native = SqliteAccess::native(*session_);
  const auto timeout = session_->integer("PRAGMA busy_timeout");
  sqlite_api::sqlite3_busy_timeout(native, overgrown_wait_ms);
  checkpoint(SQLITE_CHECKPOINT_RESTART);
  sqlite_api::sqlite3_busy_timeout(native, static_cast<int>(timeout));
}

}  // namespace eschool::storage
