/// UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF. Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eschool::text {

/// What next_code_point() gives for bytes that are not UTF-8. It is outside Unicode, so no text contains it.
inline constexpr char32_t not_utf8 = 0xFFFFFFFF;

/// The code point at byte `at` (at < text.size()); moves `at` behind it, or by one byte when it is not UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at);

/// Appends the code point; not_utf8 becomes U+FFFD, so the result is always valid.
void append_code_point(std::string& out, char32_t code);

bool valid_utf8(std::string_view text);

/// Number of code points: what a limit such as `max_length` counts. Of invalid text: an estimate, never above its
/// bytes.
std::size_t length(std::string_view text);

}  // namespace eschool::text
