/// Where a pupil studies, by the register of movements: pure rules. Dates are ISO text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "people/person_rules.hpp"

namespace eschool::people {

/// A record of people.class_membership.
struct Membership {
  std::int64_t id = 0, school_class = 0;
  std::string since;
  std::string until;     ///< empty: still there
  std::string exit;      ///< id of the enumeration or empty
  bool ordered = false;  ///< an order says how the pupil came in
};

struct Standing {
  std::int64_t school_class = 0;  ///< 0: in none
  std::string left_on;            ///< the last day in the school; empty: has not left
};
/// The class is that of the record that is open, or ends today or later; of several the one that began last. A pupil
/// who is in no class has left when one of the records says so («окончил», «выбыл»): on the last day of those.
Standing standing(std::span<const Membership>, std::string_view today);

/// The end follows the beginning, and the way out is told together with its day.
Remarks check_membership(const Membership&);

/// How a pupil comes from one class into another: "promoted" into the next school year, "retained" in it in the same
/// grade or a lower one, "moved" within a year. 0 stands for an unknown year or grade.
std::string_view way_between(std::int64_t year, int grade, std::int64_t next_year, int next_grade);

/// The record that goes on when a pupil comes back into `school_class` from `open`: the move had no order and has not
/// lasted a day, so it was a mistake and no movement. nullptr: coming back is a movement of its own.
const Membership* taken_back(std::span<const Membership>, const Membership& open, std::int64_t school_class,
                             std::string_view today);

/// The first day in a class that is told without a date. `admitted`: the order of admission of a pupil who is new, else
/// empty; `year_starts`: of the class's school year, may be empty. Not before the year; a pupil who was here before
/// changes on the day itself.
std::string first_day(std::string_view admitted, std::string_view year_starts, std::string_view today, bool is_new);

/// The last day in the class before: the day before the first in the next one, and not before it began.
std::string last_day(std::string_view since, std::string_view next_since);

}  // namespace eschool::people
