/// Dates without time, as ISO text (YYYY-MM-DD) of the years 1900 to 2100. Pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eschool::text {

/// Reads «01.09.2026», «1.9.2026», «01/09/2026», «2026-09-01», «1 сентября 2026 г.» into ISO. The day stands before the
/// month. A trailing «г.» and a trailing midnight («0:00», «T00:00:00»), which exports add, are ignored. Nothing when
/// the text is not such a date or the day is not in the calendar.
std::optional<std::string> parse_date(std::string_view text);

/// The day of an Excel serial number; its fraction, the time of day, is dropped. Of the 1900 system: 1 is 1900-01-01,
/// and 60 is Excel's day 29.02.1900 that never was, so nothing. Of the 1904 system: 0 is 1904-01-01.
std::optional<std::string> excel_serial_to_iso(double serial, bool date1904);

/// True for exactly YYYY-MM-DD that is in the calendar.
bool is_iso_date(std::string_view text);

/// «2026-09-01» as «01.09.2026»; what is not an ISO date comes back as it is.
std::string iso_to_russian(std::string_view iso);

/// The date so many days later (earlier when negative); nothing when `iso` is no date or the result is out of range.
std::optional<std::string> add_days(std::string_view iso, int days);

/// Days from one date to another, negative when `to` is earlier; nothing when one of them is no date.
std::optional<int> days_between(std::string_view from, std::string_view to);

}  // namespace eschool::text
