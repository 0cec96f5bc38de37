#include "text/fold.hpp"

namespace eschool::text {

namespace {

/// The composed text without the marks that composed with nothing, such as a stress.
std::string without_marks(std::string_view text) {
  const std::string composed = clean(text);
  std::string out;
  for (std::size_t at = 0; at < composed.size();) {
    const char32_t code = next_code_point(composed, at);
    if (code < 0x300 || code > 0x36F) append_code_point(out, code);
  }
  return out;
}

}  // namespace

std::string fold(std::string_view text) {
  std::string unmarked;
  if (may_need_composing(text)) {
    unmarked = without_marks(text);
    text = unmarked;
  }
  std::string out;
  out.reserve(text.size());
  walk_clean(text, [&](char32_t code) {
    const char32_t lower = to_lower(code);
    append_code_point(out, lower == U'ё' ? U'е' : lower);
  });
  return out;
}

}  // namespace eschool::text
