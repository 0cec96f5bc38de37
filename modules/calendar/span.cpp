#include "calendar/span.hpp"

#include "text/dates.hpp"

namespace eschool::calendar {

int weekday(std::string_view date) {
  const auto days = text::days_between("1900-01-01", date);  // a Monday, and the first day that text knows
  return days ? *days % 7 + 1 : 0;
}

std::optional<std::size_t> span_at(const std::vector<Span>& spans, std::string_view date) {
  for (std::size_t i = 0; i < spans.size(); ++i)
    if (spans[i].has(date)) return i;
  return {};
}

std::optional<std::pair<std::size_t, std::size_t>> overlap(const std::vector<Span>& spans) {
  for (std::size_t i = 0; i < spans.size(); ++i)
    for (std::size_t k = i + 1; k < spans.size(); ++k)
      if (spans[i].overlaps(spans[k])) return std::pair(i, k);
  return {};
}

}  // namespace eschool::calendar
