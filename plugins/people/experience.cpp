#include "people/experience.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include "text/dates.hpp"

namespace eschool::people {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

sys_days day_of(std::string_view iso) {
  return year_month_day{std::chrono::year(number(iso.substr(0, 4))),
                        std::chrono::month(static_cast<unsigned>(number(iso.substr(5, 2)))),
                        std::chrono::day(static_cast<unsigned>(number(iso.substr(8, 2))))};
}

/// So many months later; in a shorter month its last day.
sys_days later(sys_days from, int count) {
  auto date = year_month_day(from) + months(count);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return date;
}

/// From the first day of a period to the day after its last.
Experience length(sys_days from, sys_days end) {
  const year_month_day first(from), last(end);
  int whole = (static_cast<int>(last.year()) - static_cast<int>(first.year())) * 12 +
              static_cast<int>(static_cast<unsigned>(last.month())) -
              static_cast<int>(static_cast<unsigned>(first.month()));
  while (whole > 0 && later(from, whole) > end) --whole;
  return {whole / 12, whole % 12, static_cast<int>((end - later(from, whole)).count())};
}

std::string_view word(int count, const std::array<std::string_view, 3>& forms) {
  const int ten = count % 10, hundred = count % 100;
  if (ten == 1 && hundred != 11) return forms[0];
  if (ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14)) return forms[1];
  return forms[2];
}

}  // namespace

Experience experience_on(std::span<const Period> periods, std::string_view on) {
  if (!text::is_iso_date(on)) return {};
  const auto limit = day_of(on);
  std::vector<std::pair<sys_days, sys_days>> spans;  // the first day, the day after the last
  for (const auto& period : periods) {
    if (!text::is_iso_date(period.from) || (!period.to.empty() && !text::is_iso_date(period.to))) continue;
    const auto from = day_of(period.from);
    const auto to = period.to.empty() ? limit : std::min(limit, day_of(period.to));
    if (from <= to) spans.emplace_back(from, to + days(1));
  }
  std::sort(spans.begin(), spans.end());
  Experience sum;
  const auto add = [&sum](const std::pair<sys_days, sys_days>& span) {
    const auto part = length(span.first, span.second);
    sum.years += part.years;
    sum.months += part.months;
    sum.days += part.days;
  };
  for (std::size_t i = 0; i < spans.size();) {
    auto whole = spans[i++];
    while (i < spans.size() && spans[i].first <= whole.second) whole.second = std::max(whole.second, spans[i++].second);
    add(whole);
  }
  sum.months += sum.days / 30;
  sum.days %= 30;
  sum.years += sum.months / 12;
  sum.months %= 12;
  return sum;
}

std::string spoken(const Experience& experience) {
  std::string text;
  const auto part = [&text](int count, const std::array<std::string_view, 3>& forms) {
    if (count == 0) return;
    if (!text.empty()) text += ' ';
    text.append(std::to_string(count)).append(" ").append(word(count, forms));
  };
  part(experience.years, {"год", "года", "лет"});
  part(experience.months, {"месяц", "месяца", "месяцев"});
  part(experience.days, {"день", "дня", "дней"});
  return text.empty() ? "0 дней" : text;
}

}  // namespace eschool::people
