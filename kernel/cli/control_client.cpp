#include "kernel/cli/control_client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <stdexcept>

namespace eschool::cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

void send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw std::runtime_error("связь с работающим сервером прервалась");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

std::optional<ControlReply> call_control(const std::filesystem::path& socket, std::string_view command,
                                         std::string_view body) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = socket.string();
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Descriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (descriptor.get() < 0 ||
      ::connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};

  send_all(descriptor.get(), fmt::format("POST /control/{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                         "Content-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
                                         command, body.size()));
  send_all(descriptor.get(), body);

  // The server closes after the reply, so that its end is the end of the stream.
  std::string answer;
  char buffer[65536];
  for (;;) {
    const auto got = ::recv(descriptor.get(), buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  const auto end = answer.find("\r\n\r\n");
  ControlReply reply;
  if (end == std::string::npos || answer.size() < 12 ||
      std::from_chars(answer.data() + 9, answer.data() + 12, reply.status).ec != std::errc{})
    throw std::runtime_error("работающий сервер не ответил на команду");
  reply.body = answer.substr(end + 4);
  return reply;
}

}  // namespace eschool::cli
