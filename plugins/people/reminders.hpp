/// Which papers of an employee run out, or are missing: a pure rule over what the card holds.
///
/// Terms: fitness for the post is attested every five years, and categories granted before 1 September 2023 held for
/// five (order 196 of the Ministry of Education, 24.03.2023; later ones have no end); courses every three years (law
/// 273-FZ, article 47); the medical examination every year. A date in the record goes before the term. A certificate of
/// no criminal record is needed to be hired and runs out only by a date in the record.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::people {

/// A paper of one kind. ISO dates; an empty one is not known.
struct Paper {
  enum class Kind { conformity, category, course, medical, criminal_record } kind{};
  std::string on;           ///< when it was given
  std::string valid_until;  ///< as written in it
};

struct Holder {
  bool teaching = false;           ///< attestation and courses are asked of teaching staff
  std::string hired_on;            ///< empty: not known
  bool knows_attestation = false;  ///< whether the papers of this kind were to be seen at all
  bool knows_courses = false;
  bool knows_clearances = false;
  std::vector<Paper> papers;
};

struct Reminder {
  enum class Topic { attestation, course, medical, criminal_record } topic{};
  enum class State { missing, overdue, soon } state{};
  std::string due;  ///< the last day on which the paper is good; empty when it is missing
};

/// The last day on which a paper is good; nothing: it has no end, or its date is not known.
std::optional<std::string> good_until(const Paper&);

/// What to remind of on the day `today`, for papers that run out within `days` days. Of several papers of a topic the
/// one that is good longest counts; a category stands for the attestation of fitness. Fitness is asked of nobody who
/// works here for less than two years.
std::vector<Reminder> reminders(const Holder&, std::string_view today, int days);

}  // namespace eschool::people
