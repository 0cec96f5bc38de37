/// Slow hashes run here, never on the threads of sockets, of handlers or of the writer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace eschool::auth {

/// Few threads of low priority (nice 10: a login storm must not stall reads); memory is bounded by threads × 19 MiB.
class HashingPool {
 public:
  struct Options {
    int threads = 1;
    std::size_t queue = 2000;  ///< a whole school logging in at eight; each entry waits about 10 ms per place
  };
  HashingPool() : HashingPool(Options{}) {}
  explicit HashingPool(const Options&);
  ~HashingPool();  ///< finishes what runs, drops what waits
  HashingPool(const HashingPool&) = delete;

  /// Never blocks; false when the queue is full: the caller answers 503. The job must not throw.
  bool submit(std::function<void()> job);
  std::size_t waiting() const;

 private:
  void run();
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace eschool::auth
