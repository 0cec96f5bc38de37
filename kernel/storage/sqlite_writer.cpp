#include "kernel/storage/sqlite_writer.hpp"

#include <algorithm>

#include "kernel/storage/sqlite_session.hpp"

namespace eschool::storage {

namespace {

constexpr int grown_pages = 4000;       // 16 MiB: checkpoint between two commits
constexpr int overgrown_pages = 12000;  // readers keep the WAL from starting anew: wait for them, shortly
constexpr int overgrown_wait_ms = 50;
constexpr auto idle_time = std::chrono::milliseconds(200);

}  // namespace

SqliteWriteEngine::SqliteWriteEngine(std::unique_ptr<Session> session) : session_(std::move(session)) {
  sqlite_api::sqlite3_wal_hook(
      SqliteAccess::native(*session_),
      [](void* self, sqlite_api::sqlite3*, const char*, int pages) {
        static_cast<SqliteWriteEngine*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

void SqliteWriteEngine::begin() { session_->execute("BEGIN IMMEDIATE"); }

void SqliteWriteEngine::begin_body() { session_->execute("SAVEPOINT body"); }

void SqliteWriteEngine::end_body() {
  // A deferred key that is still broken would fail the COMMIT, and with it everybody else of the batch.
  int broken = 0, highest = 0;
  sqlite_api::sqlite3_db_status(SqliteAccess::native(*session_), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &highest, 0);
  if (broken) throw Error(ErrorKind::constraint_foreign, "a deferred foreign key is broken");
  session_->execute("RELEASE body");
}

void SqliteWriteEngine::undo_body() noexcept {
  try {
    session_->execute("ROLLBACK TO body");
    session_->execute("RELEASE body");
  } catch (const Error&) {
    // The engine has rolled back the whole transaction already; the writer sees that by in_transaction().
  }
}

void SqliteWriteEngine::commit() { session_->execute("COMMIT"); }

void SqliteWriteEngine::batch_over() { checkpoint_if_grown(); }

std::optional<std::chrono::milliseconds> SqliteWriteEngine::idle_after() const {
  // After a pause, not at once: a client that writes one thing after another must not wait for a checkpoint each time.
  return wal_pages_ > moved_pages_ ? std::optional(idle_time) : std::nullopt;
}

void SqliteWriteEngine::idle() {
  checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  moved_pages_ = wal_pages_;  // also when a reader kept some back: they wait for the next write
}

void SqliteWriteEngine::close() { checkpoint(SQLITE_CHECKPOINT_TRUNCATE); }

void SqliteWriteEngine::checkpoint(int mode) {
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

void SqliteWriteEngine::checkpoint_if_grown() {
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
