/// The threads that run handlers, so that sockets' threads never do.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace eschool::jobs {

class WorkerPool {
 public:
  WorkerPool(int threads, std::size_t queue);
  ~WorkerPool();  ///< runs what is queued, then joins
  WorkerPool(const WorkerPool&) = delete;
  /// false when the queue is full: the caller answers 503. Tasks must not throw.
  bool submit(std::function<void()> task);
  std::size_t waiting() const;

 private:
  void run();
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> tasks_;
  std::size_t limit_;
  int idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace eschool::jobs
