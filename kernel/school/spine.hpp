/// What of a school the kernel has to know by name: whom an account belongs to, what a role is limited to, and how long
/// it lasts. All else it knows from the schemas; tests/structure holds it to that.
#pragma once

#include <string_view>

namespace eschool::school::spine {

inline constexpr std::string_view person = "people.person";
inline constexpr std::string_view group = "school.class";
inline constexpr std::string_view year = "school.year";  ///< with starts_on and ends_on

}  // namespace eschool::school::spine
