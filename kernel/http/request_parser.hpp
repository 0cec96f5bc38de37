/// Beast's parser behind the gate. The HTTP library is known to the source file only.
#pragma once

#include <memory>
#include <string_view>

#include "kernel/http/message.hpp"
#include "kernel/http/server.hpp"

namespace eschool::http {

/// Fills method, path, query and headers from a header block that passed the gate. Null when the library's parser
/// refuses the block or the path cannot be decoded (see decode_path).
std::shared_ptr<Request> parse_header_block(std::string_view block, const Limits& limits);

}  // namespace eschool::http
