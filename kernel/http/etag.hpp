/// Strong validators of replies (RFC 9110 §8.8.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eschool::http {

/// 64 bits over the bytes; tells versions of one resource apart, and is no protection against forgery.
std::uint64_t content_hash(std::string_view bytes);

/// A quoted tag of sixteen hexadecimal digits.
std::string etag_of(std::string_view bytes);

/// Whether If-None-Match names the tag: "*", a list, weak tags compared as strong. Our tags of the gzip form carry "-g"
/// inside the quotes and match the tag without it.
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace eschool::http
