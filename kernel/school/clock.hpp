#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace eschool::school {

struct Moment {
  std::string today;         ///< YYYY-MM-DD in the school's time zone: its day begins there, not in UTC
  std::string now;           ///< UTC, YYYY-MM-DDTHH:MM:SSZ
  std::int64_t seconds = 0;  ///< since the epoch
  int second_of_day = 0;     ///< of `today`, by the wall clock
};

/// Tells the time in a school's zone; any thread. An unknown zone throws std::runtime_error at construction.
class Clock {
 public:
  /// `source` answers seconds since the epoch; without one it is the machine's clock.
  explicit Clock(const std::string& time_zone, std::function<std::int64_t()> source = {});
  Moment moment() const;
  /// The moment at which a day of the school begins, as in Moment::now. `day` is an ISO date. Where the clocks are put
  /// forward at midnight, the first moment that there is.
  std::string beginning_of(std::string_view day) const;

 private:
  std::string zone_;
  std::function<std::int64_t()> source_;
  mutable std::mutex mutex_;
  mutable Moment last_;
};

}  // namespace eschool::school
