#include "client.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace eschool::test {
namespace {

class Socket {
 public:
  explicit Socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{30, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no connection");
  }
  ~Socket() { ::close(descriptor_); }
  Socket(const Socket&) = delete;
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server may answer and close before it has read everything
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  std::string read_to_end() const {
    std::string text;
    char buffer[65536];
    for (;;) {
      const auto got = ::recv(descriptor_, buffer, sizeof buffer, 0);
      if (got <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
};

}  // namespace

std::string Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

boost::json::value Response::json() const { return boost::json::parse(body); }

std::string Response::code() const {
  boost::json::error_code failure;
  const auto document = boost::json::parse(body, failure);
  const auto* object = failure ? nullptr : document.if_object();
  const auto* code = object ? object->if_contains("code") : nullptr;
  return code && code->is_string() ? std::string(code->get_string()) : std::string();
}

std::string Client::raw(std::string_view bytes) const {
  const Socket socket(port_);
  socket.send(bytes);
  return socket.read_to_end();
}

Response Client::request(std::string_view method, std::string_view target, std::string_view body,
                         const Headers& headers) const {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nConnection: close\r\n", method, target);
  bool typed = false, named = false;
  for (const auto& [name, value] : headers) {
    text += name + ": " + value + "\r\n";
    typed |= name == "Content-Type";
    named |= name == "Host";
  }
  if (!named) text += fmt::format("Host: 127.0.0.1:{}\r\n", port_);
  if (!token_.empty()) text += "Authorization: Bearer " + token_ + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    if (!typed) text += "Content-Type: application/json\r\n";
    text += fmt::format("Content-Length: {}\r\n", body.size());
  }
  text += "\r\n";
  text += body;

  const auto answer = raw(text);
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string::npos || answer.size() < 12)
    throw std::runtime_error(fmt::format("no reply to {} {}", method, target));
  Response response;
  response.status = std::stoi(answer.substr(9, 3));
  for (auto at = answer.find("\r\n") + 2; at < end;) {
    const auto stop = answer.find("\r\n", at);
    const auto line = answer.substr(at, stop - at);
    const auto colon = line.find(": ");
    auto name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.headers.emplace_back(name, colon == std::string::npos ? "" : line.substr(colon + 2));
    at = stop + 2;
  }
  response.body = answer.substr(end + 4);
  return response;
}

std::vector<std::int64_t> Client::ids(const std::string& registry, const std::string& filter) const {
  std::vector<std::int64_t> found;
  std::string after;
  do {
    auto target = records(registry) + "?limit=500&fields=id";
    if (!filter.empty()) target += "&filter=" + encode(filter);
    if (!after.empty()) target += "&after=" + encode(after);
    const auto page = get(target);
    if (page.status != 200) throw std::runtime_error(target + ": " + page.body);
    const auto document = page.json();
    for (const auto& item : document.at("items").as_array()) found.push_back(item.at("id").as_int64());
    after = document.at("next").is_null() ? "" : std::string(document.at("next").as_string());
  } while (!after.empty());
  return found;
}

std::int64_t Client::first(const std::string& registry, const std::string& filter) const {
  const auto found = ids(registry, filter);
  if (found.empty()) throw std::runtime_error("no record of " + registry + " where " + filter);
  return found.front();
}

Response Client::login(const std::string& login, const std::string& password) {
  auto response =
      post("/api/v1/session",
           boost::json::serialize(boost::json::object{{"login", login}, {"password", password}, {"token", true}}));
  if (response.status == 200) token_ = std::string(response.json().at("token").as_string());
  return response;
}

std::string records(std::string_view registry, std::int64_t id) {
  return id ? fmt::format("/api/v1/records/{}/{}", registry, id) : fmt::format("/api/v1/records/{}", registry);
}

std::string encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.')
      out += c;
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

}  // namespace eschool::test
