#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "kernel/storage/database.hpp"

namespace eschool::storage {

/// The one thread that commits and checkpoints. Debian 12's SQLite can corrupt a WAL when two connections do so at the
/// same instant (fixed in 3.51.3), so no other connection ever does.
class Writer {
 public:
  using Body = std::function<void(Session&)>;
  using Done = std::function<void(std::exception_ptr)>;

  Writer(std::unique_ptr<Session>, std::size_t queue);
  ~Writer();  ///< runs what is queued, empties the WAL
  void submit(Body, Done);
  void write(Body);
  WriterFigures figures() const;

 private:
  struct Task {
    Body body;
    Done done;
  };
  void run();
  void run_batch(std::vector<Task>&);
  std::exception_ptr run_body(const Body&);
  void checkpoint(int mode);
  void checkpoint_if_grown();

  std::unique_ptr<Session> session_;
  const std::size_t limit_;
  std::atomic<std::int64_t> commits_{0}, bodies_{0}, checkpoints_{0};

  // Of the writer's thread alone.
  int wal_pages_ = 0;    ///< frames in the WAL after the last commit
  int moved_pages_ = 0;  ///< those of them that the last checkpoint moved into the database

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace eschool::storage
