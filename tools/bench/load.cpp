/// A closed loop of HTTP requests over keep-alive connections on one thread: each connection sends its next request
/// when the reply to the last has come whole, or a pause after it. For requests that differ, where wrk needs a script.
/// See README.md.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <string_view>
#include <utility>

#include "arguments.hpp"
#include "latency.hpp"
#include "process_cost.hpp"
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

class Client;

/// When the next request of a connection goes out.
class Pace {
 public:
  /// `pause` is the mean: each one is between half and one and a half of it, so that connections do not fall in step.
  Pace(std::chrono::microseconds pause, bool once) : pause_(pause), once_(once) {}

  bool once() const { return once_; }
  bool pauses() const { return pause_.count() > 0; }
  void rest(Client& client) {
    const auto wait = std::uniform_int_distribution<std::int64_t>(pause_.count() / 2, pause_.count() * 3 / 2)(random_);
    resting_.emplace(Clock::now() + std::chrono::microseconds(wait), &client);
  }
  /// The next one whose pause is over; nullptr when there is none.
  Client* rested() {
    if (resting_.empty() || resting_.top().first > Clock::now()) return nullptr;
    Client* client = resting_.top().second;
    resting_.pop();
    return client;
  }
  std::optional<Clock::time_point> next() const {
    if (resting_.empty()) return std::nullopt;
    return resting_.top().first;
  }

 private:
  using Resting = std::pair<Clock::time_point, Client*>;
  const std::chrono::microseconds pause_;
  const bool once_;
  std::priority_queue<Resting, std::vector<Resting>, std::greater<>> resting_;
  std::mt19937_64 random_{20260902};
};

class Client {
 public:
  Client(int epoll, std::uint16_t port, std::string fields, bench::RequestTemplate& requests, Pace& pace)
      : epoll_(epoll), port_(port), fields_(std::move(fields)), requests_(requests), pace_(pace) {
    connect();
    if (!pace.once()) send();
  }
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }
  Client(const Client&) = delete;

  void on_event(std::uint32_t events, Figures& figures) {
    if ((events & EPOLLOUT) != 0 && sent_ < request_.size()) send_rest();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(figures);
  }

  void send() {
    request_ = requests_.next(fields_);
    sent_ = 0;
    started_ = Clock::now();
    send_rest();
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
    request_.clear();
    sent_ = 0;
  }

  void after_reply() {
    if (pace_.once()) {  // the server would close it one day, which is nobody's error
      ::close(std::exchange(socket_, -1));
      return;
    }
    pace_.pauses() ? pace_.rest(*this) : send();
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
        return begin_anew();
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
      if (close) return begin_anew();
      after_reply();
      if (socket_ < 0) return;
    }
  }

  void begin_anew() {
    ::close(socket_);
    connect();
    after_reply();
  }

  const int epoll_;
  const std::uint16_t port_;
  const std::string fields_;
  bench::RequestTemplate& requests_;
  Pace& pace_;
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

std::vector<std::string> lines_of(const bench::Arguments& arguments) {
  std::vector<std::string> lines;
  if (!arguments.has("lines")) return lines;
  std::ifstream input(arguments.text("lines"));
  if (!input) throw std::runtime_error("cannot read " + arguments.text("lines"));
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  return lines;
}

/// Until the time is over or, where they are not 0, so many replies have come or that process has ended.
void run(int epoll, Pace& pace, Figures& figures, double seconds, std::int64_t replies = 0, pid_t companion = 0) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  epoll_event events[256];
  auto next_look = Clock::now();
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    if (companion != 0 && now >= next_look) {
      if (!bench::runs(companion)) return;
      next_look = now + std::chrono::milliseconds(20);
    }
    if (replies != 0 && figures.latency.count() + figures.errors >= replies) return;
    while (Client* client = pace.rested()) client->send();
    const auto until = std::min({end, now + std::chrono::milliseconds(100), pace.next().value_or(end)});
    const auto left = std::max<std::int64_t>(0, (until - Clock::now()) / std::chrono::nanoseconds(1));
    const timespec patience{left / 1'000'000'000, left % 1'000'000'000};
    const int count = ::epoll_pwait2(epoll, events, 256, &patience, nullptr);
    for (int i = 0; i < count; ++i) static_cast<Client*>(events[i].data.ptr)->on_event(events[i].events, figures);
  }
}

/// What the watched processes have cost; both are null where nobody asked.
struct Watched {
  std::optional<bench::ProcessCost> process, family;
};

Watched look(const bench::Arguments& arguments) {
  const auto id = [&](const char* name) { return static_cast<pid_t>(arguments.number(name, 0)); };
  Watched seen;
  if (arguments.has("process")) seen.process = bench::cost_of(id("process"));
  if (arguments.has("family")) seen.family = bench::cost_of_family(id("family"));
  return seen;
}

void print_cost(const char* name, const std::optional<bench::ProcessCost>& before,
                const std::optional<bench::ProcessCost>& after, std::int64_t requests) {
  if (!before || !after) return;
  std::printf(",\"%s\":{\"processor_us\":%.1f,\"memory_kib\":%lld}", name,
              static_cast<double>(after->processor_us - before->processor_us) /
                  static_cast<double>(std::max<std::int64_t>(requests, 1)),
              static_cast<long long>(after->memory_kib));
}

}  // namespace

int main(int count, char** values) {
  try {
    const bench::Arguments arguments(
        count, values,
        {"port", "method", "path", "body", "headers", "connections", "seconds", "warmup", "ids", "from", "to", "lines",
         "host", "pause-ms", "once", "while", "process", "family"});
    if (!arguments.has("path") || !arguments.has("port"))
      throw std::runtime_error("--port N and --path TEXT are needed");
    const auto port = static_cast<std::uint16_t>(arguments.number("port", 0));
    bench::RequestTemplate requests(arguments.text("method", "GET"), arguments.text("path"), arguments.text("body"),
                                    arguments.text("host", "127.0.0.1:" + std::to_string(port)), ids_of(arguments),
                                    lines_of(arguments));
    std::vector<std::string> fields;  // one set a connection, in turn: many users at once
    for (const std::string& file : arguments.all("headers")) fields.push_back(header_lines(file));
    if (fields.empty()) fields.emplace_back();

    const bool once = arguments.text("once", "no") == "yes";
    Pace pace(std::chrono::milliseconds(arguments.number("pause-ms", 0)), once);
    const int epoll = ::epoll_create1(0);
    std::vector<std::unique_ptr<Client>> clients;
    for (long i = 0; i < arguments.number("connections", 16); ++i) {
      clients.push_back(
          std::make_unique<Client>(epoll, port, fields[static_cast<std::size_t>(i) % fields.size()], requests, pace));
    }
    Figures warmup, figures;
    if (!once) run(epoll, pace, warmup, static_cast<double>(arguments.number("warmup", 1)));
    const Watched before = look(arguments);
    const auto start = Clock::now();
    if (once)
      for (const auto& client : clients) client->send();
    run(epoll, pace, figures, static_cast<double>(arguments.number("seconds", 5)),
        once ? static_cast<std::int64_t>(clients.size()) : 0, static_cast<pid_t>(arguments.number("while", 0)));
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const Watched after = look(arguments);

    const bench::Latency& latency = figures.latency;
    std::printf(
        "{\"requests\":%lld,\"errors\":%lld,\"seconds\":%.2f,\"rps\":%.0f,\"mean_us\":%.0f,\"p50_us\":%lld,"
        "\"p99_us\":%lld,\"max_us\":%lld,\"bytes\":%lld",
        static_cast<long long>(latency.count()), static_cast<long long>(figures.errors), elapsed,
        static_cast<double>(latency.count()) / elapsed, latency.mean(), static_cast<long long>(latency.quantile(0.5)),
        static_cast<long long>(latency.quantile(0.99)), static_cast<long long>(latency.max()),
        static_cast<long long>(figures.bytes));
    print_cost("process", before.process, after.process, latency.count());
    print_cost("family", before.family, after.family, latency.count());
    std::printf(",\"statuses\":{");
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
