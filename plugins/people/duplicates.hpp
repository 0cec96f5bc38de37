/// How likely two records are of one person: a pure score, and the search for pairs among many.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eschool::people {

/// What is compared, as stored. Empty: not known.
struct PersonTraits {
  std::int64_t id = 0;
  std::string surname, given_name, patronymic;
  std::string sex;         ///< "male", "female"
  std::string birth_date;  ///< ISO
  std::string snils, phone, email;
};

struct Likeness {
  int score = 0;                     ///< 0 to 100
  std::vector<std::string> reasons;  ///< Russian, what agrees and what does not
};

/// Names are compared folded, ё as е, Latin look-alikes as the Cyrillic letters that they stand for, one slip allowed
/// in a long one. Another given name, birth date, sex or СНИЛС takes away: twins and namesakes are two.
Likeness likeness(const PersonTraits&, const PersonTraits&);

constexpr int likely_the_same = 60;

struct Candidate {
  std::int64_t first = 0, second = 0;  ///< ids, the lower first
  Likeness likeness;
};

/// The pairs that score likely_the_same or more, the likeliest first, at most `limit`. Only those are compared who
/// share a birth date, a surname, both first names, a phone or an address of mail.
std::vector<Candidate> candidates(std::span<const PersonTraits>, std::size_t limit);

}  // namespace eschool::people
