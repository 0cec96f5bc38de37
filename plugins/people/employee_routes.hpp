/// What is asked about employees beside their records. Every answer is made of what the caller may read.
#pragma once

#include <eschool/plugin.hpp>

#include "people/experience.hpp"

namespace eschool::people {

/// Length of service to a day, in all, as a teacher and in this school.
struct Service {
  Experience total, teaching, here;
  /// True: the card has no employment, and the years are those since `hired_on` and `teaching_since`.
  bool estimated = false;
};
/// Ends the call when the caller may not read the employee or the dates of employment.
Service service_of(plugin::Call&, std::int64_t employee, std::string_view on);

/// GET /employees/{id}/experience?on=2026-09-01
///   {"on","basis":"employments"|"card","total":{"years","months","days","text"},"teaching":{…},"here":{…}}
void show_experience(plugin::Call&, const plugin::Request&, plugin::Reply&);

/// GET /reminders?days=60: of the employees at work whom the caller may read, and of the papers that he may.
///   {"on","items":[{"employee","name","topic","state":"missing"|"overdue"|"soon","due","text"}]}
void show_reminders(plugin::Call&, const plugin::Request&, plugin::Reply&);

}  // namespace eschool::people
