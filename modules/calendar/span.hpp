/// Spans of days. Dates are ISO texts (YYYY-MM-DD), which compare as they follow one another. Pure, any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eschool::calendar {

/// Both days belong to it. Empty when `until` is before `from`.
struct Span {
  std::string from, until;

  bool has(std::string_view date) const { return from <= date && date <= until; }
  bool has(const Span& other) const { return has(other.from) && has(other.until) && other.from <= other.until; }
  bool overlaps(const Span& other) const { return from <= other.until && other.from <= until; }
  bool operator==(const Span&) const = default;
};

/// 1 for Monday to 7 for Sunday; 0 when the text is no date.
int weekday(std::string_view date);

/// Which span a day is in: the index of the first that has it.
std::optional<std::size_t> span_at(const std::vector<Span>&, std::string_view date);

/// Two spans of the list that have a day in common, the earlier in the list first; nothing when there are none.
std::optional<std::pair<std::size_t, std::size_t>> overlap(const std::vector<Span>&);

}  // namespace eschool::calendar
