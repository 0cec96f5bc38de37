#include "tabular/excel_date.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>

namespace eschool::tabular {
namespace {

constexpr long kSecondsADay = 86'400;

std::optional<std::chrono::sys_days> day_of(long serial, DateSystem system) {
  using namespace std::chrono_literals;
  constexpr std::chrono::sys_days last = std::chrono::year{9999} / 12 / 31;
  std::chrono::sys_days day = std::chrono::year{1904} / 1 / 1;
  if (system == DateSystem::from1904) {
    day += std::chrono::days{serial};
  } else {
    if (serial == 60) return std::nullopt;
    day =
        std::chrono::sys_days{std::chrono::year{1899} / 12 / 31} + std::chrono::days{serial < 60 ? serial : serial - 1};
  }
  if (day > last) return std::nullopt;
  return day;
}

template <class... Numbers>
std::string printed(const char* format, Numbers... numbers) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, format, numbers...);
  return {text, static_cast<std::size_t>(length)};
}

std::string time_text(long seconds) {
  return printed("%02ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::optional<std::string> serial_to_iso(double serial, DateSystem system, DateParts parts) {
  constexpr double beyond = 3e6;
  if (parts == DateParts::none || !(serial >= 0) || serial > beyond) return std::nullopt;
  auto whole = static_cast<long>(std::floor(serial));
  long seconds = 0;
  if (parts != DateParts::date) {
    seconds = std::lround((serial - std::floor(serial)) * kSecondsADay);
    whole += seconds / kSecondsADay;
    seconds %= kSecondsADay;
  }
  if (parts == DateParts::time) return time_text(seconds);
  const auto day = day_of(whole, system);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day ymd{*day};
  auto iso = printed("%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
  if (seconds != 0) iso += "T" + time_text(seconds);
  return iso;
}

}  // namespace eschool::tabular
