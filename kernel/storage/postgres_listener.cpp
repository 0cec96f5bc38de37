#include "kernel/storage/postgres_listener.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "kernel/storage/commit_listener.hpp"
#include "kernel/storage/table_shape.hpp"

namespace eschool::storage {

namespace {

class PostgresListener final : public CommitListener {
 public:
  PostgresListener(Location location, std::function<void(bool)> heard)
      : location_(std::move(location)), heard_(std::move(heard)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_ < 0) throw std::runtime_error("no descriptor for a listener is left");
    thread_ = std::thread([this] { run(); });
  }
  ~PostgresListener() override {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
    thread_.join();
    ::close(stop_);
  }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { ::PQfinish(connection); }
  };
  using Connection = std::unique_ptr<PGconn, Finish>;

  void run() {
    for (bool first = true;; first = false) {
      const Connection connection(::PQconnectdb(location_.connection.c_str()));
      const auto listen = "LISTEN " + commit_channel(location_);
      const bool ready =
          ::PQstatus(connection.get()) == CONNECTION_OK && succeeded(::PQexec(connection.get(), listen.c_str()));
      if (ready) {
        // Whatever was committed before this was not heard.
        if (!first) heard_(true);
        if (listen_until_broken(connection.get())) return;
      }
      if (wait(-1, 1000) == Event::stop) return;
    }
  }

  /// True when it is to stop.
  bool listen_until_broken(PGconn* connection) {
    for (;;) {
      if (wait(::PQsocket(connection), -1) == Event::stop) return true;
      if (!::PQconsumeInput(connection)) return false;
      bool any = false;
      while (PGnotify* notice = ::PQnotifies(connection)) {
        ::PQfreemem(notice);
        any = true;
      }
      if (any) heard_(false);
      if (::PQstatus(connection) != CONNECTION_OK) return false;
    }
  }

  enum class Event { stop, socket, timeout };
  Event wait(int socket, int milliseconds) const {
    std::array<pollfd, 2> waited{pollfd{stop_, POLLIN, 0}, pollfd{socket, POLLIN, 0}};
    const int ready = ::poll(waited.data(), socket < 0 ? 1 : 2, milliseconds);
    if (waited[0].revents) return Event::stop;
    return ready > 0 ? Event::socket : Event::timeout;
  }

  static bool succeeded(PGresult* result) {
    const bool ok = ::PQresultStatus(result) == PGRES_COMMAND_OK;
    ::PQclear(result);
    return ok;
  }

  const Location location_;
  const std::function<void(bool)> heard_;
  int stop_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::string commit_channel(const Location& location) { return quoted_name("es " + location.schema); }

std::unique_ptr<CommitListener> listen_to_commits(const Location& location, std::function<void(bool)> heard) {
  if (location.engine() != Engine::postgresql) return nullptr;
  return std::make_unique<PostgresListener>(location, std::move(heard));
}

}  // namespace eschool::storage
