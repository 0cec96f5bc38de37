#include "people/reminders.hpp"

#include <charconv>

#include "text/dates.hpp"

namespace eschool::people {
namespace {

constexpr std::string_view categories_have_no_end_since = "2023-09-01";
constexpr int years_of_attestation = 5;
constexpr int years_of_courses = 3;
constexpr int years_of_medical = 1;
constexpr int years_without_attestation = 2;

/// The same day so many years later; of 29 February the 28th.
std::string years_later(std::string_view iso, int years) {
  int year = 0;
  std::from_chars(iso.data(), iso.data() + 4, year);
  const auto day = iso.substr(5) == "02-29" ? std::string_view("02-28") : iso.substr(5);
  return std::to_string(year + years) + "-" + std::string(day);
}

using Kind = Paper::Kind;
using Topic = Reminder::Topic;
using State = Reminder::State;

Topic topic_of(Kind kind) {
  switch (kind) {
    case Kind::course:
      return Topic::course;
    case Kind::medical:
      return Topic::medical;
    case Kind::criminal_record:
      return Topic::criminal_record;
    default:
      return Topic::attestation;
  }
}

}  // namespace

std::optional<std::string> good_until(const Paper& paper) {
  if (!paper.valid_until.empty()) return paper.valid_until;
  if (!text::is_iso_date(paper.on)) return {};
  switch (paper.kind) {
    case Kind::conformity:
      return years_later(paper.on, years_of_attestation);
    case Kind::category:
      if (paper.on >= categories_have_no_end_since) return {};
      return years_later(paper.on, years_of_attestation);
    case Kind::course:
      return years_later(paper.on, years_of_courses);
    case Kind::medical:
      return years_later(paper.on, years_of_medical);
    case Kind::criminal_record:
      return {};
  }
  return {};
}

std::vector<Reminder> reminders(const Holder& holder, std::string_view today, int days) {
  std::vector<Reminder> found;
  const auto horizon = text::add_days(today, days);
  if (!horizon) return found;
  const bool settled =
      text::is_iso_date(holder.hired_on) && years_later(holder.hired_on, years_without_attestation) <= today;
  const auto look = [&](Topic topic, bool asked_when_missing) {
    bool any = false, endless = false;
    std::string best;
    for (const auto& paper : holder.papers) {
      if (topic_of(paper.kind) != topic) continue;
      any = true;
      if (const auto until = good_until(paper))
        best = std::max(best, *until);
      else
        endless = true;
    }
    if (endless) return;
    if (!any) {
      if (asked_when_missing) found.push_back({topic, State::missing, {}});
    } else if (best < today) {
      found.push_back({topic, State::overdue, best});
    } else if (best <= *horizon) {
      found.push_back({topic, State::soon, best});
    }
  };
  if (holder.knows_attestation && holder.teaching) look(Topic::attestation, settled);
  if (holder.knows_courses && holder.teaching) look(Topic::course, settled);
  if (holder.knows_clearances) {
    look(Topic::medical, true);
    look(Topic::criminal_record, true);
  }
  return found;
}

}  // namespace eschool::people
