/// A request and its reply as the rest of the kernel sees them: no type of the HTTP library crosses this header.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eschool::http {

class EventStream;

struct Request {
  std::string method;  ///< upper case
  std::string path;    ///< percent-decoded, valid UTF-8, begins with '/', without "." and ".." segments
  std::string query;   ///< raw, without '?'
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in the order received
  std::string body;
  std::string remote;    ///< address of the client, the proxy's word taken only from a listed proxy
  bool secure = false;   ///< came over TLS, or a listed proxy says so
  bool control = false;  ///< came through the control socket: the machine's administrator
  std::uint64_t id = 0;  ///< for logs

  std::string_view header(std::string_view lower_case_name) const;  ///< "" when absent
  std::string_view cookie(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string mime = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<EventStream> stream = {};  ///< sent after the head, as events come, until it ends; there is no body
  bool cacheable = false;  ///< may carry an ETag and answer If-None-Match with 304: only for 200 to GET
};

/// Sends the reply of one request; callable once, from any thread; the connection may be gone by then.
using Send = std::function<void(Reply&&)>;

/// Called on an io thread for each complete request: must return at once and have `send` called later by others.
using Dispatch = std::function<void(std::shared_ptr<const Request>, Send)>;

}  // namespace eschool::http
