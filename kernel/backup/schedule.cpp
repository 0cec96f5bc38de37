#include "kernel/backup/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <numeric>

namespace eschool::backup {

namespace {

std::chrono::sys_days day_of(const Stamp& stamp) { return std::chrono::year{stamp.year} / stamp.month / stamp.day; }

/// Weeks since one that began on a Monday.
std::int64_t week_of(const Stamp& stamp) {
  // 1970-01-01 was a Thursday.
  const auto days = day_of(stamp).time_since_epoch().count() + 3;
  return days >= 0 ? days / 7 : (days - 6) / 7;
}

std::int64_t month_of(const Stamp& stamp) { return std::int64_t{stamp.year} * 12 + stamp.month; }

}  // namespace

std::string text(const Stamp& stamp) {
  return fmt::format("{:04}-{:02}-{:02}_{:02}-{:02}-{:02}", stamp.year, stamp.month, stamp.day, stamp.hour,
                     stamp.minute, stamp.second);
}

std::optional<Stamp> parse_stamp(std::string_view given) {
  static constexpr std::string_view shape = "dddd-dd-dd_dd-dd-dd";
  if (given.size() != shape.size()) return {};
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 'd' ? given[i] < '0' || given[i] > '9' : given[i] != shape[i]) return {};
  const auto number = [&](std::size_t from, std::size_t length) {
    int value = 0;
    std::from_chars(given.data() + from, given.data() + from + length, value);
    return value;
  };
  const Stamp stamp{number(0, 4), number(5, 2), number(8, 2), number(11, 2), number(14, 2), number(17, 2)};
  const std::chrono::year_month_day date{std::chrono::year{stamp.year},
                                         std::chrono::month{static_cast<unsigned>(stamp.month)},
                                         std::chrono::day{static_cast<unsigned>(stamp.day)}};
  if (!date.ok() || stamp.hour > 23 || stamp.minute > 59 || stamp.second > 59) return {};
  return stamp;
}

Stamp stamp_of(std::string_view day, int second_of_day) {
  auto stamp = parse_stamp(std::string(day) + "_00-00-00").value();
  stamp.hour = second_of_day / 3600;
  stamp.minute = second_of_day / 60 % 60;
  stamp.second = second_of_day % 60;
  return stamp;
}

Stamp last_due(const config::BackupSettings& settings, const Stamp& now) {
  auto moment = now;
  moment.hour = settings.at_minute / 60;
  moment.minute = settings.at_minute % 60;
  moment.second = 0;
  if (moment <= now) return moment;
  const std::chrono::year_month_day before{day_of(now) - std::chrono::days{1}};
  moment.year = static_cast<int>(before.year());
  moment.month = static_cast<int>(static_cast<unsigned>(before.month()));
  moment.day = static_cast<int>(static_cast<unsigned>(before.day()));
  return moment;
}

bool due(const config::BackupSettings& settings, const std::vector<Stamp>& taken, const Stamp& now) {
  const auto wanted = last_due(settings, now);
  return std::none_of(taken.begin(), taken.end(), [&](const Stamp& stamp) { return stamp >= wanted && stamp <= now; });
}

std::string_view label(Kept kept) {
  switch (kept) {
    case Kept::newest:
      return "последняя";
    case Kept::daily:
      return "за день";
    case Kept::weekly:
      return "за неделю";
    case Kept::monthly:
      return "за месяц";
    case Kept::future:
      return "из будущего: часы были переведены";
    case Kept::expired:
      return "срок вышел";
  }
  return "";
}

std::vector<Kept> retention(const config::BackupSettings& settings, const std::vector<Stamp>& taken, const Stamp& now) {
  std::vector<Kept> kept(taken.size(), Kept::expired);
  std::vector<std::size_t> newest_first(taken.size());
  std::iota(newest_first.begin(), newest_first.end(), std::size_t{0});
  std::stable_sort(newest_first.begin(), newest_first.end(),
                   [&](std::size_t a, std::size_t b) { return taken[a] > taken[b]; });
  std::erase_if(newest_first, [&](std::size_t i) {
    if (taken[i] <= now) return false;
    kept[i] = Kept::future;
    return true;
  });
  // Of every period the first that is met is its newest.
  const auto keep = [&](int periods, Kept reason, auto&& period_of) {
    std::optional<std::int64_t> last;
    for (const auto i : newest_first) {
      const std::int64_t period = period_of(taken[i]);
      if (last == period) continue;
      if (periods-- <= 0) break;
      last = period;
      if (kept[i] == Kept::expired) kept[i] = reason;
    }
  };
  if (!newest_first.empty()) kept[newest_first.front()] = Kept::newest;
  keep(settings.keep_daily, Kept::daily,
       [](const Stamp& stamp) { return std::int64_t{day_of(stamp).time_since_epoch().count()}; });
  keep(settings.keep_weekly, Kept::weekly, week_of);
  keep(settings.keep_monthly, Kept::monthly, month_of);
  return kept;
}

}  // namespace eschool::backup
