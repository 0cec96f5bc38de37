#include "kernel/api/request_watch.hpp"

#include <algorithm>
#include <utility>

namespace eschool::api {

using Clock = std::chrono::steady_clock;

bool WatchedRequest::settle() {
  const std::lock_guard lock(mutex_);
  if (given_up_) return false;
  settled_ = true;
  return true;
}

bool WatchedRequest::given_up() const {
  const std::lock_guard lock(mutex_);
  return given_up_;
}

RequestWatch::RequestWatch(std::chrono::milliseconds limit, Actions actions)
    : limit_(limit), actions_(std::move(actions)), thread_([this] { run(); }) {}

RequestWatch::~RequestWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

RequestWatch::Ticket RequestWatch::begin(http::Send send, std::function<http::Reply()> excuse,
                                         std::shared_ptr<jobs::WorkerPool::Worker> worker) {
  auto ticket = std::make_shared<WatchedRequest>();
  ticket->send_ = std::move(send);
  ticket->excuse_ = std::move(excuse);
  ticket->worker_ = std::move(worker);
  ticket->due_ = Clock::now() + limit_;
  const std::lock_guard lock(mutex_);
  ticket->place_ = requests_.insert(requests_.end(), ticket);
  // The thread sleeps until the oldest is due: only the first of a calm time wakes it.
  if (requests_.size() == 1) changed_.notify_one();
  return ticket;
}

void RequestWatch::finish(const Ticket& ticket, http::Reply&& reply) {
  const bool ours = ticket->settle();
  http::Send send;
  {
    const std::lock_guard lock(mutex_);
    if (ticket->place_ != requests_.end()) requests_.erase(std::exchange(ticket->place_, requests_.end()));
    if (ours) send = std::move(ticket->send_);
  }
  if (send) send(std::move(reply));
}

void RequestWatch::run() {
  std::unique_lock lock(mutex_);
  auto next_look = Clock::time_point::max();
  while (!stopping_) {
    auto until = next_look;
    if (!requests_.empty()) until = std::min(until, requests_.front()->due_);
    if (until == Clock::time_point::max())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, until);
    const auto now = Clock::now();
    while (!stopping_ && !requests_.empty() && requests_.front()->due_ <= now) {
      const auto ticket = requests_.front();
      requests_.pop_front();
      ticket->place_ = requests_.end();
      {
        const std::lock_guard request_lock(ticket->mutex_);
        // Settled: a write that waits for its commit is answered by it.
        if (!ticket->settled_) ticket->given_up_ = true;
      }
      if (!ticket->given_up()) continue;
      lock.unlock();
      ticket->send_(ticket->excuse_());
      actions_.given_up(ticket->worker_);
      lock.lock();
      next_look = std::min(next_look, now);
    }
    if (stopping_ || next_look > now) continue;
    lock.unlock();
    const bool well = actions_.look();
    lock.lock();
    next_look = well ? Clock::time_point::max() : Clock::now() + limit_ / 4;
  }
}

}  // namespace eschool::api
