#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client.hpp"

namespace eschool::test {

/// A connection that is kept for many requests, as a browser keeps it. One thread at a time.
class Connection {
 public:
  /// Throws std::runtime_error when nobody listens.
  Connection(std::uint16_t port, std::string token);
  ~Connection();
  Connection(const Connection&) = delete;

  /// nullopt: the connection broke before the whole reply was there, so nobody knows whether the request was done.
  std::optional<Response> request(std::string_view method, std::string_view target, std::string_view body,
                                  const Headers& headers = {});

 private:
  bool send(std::string_view bytes) const;
  bool receive();

  int descriptor_;
  std::string token_;
  std::string buffer_;  ///< received and not yet used
};

}  // namespace eschool::test
