/// A pupil's class stands in the card and in the register of movements: what changes in one follows in the other.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::people {

/// people.student: the last day in the school, by the register. [write]
void derive_student(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// people.student: a class that was set, changed or cleared in the card becomes a record of the register. [write]
void after_student(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// people.class_membership: dates in order; one class at a time. [write]
void validate_membership(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// people.class_membership: ends the one before and sets the class in the card. [write]
void after_membership(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// people.class_membership: the card goes back to what the register still says. [write]
void membership_archived(plugin::Call&, const plugin::Change&, plugin::HookOut&);

/// people.subgroup_member: of the pupils of the subgroup's class. [write]
void validate_subgroup_member(plugin::Call&, const plugin::Change&, plugin::HookOut&);

}  // namespace eschool::people
