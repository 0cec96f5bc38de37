#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace eschool::school {

struct Moment {
  std::string today;         ///< YYYY-MM-DD in the school's time zone: its day begins there, not in UTC
  std::string now;           ///< UTC, YYYY-MM-DDTHH:MM:SSZ
  std::int64_t seconds = 0;  ///< since the epoch
};

/// Tells the time in a school's zone; any thread. An unknown zone throws std::runtime_error at construction.
class Clock {
 public:
  explicit Clock(const std::string& time_zone);
  Moment moment() const;

 private:
  std::string zone_;
  mutable std::mutex mutex_;
  mutable Moment last_;
};

}  // namespace eschool::school
