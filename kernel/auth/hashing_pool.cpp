#include "kernel/auth/hashing_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace eschool::auth {

HashingPool::HashingPool(const Options& options) : limit_(options.queue) {
  for (int i = 0; i < options.threads; ++i) threads_.emplace_back([this] { run(); });
}

HashingPool::~HashingPool() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
  }
  ready_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool HashingPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= limit_) return false;
    jobs_.push_back(std::move(job));
  }
  ready_.notify_one();
  return true;
}

std::size_t HashingPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void HashingPool::run() {
  // On Linux the priority belongs to the thread. Where it may not be lowered, hashing competes on equal terms.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
  std::unique_lock lock(mutex_);
  for (;;) {
    ready_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace eschool::auth
