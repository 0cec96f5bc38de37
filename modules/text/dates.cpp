#include "text/dates.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "text/fold.hpp"

namespace eschool::text {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

std::optional<year_month_day> date_of(int year, int month, int day) {
  if (year < 1900 || year > 2100 || month < 1 || day < 1) return std::nullopt;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::string iso_of(const year_month_day& date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<std::string> iso_in_range(sys_days day) {
  const year_month_day date{day};
  const int year = static_cast<int>(date.year());
  if (year < 1900 || year > 2100) return std::nullopt;
  return iso_of(date);
}

/// Takes a number of `least` to `most` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(static_cast<unsigned char>(text[digits]))) ++digits;
  if (digits < least || digits > most) return std::nullopt;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

void skip_spaces(std::string_view& text) {
  while (take(text, ' ')) {
  }
}

/// Takes the name of a month, as it stands after a day, in any case.
std::optional<int> take_month(std::string_view& text) {
  static constexpr std::array<std::string_view, 12> names = {"января",   "февраля", "марта",  "апреля",
                                                             "мая",      "июня",    "июля",   "августа",
                                                             "сентября", "октября", "ноября", "декабря"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!text.starts_with(names[i])) continue;
    text.remove_prefix(names[i].size());
    return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

/// What may follow a date: nothing, «г.», «года», or a midnight.
bool is_empty_tail(std::string_view tail) {
  static constexpr std::array<std::string_view, 10> known = {
      "", "г", "г.", "года", "0:00", "00:00", "00:00:00", "00:00:00.0", "00:00:00.000", "0:00:00"};
  if (tail.size() > 1 && tail.front() == 't') tail.remove_prefix(1);  // folded
  skip_spaces(tail);
  if (tail.ends_with('z')) tail.remove_suffix(1);
  for (const std::string_view one : known)
    if (tail == one) return true;
  return false;
}

std::optional<year_month_day> parse_iso(std::string_view text) {
  const auto year = take_number(text, 4, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2, 2);
  if (!day || !text.empty()) return std::nullopt;
  return date_of(*year, *month, *day);
}

}  // namespace

std::optional<std::string> parse_date(std::string_view text) {
  const std::string key = fold(text);
  if (key.size() >= 10 && key[4] == '-') {
    const auto date = parse_iso(std::string_view(key).substr(0, 10));
    if (!date || !is_empty_tail(std::string_view(key).substr(10))) return std::nullopt;
    return iso_of(*date);
  }
  std::string_view rest = key;
  const auto day = take_number(rest, 1, 2);
  if (!day) return std::nullopt;
  std::optional<int> month;
  if (rest.starts_with(' ')) {
    skip_spaces(rest);
    month = take_month(rest);
    skip_spaces(rest);
  } else {
    const char separator = rest.empty() ? '\0' : rest.front();
    if (separator != '.' && separator != '/') return std::nullopt;
    rest.remove_prefix(1);
    month = take_number(rest, 1, 2);
    if (!take(rest, separator)) return std::nullopt;
  }
  const auto year = take_number(rest, 4, 4);
  if (!month || !year || !is_empty_tail(rest)) return std::nullopt;
  const auto date = date_of(*year, *month, *day);
  if (!date) return std::nullopt;
  return iso_of(*date);
}

std::optional<std::string> excel_serial_to_iso(double serial, bool date1904) {
  constexpr double beyond_2100 = 80000;
  if (!(serial >= 0 && serial < beyond_2100)) return std::nullopt;  // also what is not a number
  const int day = static_cast<int>(std::floor(serial));
  using std::chrono::January;
  if (date1904) return iso_in_range(sys_days{std::chrono::year{1904} / January / 1} + days{day});
  if (day == 0 || day == 60) return std::nullopt;
  // Excel counts 29.02.1900, which Lotus 1-2-3 took for a day; later numbers are one too high.
  return iso_in_range(sys_days{std::chrono::year{1900} / January / 1} + days{day < 60 ? day - 1 : day - 2});
}

bool is_iso_date(std::string_view text) { return parse_iso(text).has_value(); }

std::string iso_to_russian(std::string_view iso) {
  if (!is_iso_date(iso)) return std::string(iso);
  return fmt::format("{}.{}.{}", iso.substr(8, 2), iso.substr(5, 2), iso.substr(0, 4));
}

std::optional<std::string> add_days(std::string_view iso, int count) {
  const auto date = parse_iso(iso);
  constexpr int two_centuries = 74000;  // more days than the range holds; also keeps the sum from overflowing
  if (!date || count > two_centuries || count < -two_centuries) return std::nullopt;
  return iso_in_range(sys_days{*date} + days{count});
}

std::optional<int> days_between(std::string_view from, std::string_view to) {
  const auto first = parse_iso(from);
  const auto last = parse_iso(to);
  if (!first || !last) return std::nullopt;
  return static_cast<int>((sys_days{*last} - sys_days{*first}).count());
}

}  // namespace eschool::text
