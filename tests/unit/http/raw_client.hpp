/// A client that sends bytes as they are: for shapes that no HTTP library would send.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace eschool::http::test {

struct RawReply {
  int status = 0;                              ///< 0: the connection ended before a whole reply came
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);  ///< 127.0.0.1
  explicit RawClient(const std::string& unix_path);
  ~RawClient();
  RawClient(const RawClient&) = delete;

  bool send(std::string_view bytes);
  void end_sending();
  void close();
  /// Reads one reply; waits at most 10 s. `head`: the reply to a HEAD has no body.
  RawReply receive(bool head = false);
  /// What comes until the other side closes; waits at most 10 s.
  std::string rest();
  /// Whether the other side has broken the connection off instead of ending it.
  bool reset() const { return reset_; }
  bool connected() const { return descriptor_ >= 0; }

 private:
  bool fill();
  int descriptor_ = -1;
  bool reset_ = false;
  std::string buffer_;
};

/// GET without further ado.
std::string get(std::string_view path, std::string_view fields = "");

}  // namespace eschool::http::test
