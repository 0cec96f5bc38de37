#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace eschool::http::test {
namespace {

void limit_waiting(int descriptor) {
  const timeval limit{10, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

RawClient::RawClient(std::uint16_t port) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
  limit_waiting(descriptor_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

RawClient::RawClient(const std::string& unix_path) {
  descriptor_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
  limit_waiting(descriptor_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, unix_path.c_str(), sizeof address.sun_path - 1);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void RawClient::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == ECONNRESET || errno == EPIPE)) reset_ = true;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::fill() {
  char chunk[16384];
  const ssize_t got = ::recv(descriptor_, chunk, sizeof chunk, 0);
  if (got < 0 && errno == ECONNRESET) reset_ = true;
  if (got <= 0) return false;
  buffer_.append(chunk, static_cast<std::size_t>(got));
  return true;
}

RawReply RawClient::receive(bool head) {
  RawReply reply;
  std::size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return reply;
  }
  const std::string block = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  std::size_t at = block.find("\r\n") + 2;
  while (at < block.size()) {
    const std::size_t line_end = block.find("\r\n", at);
    const std::string line = block.substr(at, line_end - at);
    at = line_end + 2;
    const std::size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    reply.headers[name] = line.substr(colon + 2);
  }
  const std::size_t size =
      head || !reply.headers.contains("content-length") ? 0 : std::stoul(reply.headers["content-length"]);
  while (buffer_.size() < size) {
    if (!fill()) return reply;
  }
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  reply.status = std::stoi(block.substr(9, 3));
  return reply;
}

std::string RawClient::rest() {
  while (fill()) {
  }
  return std::move(buffer_);
}

std::string get(std::string_view path, std::string_view fields) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}

}  // namespace eschool::http::test
