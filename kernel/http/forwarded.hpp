/// Who the client is when a reverse proxy stands before us.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "kernel/http/message.hpp"

namespace eschool::http {

/// An address as Request::remote carries it: canonical text, an IPv4 address mapped into IPv6 as plain IPv4.
/// Empty when the text is no address.
std::string canonical_address(std::string_view text);

/// Sets remote and secure of a request that came from `peer`. The word of X-Forwarded-For and -Proto counts only when
/// the peer is listed; the client is then the rightmost address that no listed proxy has. `proxies`: canonical.
void apply_forwarded(Request& request, std::string_view peer, bool tls, std::span<const std::string> proxies);

}  // namespace eschool::http
