/// Length of service as Russian personnel work counts it: a pure rule over periods of employment.
///
/// The convention (rules approved by government resolution 1015 of 02.10.2014, section on how length of service is
/// counted; the same as in the T-2 card): by the calendar, the first and the last day both included; of a period first
/// the full years, then the full months, then the days; added up, 30 days make a month and 12 months a year. Work at
/// the same time in two places counts once. A gap counts for nothing and breaks nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace eschool::people {

/// ISO days, both included; an empty `to` goes on.
struct Period {
  std::string from, to;
};

struct Experience {
  int years = 0, months = 0, days = 0;
  bool operator==(const Experience&) const = default;
};

/// What the periods make up to the day `on`, that day included. A period that begins later, ends before it begins or
/// has no date counts for nothing. Overlapping and adjoining periods are one. `on` is an ISO date.
Experience experience_on(std::span<const Period>, std::string_view on);

/// «12 лет 3 месяца 1 день»; parts that are zero are left out, «0 дней» when all are.
std::string spoken(const Experience&);

}  // namespace eschool::people
