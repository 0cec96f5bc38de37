/// Internal: an ISO date or date and time as numbers, for the writers.
#pragma once

#include <optional>
#include <string_view>

namespace eschool::tabular {

struct IsoParts {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  bool has_time = false;
};

/// YYYY-MM-DD, optionally with Thh:mm or Thh:mm:ss; nothing for other text.
std::optional<IsoParts> parse_iso(std::string_view text);

}  // namespace eschool::tabular
