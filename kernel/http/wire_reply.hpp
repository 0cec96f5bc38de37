/// A Reply as the bytes that go out: status line, fixed security headers, compression, conditional answers.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "kernel/http/message.hpp"

namespace eschool::http {

/// What the reply's form depends on.
struct WireContext {
  std::string_view method = "GET";
  bool gzip = false;    ///< the client takes it
  bool secure = false;  ///< adds HSTS
  bool close = false;   ///< the connection ends after this reply
  std::string_view if_none_match;
};

struct WireReply {
  std::string head;  ///< status line and headers with the empty line
  std::string body;  ///< empty for HEAD, 204 and 304
  bool close = false;
  std::shared_ptr<EventStream> stream = {};
};

/// Any thread; compresses here, so call it where the handler ran and not on an io thread. A header of the handler
/// replaces the fixed one of the same name; Content-Length, Transfer-Encoding, Connection and Date are always ours.
/// Control characters in the handler's headers become spaces: nobody splits a reply.
WireReply to_wire(Reply&& reply, const WireContext& context);

}  // namespace eschool::http
