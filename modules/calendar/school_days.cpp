#include "calendar/school_days.hpp"

#include <algorithm>

#include "text/dates.hpp"

namespace eschool::calendar {

DayKind day_kind(const SchoolDays& days, std::string_view date) {
  const int day = weekday(date);
  if (day == 0 || !days.year.has(date)) return DayKind::outside;
  if (span_at(days.vacations, date)) return DayKind::vacation;
  const auto special =
      std::find_if(days.special.begin(), days.special.end(), [&](const SpecialDay& one) { return one.date == date; });
  if (special != days.special.end() && special->kind == SpecialDay::Kind::non_working) return DayKind::non_working;
  if (special != days.special.end())
    return special->kind == SpecialDay::Kind::shortened ? DayKind::shortened : DayKind::school;
  return day > days.days_per_week ? DayKind::weekend : DayKind::school;
}

bool is_school_day(const SchoolDays& days, std::string_view date) {
  const auto kind = day_kind(days, date);
  return kind == DayKind::school || kind == DayKind::shortened;
}

SchoolTime count(const SchoolDays& days, const Span& span) {
  SchoolTime time;
  bool week_has_one = false;
  const std::string from = std::max(span.from, days.year.from), until = std::min(span.until, days.year.until);
  for (std::optional<std::string> date = from; date && *date <= until; date = text::add_days(*date, 1)) {
    if (weekday(*date) == 1) week_has_one = false;
    if (!is_school_day(days, *date)) continue;
    ++time.days;
    if (!week_has_one) ++time.weeks;
    week_has_one = true;
  }
  return time;
}

std::optional<std::string> next_school_day(const SchoolDays& days, std::string_view date) {
  if (!text::is_iso_date(date)) return {};
  std::optional<std::string> next = date < days.year.from ? days.year.from : text::add_days(date, 1);
  for (; next && *next <= days.year.until; next = text::add_days(*next, 1))
    if (is_school_day(days, *next)) return next;
  return {};
}

}  // namespace eschool::calendar
