/// Compression of replies: gzip level 1 only, because level 6 costs more than the query it saves bytes of.
#pragma once

#include <string>
#include <string_view>

namespace eschool::http {

/// Whether the value of an Accept-Encoding field allows the coding, "gzip" or "br" (RFC 9110 §12.5.3; q=0 forbids).
bool accepts(std::string_view coding, std::string_view accept_encoding);
inline bool accepts_gzip(std::string_view accept_encoding) { return accepts("gzip", accept_encoding); }

/// Whether bodies of this media type shrink: text, JSON, XML, SVG, scripts.
bool compressible(std::string_view mime);

/// The gzip form of the bytes. Any thread. Throws std::bad_alloc.
std::string gzip(std::string_view bytes);

}  // namespace eschool::http
