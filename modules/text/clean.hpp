/// Text as it is stored: without what pasting from Word and Excel leaves behind. Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "text/letters.hpp"
#include "text/utf8.hpp"

namespace eschool::text {

/// Calls emit(code point) for each visible character: blanks of any kind come as one space, none at the ends; invisible
/// characters are skipped. The one place that says what cleaning is; clean() and fold() stand on it.
template <class Emit>
void walk_clean(std::string_view text, Emit&& emit) {
  bool started = false;
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    if (is_space(code)) {
      space = started;
      continue;
    }
    if (is_invisible(code)) continue;
    if (space) emit(U' ');
    space = false;
    started = true;
    emit(code);
  }
}

/// One line of text: trimmed, blanks (NBSP, tab, line end too) collapsed to one space, control, zero-width, BOM and
/// direction characters dropped, letters composed (е + ◌̈ gives ё). Bytes that are not UTF-8 become U+FFFD.
std::string clean(std::string_view text);

/// The same for each line of a long text: lines end in \n, no blank lines at the ends and no two in a row.
std::string clean_lines(std::string_view text);

/// True where the text may hold combining marks and composing could change it; a cheap test, sometimes true in vain.
bool may_need_composing(std::string_view text);

}  // namespace eschool::text
