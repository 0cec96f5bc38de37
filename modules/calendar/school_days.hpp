/// Is there school on a day? By the week of a class, its vacations and the days that the country has moved. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/span.hpp"

namespace eschool::calendar {

/// A day that is not what its weekday says.
struct SpecialDay {
  enum class Kind { non_working, shortened, working };
  std::string date;
  Kind kind = Kind::non_working;
};

/// What holds for one class in one school year.
struct SchoolDays {
  Span year;                        ///< no school outside of it
  int days_per_week = 5;            ///< 5: Monday to Friday; 6: to Saturday
  std::vector<SpecialDay> special;  ///< any order; of two for one date the first counts
  std::vector<Span> vacations;      ///< of this class: those of grade 1 are more
};

enum class DayKind {
  school,
  shortened,    ///< school, before a holiday
  weekend,      ///< by the week of the class
  non_working,  ///< a holiday, or a day off that was moved here
  vacation,
  outside,  ///< not in the school year, or no date
};

/// Vacations go before everything else: a working Saturday within them is no school day. A weekend day that
/// is working or shortened is one of school for every week: the decrees shorten Saturdays only when they are worked. A
/// holiday on a weekend is told as the holiday.
DayKind day_kind(const SchoolDays&, std::string_view date);

/// school or shortened.
bool is_school_day(const SchoolDays&, std::string_view date);

struct SchoolTime {
  int days = 0;   ///< school days
  int weeks = 0;  ///< calendar weeks, Monday to Sunday, that have a school day
  bool operator==(const SchoolTime&) const = default;
};
SchoolTime count(const SchoolDays&, const Span&);

/// The first school day after the date, within the year. From before the year on it is the year's first one.
std::optional<std::string> next_school_day(const SchoolDays&, std::string_view date);

}  // namespace eschool::calendar
