/// A real server with a toy dispatcher: replies come from a thread of its own, as they do from the pool.
///   /inline      answered on the io thread          /echo   the body, with method and path in headers
///   /big         200 KB of JSON                      /tagged cacheable
///   /delayed     after 100 ms                        /lost   never answered, the Send is dropped
///   /held        when release() is called            /throws dispatch itself throws
///   /huge        32 MB, not compressible
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "kernel/http/server.hpp"

namespace eschool::http::test {

class ToyServer {
 public:
  explicit ToyServer(ServerOptions options = {});
  ~ToyServer();
  Server& operator*() { return *server_; }
  Server* operator->() { return server_.get(); }
  void release();  ///< answers what /held keeps
  int held();

 private:
  void dispatch(std::shared_ptr<const Request> request, Send send);
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  std::deque<Send> held_;
  bool done_ = false;
  std::unique_ptr<Server> server_;
  std::thread worker_;
};

/// Waits up to 5 s.
bool eventually(const std::function<bool()>& condition);

}  // namespace eschool::http::test
