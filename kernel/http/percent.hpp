/// Percent-encoding of request targets (RFC 3986 §2.1) and the UTF-8 check that every decoded text passes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eschool::http {

/// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);

/// Decodes %XX. Nothing when a percent sign is not followed by two hexadecimal digits, when the result is not valid
/// UTF-8 or holds a NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Decodes the path of a request target. Besides the rules of percent_decode: it begins with '/', an encoded slash or
/// backslash and control characters are refused (they would change the segments after the checks), and so are the
/// segments "." and "..".
std::optional<std::string> decode_path(std::string_view raw_path);

/// The other way: everything outside the unreserved characters as %XX.
std::string percent_encode(std::string_view text);

}  // namespace eschool::http
