#include "tabular/iso_parts.hpp"

#include <charconv>
#include <chrono>

namespace eschool::tabular {
namespace {

bool take(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || text.front() == '-') return false;
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char sign) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<IsoParts> parse_iso(std::string_view text) {
  IsoParts parts;
  if (!take(text, 4, parts.year) || !take(text, '-') || !take(text, 2, parts.month) || !take(text, '-') ||
      !take(text, 2, parts.day))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{parts.year},
                                         std::chrono::month{static_cast<unsigned>(parts.month)},
                                         std::chrono::day{static_cast<unsigned>(parts.day)}};
  if (!date.ok()) return std::nullopt;
  if (text.empty()) return parts;
  parts.has_time = true;
  if (!take(text, 'T') || !take(text, 2, parts.hour) || !take(text, ':') || !take(text, 2, parts.minute))
    return std::nullopt;
  if (take(text, ':') && !take(text, 2, parts.second)) return std::nullopt;
  if (!text.empty() || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  return parts;
}

}  // namespace eschool::tabular
