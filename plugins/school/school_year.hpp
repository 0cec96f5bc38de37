/// The school year as a pure rule: its name, its limits, and which one a day belongs to.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eschool::school {

struct SchoolYear {
  std::string name;  ///< "2026/2027"
  std::string
      starts_on;  ///< ISO; 1 September (273-FZ leaves the end to the plan, the start is fixed by order 115 of 2021)
  std::string ends_on;  ///< ISO; 31 August, so that every day belongs to some school year

  bool operator==(const SchoolYear&) const = default;
};

/// Reads «2026/2027», «2026-2027», «2026–2027», «2026/27», blanks around the sign allowed. Nothing when the text is not
/// two years in a row between 1990 and 2100.
std::optional<SchoolYear> school_year(std::string_view text);

/// The school year that a school works on at an ISO date: from July it is the coming one, since classes are made and
/// files are loaded in summer. Nothing when the text is no date.
std::optional<SchoolYear> school_year_at(std::string_view date);

/// Whether a year of that name may have these limits: ISO dates in order, each in its own calendar year of the name.
bool limits_fit(const SchoolYear& named, std::string_view starts_on, std::string_view ends_on);

}  // namespace eschool::school
