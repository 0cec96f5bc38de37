/// What the listener's threads share, and what belongs to one of them.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "kernel/http/admission.hpp"
#include "kernel/http/message.hpp"
#include "kernel/http/server.hpp"

namespace eschool::http {

class Connection;

/// Shared by all threads.
struct Core {
  Core(ServerOptions given, Dispatch handler, std::vector<std::string> proxy_addresses)
      : options(std::move(given)),
        dispatch(std::move(handler)),
        proxies(std::move(proxy_addresses)),
        admission(options.limits, proxies) {}

  const ServerOptions options;
  Dispatch dispatch;
  const std::vector<std::string> proxies;  ///< canonical
  Admission admission;
  std::atomic<bool> stopping{false};
  std::atomic<std::int64_t> connections{0}, requests{0}, refused{0}, timeouts{0};
  std::atomic<std::uint64_t> last_request{0};
  std::atomic<std::size_t> bodies_bytes{0};  ///< of bodies being received
};

/// One io_context and one thread that runs it. A connection belongs to one of these for life, so its reading side
/// needs no lock. Held by each unanswered request too: a late reply always finds its context.
struct IoThread : std::enable_shared_from_this<IoThread> {
  explicit IoThread(std::shared_ptr<Core> shared) : core(std::move(shared)) {}

  const std::shared_ptr<Core> core;
  boost::asio::io_context context{1};
  boost::asio::steady_timer sweeper{context};
  std::unordered_set<std::shared_ptr<Connection>> connections;  ///< touched on this thread only
  std::thread thread;
};

}  // namespace eschool::http
