/// Sees to it that every request is answered in time, also when a plugin does not come back from it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "kernel/http/message.hpp"
#include "kernel/jobs/worker_pool.hpp"

namespace eschool::api {

/// One request under watch. Whoever settles it first, its handler or the watch, answers it.
class WatchedRequest {
 public:
  /// The work is as good as done and will be answered by its handler. False: the watch has answered already; what was
  /// written must be undone.
  bool settle();
  /// The watch has answered.
  bool given_up() const;

 private:
  friend class RequestWatch;
  mutable std::mutex mutex_;
  bool settled_ = false, given_up_ = false;
  http::Send send_;
  std::function<http::Reply()> excuse_;
  std::shared_ptr<jobs::WorkerPool::Worker> worker_;
  std::chrono::steady_clock::time_point due_;
  std::list<std::shared_ptr<WatchedRequest>>::iterator place_;
};

class RequestWatch {
 public:
  using Ticket = std::shared_ptr<WatchedRequest>;
  struct Actions {
    /// A request was given up; `worker`: the thread that has not come back from it, null for a write.
    std::function<void(const std::shared_ptr<jobs::WorkerPool::Worker>&)> given_up;
    /// Called now and then from the first request that was given up until it answers true: all is well again.
    std::function<bool()> look;
  };
  RequestWatch(std::chrono::milliseconds limit, Actions);
  ~RequestWatch();
  RequestWatch(const RequestWatch&) = delete;

  /// `excuse` makes the reply of the watch. `worker`: of a request whose thread would be lost.
  Ticket begin(http::Send, std::function<http::Reply()> excuse, std::shared_ptr<jobs::WorkerPool::Worker> worker = {});
  /// The handler's answer; not sent when the watch was first.
  void finish(const Ticket&, http::Reply&&);

 private:
  void run();
  const std::chrono::milliseconds limit_;
  const Actions actions_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Ticket> requests_;  ///< all have the same time: in the order of being due
  bool stopping_ = false;
  std::thread thread_;  ///< last: it uses everything above
};

}  // namespace eschool::api
