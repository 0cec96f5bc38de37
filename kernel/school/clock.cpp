#include "kernel/school/clock.hpp"

#include <date/tz.h>

#include <chrono>
#include <sstream>
#include <stdexcept>

namespace eschool::school {

Clock::Clock(const std::string& time_zone, std::function<std::int64_t()> source)
    : zone_(time_zone), source_(std::move(source)) {
  date::locate_zone(zone_);
  if (!source_)
    source_ = [] {
      return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
    };
}

Moment Clock::moment() const {
  const auto seconds = source_();
  const std::lock_guard lock(mutex_);
  if (last_.seconds != seconds || last_.now.empty()) {
    const std::chrono::sys_seconds now{std::chrono::seconds{seconds}};
    const auto local = date::make_zoned(zone_, now).get_local_time();
    last_.seconds = seconds;
    last_.now = date::format("%FT%TZ", now);
    last_.today = date::format("%F", local);
    last_.second_of_day = static_cast<int>((local - date::floor<date::days>(local)).count());
  }
  return last_;
}

std::string Clock::beginning_of(std::string_view day) const {
  date::local_days local;
  std::istringstream text{std::string(day)};
  if (!(text >> date::parse("%F", local))) throw std::invalid_argument("no ISO date");
  const auto* zone = date::locate_zone(zone_);
  return date::format("%FT%TZ", zone->to_sys(date::local_seconds(local), date::choose::earliest));
}

}  // namespace eschool::school
