/// What the server does around an employee and the rows of the card.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::people {

/// people.employee: dates that fit one another; nobody is dismissed who still leads a class of the current year. What
/// else must be handed over first, other plugins refuse by a validating hook of their own on this registry, which looks
/// at `dismissed_on`. [write]
void validate_employee(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// people.employment, people.course, people.leave, people.charge: the end is not before the beginning. [write]
void validate_period(plugin::Call&, const plugin::Change&, plugin::HookOut&);

}  // namespace eschool::people
