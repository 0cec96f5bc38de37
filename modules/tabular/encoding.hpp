/// Internal: text files of unknown encoding into UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace eschool::tabular {

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// Appends a code point (not a surrogate) as UTF-8.
void append_utf8(std::string& text, char32_t code);

/// UTF-8 or UTF-16 by its byte order mark, else UTF-8 when well-formed, else windows-1251, which Russian Excel writes
/// for «CSV». The mark is dropped. Fails with `encoding` on malformed text and on DOS text (code page 866).
std::string to_utf8(std::string_view bytes);

}  // namespace eschool::tabular
