/// What the server does around the calendar of a school: divisions of the year, their periods, vacations, special days,
/// shifts and bells.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::school {

/// The current year where none is given; of a plan, vacations and weeks by grade. [write]
void derive_in_year(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// «1 четверть» by the kind of the plan where a period has no name. [write]
void derive_period(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// In order, inside the year of its plan, and no day of another period of the plan. [write]
void validate_period(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// Grades in order; the year stays while the plan has periods outside of the new one. [write]
void validate_plan(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// In order, inside the year, grades in order, and no day of other vacations of the same grades. [write]
void validate_vacation(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// A day off is moved from another day, and only a day off is. [write]
void validate_day_off(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// Weeks of one year do not tell two things of a grade. [write]
void validate_work_week(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// «1 смена» where a shift has no name. [write]
void derive_shift(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// A lesson ends after it begins and leaves the other lessons of its shift and day alone. [write]
void validate_bell(plugin::Call&, const plugin::Change&, plugin::HookOut&);

}  // namespace eschool::school
