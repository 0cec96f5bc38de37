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
#include "kernel/storage/write_engine.hpp"

namespace eschool::storage {

/// The one thread of this process that writes to a database: many bodies, each in a savepoint, share one commit.
class Writer {
 public:
  using Body = std::function<void(Session&)>;
  using Done = std::function<void(std::exception_ptr)>;

  Writer(std::unique_ptr<WriteEngine>, std::size_t queue);
  ~Writer();  ///< runs what is queued, then closes the engine
  void submit(Body, Done);
  void write(Body);
  /// See Database::on_commit().
  void on_commit(std::function<void()>);
  WriterFigures figures() const;

 private:
  struct Task {
    Body body;
    Done done;
  };
  void run();
  void run_batch(std::vector<Task>&);
  std::exception_ptr run_body(const Body&);

  std::unique_ptr<WriteEngine> engine_;
  const std::size_t limit_;
  std::atomic<std::int64_t> commits_{0}, bodies_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::mutex committed_mutex_;  ///< held during the call, so that who takes it back knows that it is over
  std::function<void()> committed_;
  std::thread thread_;
};

}  // namespace eschool::storage
