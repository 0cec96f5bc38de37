#include "kernel/school/clock.hpp"

#include <date/tz.h>

namespace eschool::school {

Clock::Clock(const std::string& time_zone) : zone_(time_zone) { date::locate_zone(zone_); }

Moment Clock::moment() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto seconds = now.time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  if (last_.seconds != seconds) {
    last_.seconds = seconds;
    last_.now = date::format("%FT%TZ", now);
    last_.today = date::format("%F", date::make_zoned(zone_, now));
  }
  return last_;
}

}  // namespace eschool::school
