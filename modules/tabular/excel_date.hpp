/// Internal: Excel's serial numbers as ISO dates and times. Pure functions.
#pragma once

#include <optional>
#include <string>

namespace eschool::tabular {

enum class DateSystem { from1900, from1904 };

/// What a cell's number format shows of a serial number.
enum class DateParts { none, date, time, date_and_time };

/// The serial as «2026-09-01», «2026-09-01T08:30:00» (date_and_time, unless midnight) or «08:30:00» (time), rounded to
/// seconds. Nothing for `none`, for a negative serial, for one beyond the year 9999 and for 60 of the 1900 system:
/// Excel counts a 29.02.1900 that never was.
std::optional<std::string> serial_to_iso(double serial, DateSystem system, DateParts parts);

}  // namespace eschool::tabular
