#include "attacker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace eschool::test {
namespace {

constexpr std::string_view mark = "HTTP/1.1 ";

}  // namespace

Attacker::Attacker(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor_ < 0 || ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw std::runtime_error("no connection");
  }
}

Attacker::~Attacker() {
  if (descriptor_ < 0) return;
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(descriptor_);
}

Attacker::Attacker(Attacker&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      closed_(other.closed_),
      broken_(other.broken_),
      received_(std::move(other.received_)) {}

std::size_t Attacker::send(std::string_view bytes) {
  std::size_t total = 0;
  while (total < bytes.size()) {
    const auto sent = ::send(descriptor_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) break;
    total += static_cast<std::size_t>(sent);
  }
  return total;
}

void Attacker::read(double seconds, std::size_t enough) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::array<char, 65536> buffer;
  while (!closed_ && replies() < enough) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd waiting{descriptor_, POLLIN, 0};
    if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return;
    const auto got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EAGAIN) {
      closed_ = true;
      broken_ = got < 0;
    }
  }
}

std::size_t Attacker::replies() const {
  std::size_t count = 0;
  for (auto at = received_.find(mark); at != std::string::npos; at = received_.find(mark, at + mark.size())) ++count;
  return count;
}

int Attacker::status() const {
  return received_.starts_with(mark) && received_.size() >= 12 ? std::stoi(received_.substr(9, 3)) : 0;
}

std::size_t raise_descriptor_limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return static_cast<std::size_t>(files.rlim_cur);
}

}  // namespace eschool::test
