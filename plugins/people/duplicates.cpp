#include "people/duplicates.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "text/fold.hpp"
#include "text/names.hpp"

namespace eschool::people {
namespace {

constexpr std::size_t crowd = 400;  ///< a trait that more people share than that tells nothing

/// Weights: surname, names and birth date together are certain enough; any two of them with a phone, likely.
constexpr int of_surname = 25, of_similar_surname = 15, of_given_name = 20, of_patronymic = 15, of_birth_date = 35;
constexpr int of_similar_birth_date = 20, of_phone = 20, of_email = 20, of_snils = 100;
constexpr int against_given_name = 45, against_patronymic = 30, against_birth_date = 50, against_sex = 40;
constexpr int most_with_other_snils = 30;

std::string folded(const std::string& name) { return text::fold(text::fix_lookalikes(text::tidy_name(name)).text); }

std::vector<std::string> letters(std::string_view text) {
  std::vector<std::string> list;
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !list.empty())
      list.back() += c;
    else
      list.emplace_back(1, c);
  return list;
}

/// One letter too many, missing, wrong, or two that changed places.
bool one_slip(const std::string& first, const std::string& second) {
  auto a = letters(first), b = letters(second);
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t begin = 0;
  while (begin < a.size() && a[begin] == b[begin]) ++begin;
  std::size_t end = 0;
  while (end < a.size() - begin && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
  const auto left = a.size() - begin - end, right = b.size() - begin - end;
  if (right <= 1) return true;
  return left == 2 && right == 2 && a[begin] == b[begin + 1] && a[begin + 1] == b[begin];
}

bool similar(const std::string& a, const std::string& b) { return letters(a).size() >= 5 && one_slip(a, b); }

/// Day and month exchanged, or one digit another.
bool similar_dates(const std::string& a, const std::string& b) {
  if (a.size() != 10 || b.size() != 10) return false;
  if (a.substr(0, 4) == b.substr(0, 4) && a.substr(5, 2) == b.substr(8, 2) && a.substr(8, 2) == b.substr(5, 2))
    return true;
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different += a[i] != b[i];
  return different == 1;
}

struct Folded {
  std::string surname, given_name, patronymic;
};
Folded folded_of(const PersonTraits& person) {
  return {folded(person.surname), folded(person.given_name), folded(person.patronymic)};
}

Likeness compare(const PersonTraits& a, const Folded& left, const PersonTraits& b, const Folded& right) {
  Likeness result;
  int score = 0;
  const auto note = [&](int points, const char* reason) {
    score += points;
    result.reasons.emplace_back(reason);
  };
  if (left.surname == right.surname)
    note(of_surname, "фамилия");
  else if (similar(left.surname, right.surname))
    note(of_similar_surname, "похожая фамилия");
  if (left.given_name == right.given_name)
    note(of_given_name, "имя");
  else if (similar(left.given_name, right.given_name))
    note(of_given_name / 2, "похожее имя");
  else
    note(-against_given_name, "другое имя");
  if (left.patronymic == right.patronymic) {
    if (!left.patronymic.empty()) note(of_patronymic, "отчество");
  } else if (left.patronymic.empty() || right.patronymic.empty()) {
    note(0, "отчество не указано");
  } else if (similar(left.patronymic, right.patronymic)) {
    note(of_patronymic / 2, "похожее отчество");
  } else {
    note(-against_patronymic, "другое отчество");
  }
  if (!a.birth_date.empty() && !b.birth_date.empty()) {
    if (a.birth_date == b.birth_date)
      note(of_birth_date, "дата рождения");
    else if (similar_dates(a.birth_date, b.birth_date))
      note(of_similar_birth_date, "похожая дата рождения");
    else
      note(-against_birth_date, "другая дата рождения");
  }
  if (!a.phone.empty() && a.phone == b.phone) note(of_phone, "телефон");
  if (!a.email.empty() && text::fold(a.email) == text::fold(b.email)) note(of_email, "почта");
  if (!a.sex.empty() && !b.sex.empty() && a.sex != b.sex) note(-against_sex, "другой пол");
  if (!a.snils.empty() && !b.snils.empty()) {
    if (a.snils == b.snils) {
      note(of_snils, "СНИЛС");
    } else {
      result.reasons.emplace_back("другой СНИЛС");
      score = std::min(score, most_with_other_snils);
    }
  }
  result.score = std::clamp(score, 0, 100);
  return result;
}

}  // namespace

Likeness likeness(const PersonTraits& a, const PersonTraits& b) { return compare(a, folded_of(a), b, folded_of(b)); }

std::vector<Candidate> candidates(std::span<const PersonTraits> people, std::size_t limit) {
  std::vector<Folded> names;
  names.reserve(people.size());
  std::map<std::string, std::vector<std::size_t>> sharing;
  for (std::size_t i = 0; i < people.size(); ++i) {
    names.push_back(folded_of(people[i]));
    const auto share = [&](const char* trait, const std::string& value) {
      if (!value.empty()) sharing[trait + value].push_back(i);
    };
    share("birth ", people[i].birth_date);
    share("surname ", names[i].surname);
    share("names ", names[i].given_name + " " + names[i].patronymic);
    share("phone ", people[i].phone);
    share("mail ", text::fold(people[i].email));
    share("snils ", people[i].snils);
  }
  std::set<std::pair<std::size_t, std::size_t>> seen;
  std::vector<Candidate> found;
  for (const auto& [trait, group] : sharing) {
    if (group.size() > crowd) continue;
    for (std::size_t i = 0; i < group.size(); ++i)
      for (std::size_t k = i + 1; k < group.size(); ++k) {
        if (!seen.emplace(group[i], group[k]).second) continue;
        auto like = compare(people[group[i]], names[group[i]], people[group[k]], names[group[k]]);
        if (like.score < likely_the_same) continue;
        const auto [low, high] = std::minmax(people[group[i]].id, people[group[k]].id);
        found.push_back({low, high, std::move(like)});
      }
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.likeness.score, a.first, a.second) < std::tuple(-b.likeness.score, b.first, b.second);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace eschool::people
