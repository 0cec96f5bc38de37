/// What the server does around a record of school.year: fills its limits and keeps exactly one year current.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::school {

/// Name in its one spelling, limits by default; the first year of a school becomes the current one. [write]
void derive_year(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// The name is two years in a row, the limits fit it, and the current mark is moved, never just taken away. [write]
void validate_year(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// A year that became current takes the mark from the one before. [write]
void after_year(plugin::Call&, const plugin::Change&, plugin::HookOut&);

/// Id of the current school year. When the school has none, the year of today is made current, and made first if it is
/// not there; that needs the caller's right on school.year. 0 when the caller has no such right. [write]
std::int64_t current_year(plugin::Call&);

}  // namespace eschool::school
