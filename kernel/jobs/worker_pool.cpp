#include "kernel/jobs/worker_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace eschool::jobs {

struct WorkerPool::Worker {
  std::thread thread;
  bool lost = false, replaced = false;  ///< under the pool's mutex
};

/// Owned by the threads too: one that is lost may come back after the pool is gone.
struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable ready;
  std::deque<std::function<void()>> tasks;
  std::size_t limit = 0;
  int idle = 0;
  int spare = 0;
  bool stopping = false;
  WorkerFigures figures;
  std::vector<std::shared_ptr<Worker>> workers;  ///< those that are not lost
};

namespace {
thread_local std::shared_ptr<WorkerPool::Worker> this_worker;
}  // namespace

WorkerPool::WorkerPool(int threads, std::size_t queue, int spare) : state_(std::make_shared<State>()) {
  state_->limit = queue;
  state_->spare = spare;
  const std::lock_guard lock(state_->mutex);
  for (int i = 0; i < threads; ++i) add_thread(state_);
}

WorkerPool::~WorkerPool() {
  std::vector<std::shared_ptr<Worker>> workers;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    workers = state_->workers;
  }
  state_->ready.notify_all();
  for (const auto& worker : workers)
    if (worker->thread.joinable()) worker->thread.join();
}

/// With the mutex held.
void WorkerPool::add_thread(const std::shared_ptr<State>& state) {
  auto worker = std::make_shared<Worker>();
  worker->thread = std::thread([state, worker] { run(state, worker); });
  state->workers.push_back(worker);
  ++state->figures.working;
}

bool WorkerPool::submit(std::function<void()> task) {
  bool wake = false;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->tasks.size() >= state_->limit) return false;
    state_->tasks.push_back(std::move(task));
    wake = state_->idle > 0;
  }
  if (wake) state_->ready.notify_one();
  return true;
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tasks.size();
}

std::shared_ptr<WorkerPool::Worker> WorkerPool::current() { return this_worker; }

void WorkerPool::abandon(const std::shared_ptr<Worker>& worker) {
  const std::lock_guard lock(state_->mutex);
  if (!worker || worker->lost || state_->stopping) return;
  const auto known = std::find(state_->workers.begin(), state_->workers.end(), worker);
  if (known == state_->workers.end()) return;
  worker->lost = true;
  worker->replaced = state_->figures.lost < state_->spare;
  --state_->figures.working;
  --state_->figures.busy;
  ++state_->figures.lost;
  ++state_->figures.lost_total;
  state_->workers.erase(known);
  worker->thread.detach();
  if (worker->replaced) add_thread(state_);
}

WorkerFigures WorkerPool::figures() const {
  const std::lock_guard lock(state_->mutex);
  return state_->figures;
}

void WorkerPool::run(const std::shared_ptr<State>& state, const std::shared_ptr<Worker>& self) {
  this_worker = self;
  std::unique_lock lock(state->mutex);
  for (;;) {
    while (state->tasks.empty() && !state->stopping) {
      ++state->idle;
      state->ready.wait(lock);
      --state->idle;
    }
    if (state->tasks.empty()) return;
    auto task = std::move(state->tasks.front());
    state->tasks.pop_front();
    ++state->figures.busy;
    lock.unlock();
    task();
    task = nullptr;  // what it holds is let go before the lock is taken
    lock.lock();
    if (!self->lost) {
      --state->figures.busy;
      continue;
    }
    self->lost = false;
    --state->figures.lost;
    if (self->replaced || state->stopping) return;
    ++state->figures.working;
    state->workers.push_back(self);  // its thread is detached: the pool must not wait for it
  }
}

}  // namespace eschool::jobs
