#include "people/duplicates.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace eschool::people;

namespace {

PersonTraits person(std::int64_t id, const char* surname, const char* given, const char* patronymic, const char* birth,
                    const char* sex = "", const char* snils = "", const char* phone = "", const char* email = "") {
  return {id, surname, given, patronymic, sex, birth, snils, phone, email};
}

const auto anna = person(1, "Ёлкина", "Анна", "Сергеевна", "2014-05-06", "female", "112-233-445 95", "+79210000001");

int score(const PersonTraits& a, const PersonTraits& b) {
  CHECK(likeness(a, b).score == likeness(b, a).score);
  return likeness(a, b).score;
}

}  // namespace

TEST_CASE("the same person, written otherwise") {
  CHECK(score(anna, anna) == 100);
  CHECK(score(anna, person(2, "Елкина", "Анна", "Сергеевна", "2014-05-06")) == 95);
  CHECK(score(anna, person(2, "ЕЛКИНА", "анна", "сергеевна ", "2014-05-06")) == 95);
  // Latin e and a typed for Cyrillic ones.
  CHECK(score(anna, person(2, "Eлкинa", "Aннa", "Ceргеевна", "2014-05-06")) == 95);
  CHECK(score(anna, person(2, "Елкина", "Анна", "", "2014-05-06")) == 80);
  // A slip in the surname; a slip in the date; the day and the month exchanged.
  CHECK(score(anna, person(2, "Елкнина", "Анна", "Сергеевна", "2014-05-06")) == 85);
  CHECK(score(anna, person(2, "Елкина", "Анна", "Сергеевна", "2014-05-07")) == 80);
  CHECK(score(anna, person(2, "Елкина", "Анна", "Сергеевна", "2014-06-05")) == 80);
  // Married: another surname, everything else the same.
  CHECK(score(anna, person(2, "Иванова", "Анна", "Сергеевна", "2014-05-06")) == 70);
  // Of a parent's card without a birth date the phone decides.
  CHECK(score(anna, person(2, "Елкина", "Анна", "Сергеевна", "", "", "", "+79210000001")) == 80);
  CHECK(score(anna, person(2, "Елкина", "Анна", "Сергеевна", "")) == 60);
}

TEST_CASE("others who look alike") {
  // A twin, a namesake, a father and his son, another СНИЛС, the same names of both sexes.
  CHECK(score(anna, person(2, "Ёлкина", "Мария", "Сергеевна", "2014-05-06", "female", "", "+79210000001")) < 60);
  CHECK(score(anna, person(2, "Ёлкина", "Анна", "Сергеевна", "1980-11-23")) < 60);
  CHECK(score(anna, person(2, "Ёлкина", "Анна", "Сергеевна", "2014-05-06", "female", "087-654-303 00")) == 30);
  CHECK(score(anna, person(2, "Ёлкина", "Анна", "Петровна", "2014-05-06")) < 60);
  CHECK(score(person(3, "Женя", "Саша", "", "2014-05-06", "male"),
              person(4, "Женя", "Саша", "", "2014-05-06", "female")) < 60);
  CHECK(score(anna, person(2, "Жуков", "Пётр", "Ильич", "2011-01-01")) == 0);
}

TEST_CASE("the reasons say what agrees and what does not") {
  const auto like = likeness(anna, person(2, "Елкина", "Анна", "Сергеевна", "2014-05-07", "", "087-654-303 00"));
  CHECK(like.reasons ==
        std::vector<std::string>{"фамилия", "имя", "отчество", "похожая дата рождения", "другой СНИЛС"});
}

TEST_CASE("pairs among many, the likeliest first") {
  const std::vector<PersonTraits> people{
      anna,
      person(7, "Жуков", "Пётр", "Ильич", "2011-01-01"),
      person(5, "Елкина", "Анна", "Сергеевна", "2014-05-06"),
      person(6, "Иванова", "Анна", "Сергеевна", "2014-05-06"),
      person(8, "Жуков", "Петр", "Ильич", ""),
  };
  const auto found = candidates(people, 100);
  REQUIRE(found.size() == 4);
  CHECK(found[0].first == 1);
  CHECK(found[0].second == 5);
  CHECK(found[1].likeness.score == 70);
  CHECK(found[3].first == 7);
  CHECK(found[3].second == 8);
  CHECK(candidates(people, 2).size() == 2);
  CHECK(candidates({}, 5).empty());
}

TEST_CASE("a school of three thousand is searched in a moment") {
  std::vector<PersonTraits> people;
  for (int i = 0; i < 3000; ++i) {
    auto one = anna;
    one.id = i + 1;
    one.surname = "Ф" + std::to_string(i / 2);
    one.snils = one.phone = "";
    one.birth_date =
        "20" + std::to_string(10 + i % 15) + "-0" + std::to_string(1 + i % 9) + "-1" + std::to_string(i % 10);
    people.push_back(std::move(one));
  }
  CHECK(candidates(people, 100).size() <= 100);
}
