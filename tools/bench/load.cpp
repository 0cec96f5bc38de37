/// A closed loop of HTTP requests over keep-alive connections on one thread: each connection sends its next request
/// when the reply to the last has come whole. For requests that differ, where wrk needs a script. See README.md.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string_view>

#include "arguments.hpp"
#include "latency.hpp"
#include "request_template.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Figures {
  bench::Latency latency;
  std::int64_t errors = 0, bytes = 0;
  std::map<int, std::int64_t> statuses;
};

/// The size of the whole reply at the start of `bytes`; 0 while it has not come whole.
std::size_t whole_reply(std::string_view bytes, int& status, bool& close) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  status = std::atoi(bytes.data() + 9);
  std::size_t length = 0;
  close = false;
  for (std::size_t line = bytes.find("\r\n"); line < end; line = bytes.find("\r\n", line + 2)) {
    const std::string_view rest = bytes.substr(line + 2);
    if (rest.size() > 15 && (rest[0] == 'C' || rest[0] == 'c')) {
      if (::strncasecmp(rest.data(), "content-length:", 15) == 0) length = std::strtoul(rest.data() + 15, nullptr, 10);
      if (::strncasecmp(rest.data(), "connection: close", 17) == 0) close = true;
    }
  }
  return bytes.size() >= end + 4 + length ? end + 4 + length : 0;
}

class Client {
 public:
  Client(int epoll, std::uint16_t port, std::string fields, bench::RequestTemplate& requests)
      : epoll_(epoll), port_(port), fields_(std::move(fields)), requests_(requests) {
    connect();
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;

  void on_event(std::uint32_t events, Figures& figures) {
    if ((events & EPOLLOUT) != 0 && sent_ < request_.size()) send_rest();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(figures);
  }

 private:
  void connect() {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect to 127.0.0.1:" + std::to_string(port_));
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = this;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
    received_.clear();
    begin();
  }

  void begin() {
    request_ = requests_.next(fields_);
    sent_ = 0;
    started_ = Clock::now();
    send_rest();
  }

  void send_rest() {
    while (sent_ < request_.size()) {
      const ssize_t sent =
          ::send(socket_, request_.data() + sent_, request_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent <= 0) return;  // EPOLLOUT follows, or the error shows in receive()
      sent_ += static_cast<std::size_t>(sent);
    }
  }

  void receive(Figures& figures) {
    while (true) {
      char chunk[65536];
      const ssize_t got = ::recv(socket_, chunk, sizeof chunk, MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (got <= 0) {
        ++figures.errors;
        ::close(socket_);
        return connect();
      }
      received_.append(chunk, static_cast<std::size_t>(got));
      int status = 0;
      bool close = false;
      const std::size_t size = whole_reply(received_, status, close);
      if (size == 0) continue;
      figures.latency.add(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_).count());
      figures.bytes += static_cast<std::int64_t>(size);
      ++figures.statuses[status];
      if (status < 200 || status > 399) ++figures.errors;
      received_.erase(0, size);
      if (close) {
        ::close(socket_);
        return connect();
      }
      begin();
    }
  }

  const int epoll_;
  const std::uint16_t port_;
  const std::string fields_;
  bench::RequestTemplate& requests_;
  int socket_ = -1;
  std::string request_, received_;
  std::size_t sent_ = 0;
  Clock::time_point started_;
};

std::string header_lines(const std::string& file) {
  std::ifstream input(file);
  if (!input) throw std::runtime_error("cannot read " + file);
  std::string fields;
  for (std::string line; std::getline(input, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) fields += line + "\r\n";
  }
  return fields;
}

std::vector<std::int64_t> ids_of(const bench::Arguments& arguments) {
  std::vector<std::int64_t> ids;
  if (arguments.has("ids")) {
    std::ifstream input(arguments.text("ids"));
    if (!input) throw std::runtime_error("cannot read " + arguments.text("ids"));
    for (std::int64_t id; input >> id;) ids.push_back(id);
  } else if (arguments.has("from")) {
    for (long id = arguments.number("from", 1); id <= arguments.number("to", 1); ++id) ids.push_back(id);
  }
  return ids;
}

void run(int epoll, Figures& figures, double seconds) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  epoll_event events[256];
  while (Clock::now() < end) {
    const int count = ::epoll_wait(epoll, events, 256, 100);
    for (int i = 0; i < count; ++i) static_cast<Client*>(events[i].data.ptr)->on_event(events[i].events, figures);
  }
}

}  // namespace

int main(int count, char** values) {
  try {
    const bench::Arguments arguments(
        count, values,
        {"port", "method", "path", "body", "headers", "connections", "seconds", "warmup", "ids", "from", "to", "host"});
    if (!arguments.has("path") || !arguments.has("port"))
      throw std::runtime_error("--port N and --path TEXT are needed");
    const auto port = static_cast<std::uint16_t>(arguments.number("port", 0));
    bench::RequestTemplate requests(arguments.text("method", "GET"), arguments.text("path"), arguments.text("body"),
                                    arguments.text("host", "127.0.0.1:" + std::to_string(port)), ids_of(arguments));
    std::vector<std::string> fields;  // one set a connection, in turn: many users at once
    for (const std::string& file : arguments.all("headers")) fields.push_back(header_lines(file));
    if (fields.empty()) fields.emplace_back();

    const int epoll = ::epoll_create1(0);
    std::vector<std::unique_ptr<Client>> clients;
    for (long i = 0; i < arguments.number("connections", 16); ++i) {
      clients.push_back(
          std::make_unique<Client>(epoll, port, fields[static_cast<std::size_t>(i) % fields.size()], requests));
    }
    Figures warmup, figures;
    run(epoll, warmup, static_cast<double>(arguments.number("warmup", 1)));
    const auto start = Clock::now();
    run(epoll, figures, static_cast<double>(arguments.number("seconds", 5)));
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();

    const bench::Latency& latency = figures.latency;
    std::printf(
        "{\"requests\":%lld,\"errors\":%lld,\"rps\":%.0f,\"mean_us\":%.0f,\"p50_us\":%lld,\"p99_us\":%lld,"
        "\"max_us\":%lld,\"bytes\":%lld,\"statuses\":{",
        static_cast<long long>(latency.count()), static_cast<long long>(figures.errors),
        static_cast<double>(latency.count()) / elapsed, latency.mean(), static_cast<long long>(latency.quantile(0.5)),
        static_cast<long long>(latency.quantile(0.99)), static_cast<long long>(latency.max()),
        static_cast<long long>(figures.bytes));
    bool first = true;
    for (const auto& [status, times] : figures.statuses) {
      std::printf("%s\"%d\":%lld", first ? "" : ",", status, static_cast<long long>(times));
      first = false;
    }
    std::printf("}}\n");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load: %s\n", error.what());
    return 1;
  }
}
