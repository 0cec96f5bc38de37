#include "people/membership.hpp"

#include <algorithm>

#include "text/dates.hpp"

namespace eschool::people {

Standing standing(std::span<const Membership> memberships, std::string_view today) {
  Standing result;
  std::string begun, left;
  for (const auto& membership : memberships) {
    if (membership.until.empty() || membership.until >= today) {
      if (result.school_class != 0 && membership.since < begun) continue;
      result.school_class = membership.school_class;
      begun = membership.since;
    }
    if (membership.exit == "left" || membership.exit == "graduated") left = std::max(left, membership.until);
  }
  // An end that is still to come is known already: the account closes on its day without anybody doing anything.
  const bool stays = std::any_of(memberships.begin(), memberships.end(), [&](const Membership& membership) {
    return membership.until.empty() || membership.since > left;
  });
  if (!stays) result.left_on = left;
  return result;
}

Remarks check_membership(const Membership& membership) {
  Remarks remarks;
  const auto object = [&](const char* field, const char* code, const char* message) {
    remarks.push_back({Remark::Kind::objection, field, code, message});
  };
  if (!membership.until.empty() && membership.until < membership.since)
    object("until", "ends_before", "последний день раньше первого");
  if (!membership.exit.empty() && membership.until.empty())
    object("until", "no_day", "укажите последний день в классе");
  return remarks;
}

std::string_view way_between(std::int64_t year, int grade, std::int64_t next_year, int next_grade) {
  if (year == next_year || year == 0 || next_year == 0) return "moved";
  return grade != 0 && next_grade != 0 && next_grade <= grade ? "retained" : "promoted";
}

std::string first_day(std::string_view admitted, std::string_view year_starts, std::string_view today, bool is_new) {
  std::string day(is_new ? admitted : today);
  if (!year_starts.empty() && day < year_starts) day = year_starts;
  return day.empty() ? std::string(today) : day;
}

const Membership* taken_back(std::span<const Membership> memberships, const Membership& open, std::int64_t school_class,
                             std::string_view today) {
  if (open.ordered || open.since < today) return nullptr;
  const auto before = std::find_if(memberships.begin(), memberships.end(), [&](const Membership& membership) {
    return membership.id != open.id && membership.school_class == school_class && membership.exit != "left" &&
           membership.exit != "graduated" && membership.until == last_day(membership.since, open.since);
  });
  return before == memberships.end() ? nullptr : &*before;
}

std::string last_day(std::string_view since, std::string_view next_since) {
  const auto before = text::add_days(next_since, -1);
  return before && *before > since ? *before : std::string(since);
}

}  // namespace eschool::people
