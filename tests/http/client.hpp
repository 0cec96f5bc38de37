/// A small HTTP client for the tests: raw enough to send what a browser never would.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eschool::test {

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  std::string header(std::string_view lower_case_name) const;
  boost::json::value json() const;
  /// The problem's `code`, "" when the body is none.
  std::string code() const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class Client {
 public:
  explicit Client(std::uint16_t port) : port_(port) {}
  /// One request on a connection of its own. Throws std::runtime_error when no reply comes.
  Response request(std::string_view method, std::string_view target, std::string_view body = {},
                   const Headers& headers = {}) const;
  Response get(std::string_view target) const { return request("GET", target); }
  Response post(std::string_view target, std::string_view body, const Headers& headers = {}) const {
    return request("POST", target, body, headers);
  }
  Response patch(std::string_view target, std::string_view body, const Headers& headers = {}) const {
    return request("PATCH", target, body, headers);
  }
  Response put(std::string_view target, std::string_view body) const { return request("PUT", target, body); }
  Response remove(std::string_view target, const Headers& headers = {}) const {
    return request("DELETE", target, {}, headers);
  }
  /// Sends bytes as they are and reads until the server closes or falls silent.
  std::string raw(std::string_view bytes) const;

  /// Numbers of all records that the list shows, page after page. Throws std::runtime_error on any other answer than
  /// 200.
  std::vector<std::int64_t> ids(const std::string& registry, const std::string& filter = {}) const;
  /// The number of the first of them; throws when there is none.
  std::int64_t first(const std::string& registry, const std::string& filter = {}) const;

  /// Logs in for a bearer token and sends it from now on. Answers the reply.
  Response login(const std::string& login, const std::string& password);
  void set_token(std::string token) { token_ = std::move(token); }
  const std::string& token() const { return token_; }
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  std::string token_;
};

/// "/api/v1/records/people.student", with the number behind it when one is given.
std::string records(std::string_view registry, std::int64_t id = 0);

/// Percent-encodes a query value.
std::string encode(std::string_view text);

}  // namespace eschool::test
