#pragma once

#include <atomic>
#include <memory>

#include "kernel/storage/write_engine.hpp"

namespace eschool::storage {

/// The one connection that commits and checkpoints. Debian 12's SQLite can corrupt a WAL when two connections do so at
/// the same instant (fixed in 3.51.3), so no other connection ever does.
class SqliteWriteEngine final : public WriteEngine {
 public:
  explicit SqliteWriteEngine(std::unique_ptr<Session>);

  Session& session() override { return *session_; }
  void begin() override;
  void begin_body() override;
  void end_body() override;
  void undo_body() noexcept override;
  void commit() override;
  void batch_over() override;
  std::optional<std::chrono::milliseconds> idle_after() const override;
  void idle() override;
  void close() override;
  std::int64_t checkpoints() const override { return checkpoints_.load(); }

 private:
  void checkpoint(int mode);
  void checkpoint_if_grown();

  std::unique_ptr<Session> session_;
  std::atomic<std::int64_t> checkpoints_{0};
  int wal_pages_ = 0;    ///< frames in the WAL after the last commit
  int moved_pages_ = 0;  ///< those of them that the last checkpoint moved into the database
};

}  // namespace eschool::storage
