#include "event_reader.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace eschool::test {

using Clock = std::chrono::steady_clock;

EventReader::EventReader(const Client& client, const std::string& last_event_id)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(client.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no connection");
  auto request =
      fmt::format("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n", client.token());
  if (!last_event_id.empty()) request += "Last-Event-ID: " + last_event_id + "\r\n";
  request += "\r\n";
  if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("not sent");
  const auto until = Clock::now() + std::chrono::seconds(30);
  while (text_.find("\r\n\r\n") == std::string::npos)
    if (!read_more(until)) throw std::runtime_error("no reply");
  status_ = std::stoi(text_.substr(text_.find(' ')));
  text_.erase(0, text_.find("\r\n\r\n") + 4);
}

EventReader::~EventReader() { ::close(socket_); }

bool EventReader::read_more(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  if (ended_ || left.count() <= 0) return false;
  pollfd waited{socket_, POLLIN, 0};
  if (::poll(&waited, 1, static_cast<int>(left.count())) <= 0) return false;
  char buffer[4096];
  const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
  if (got <= 0) {
    ended_ = true;
    return false;
  }
  text_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::optional<Event> EventReader::next(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  for (;;) {
    const auto end = text_.find("\n\n");
    if (end == std::string::npos) {
      if (!read_more(until)) return {};
      continue;
    }
    Event event;
    auto block = text_.substr(0, end + 1);
    text_.erase(0, end + 2);
    while (!block.empty()) {
      const auto line = block.substr(0, block.find('\n'));
      block.erase(0, line.size() + 1);
      const auto colon = line.find(": ");
      if (colon == std::string::npos || colon == 0) continue;  // a comment
      const auto value = line.substr(colon + 2);
      const auto field = line.substr(0, colon);
      (field == "event" ? event.name : field == "data" ? event.data : event.id) = value;
    }
    if (!event.name.empty()) return event;
  }
}

bool EventReader::ends(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (!ended_ && Clock::now() < until) read_more(until);
  return ended_;
}

}  // namespace eschool::test
