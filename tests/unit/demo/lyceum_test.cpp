#include "demo/lyceum.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <tuple>

#include "text/checks.hpp"
#include "text/dates.hpp"

using namespace eschool;
using namespace eschool::demo;

namespace {

constexpr int year = 2026;

const Lyceum& lyceum() {
  static const auto made = make_lyceum(2026, year);
  return made;
}

template <typename Visit>
void each_person(Visit visit) {
  for (const auto& one : lyceum().employees) visit(one.person);
  for (const auto& one : lyceum().pupils) visit(one.person);
  for (const auto& one : lyceum().parents) visit(one.person);
}

}  // namespace

TEST_CASE("the lyceum has the size that it is described with") {
  CHECK(lyceum().pupils.size() == 1050);
  CHECK(lyceum().classes.size() == 38);
  CHECK(lyceum().employees.size() == 85);
  CHECK(lyceum().parents.size() == 1900);
  CHECK(lyceum().rooms.size() == 62);
}

TEST_CASE("patronymics agree with the sex, and documents have true check digits") {
  each_person([](const Person& person) {
    CHECK_MESSAGE(text::sex_by_patronymic(person.name.patronymic) == person.sex, person.full_name());
    if (!person.snils.empty()) CHECK_MESSAGE(text::check("snils", person.snils).ok(), person.snils);
    CHECK_MESSAGE(text::check("person_name", person.name.surname).ok(), person.name.surname);
    CHECK_MESSAGE(text::is_iso_date(person.birth_date), person.birth_date);
    if (!person.phone.empty()) CHECK_MESSAGE(text::check("phone", person.phone).ok(), person.phone);
    if (!person.email.empty()) CHECK_MESSAGE(text::check("email", person.email).ok(), person.email);
  });
  for (const auto& employee : lyceum().employees)
    CHECK_MESSAGE(text::check("inn_person", employee.inn).ok(), employee.inn);
}

TEST_CASE("a СНИЛС is of one person, who may be an employee and a parent") {
  std::map<std::string, std::set<std::string>> names;
  each_person([&](const Person& person) { names[person.snils].insert(person.full_name()); });
  for (const auto& [snils, owners] : names) CHECK_MESSAGE(owners.size() == 1, snils);
  CHECK(names.size() < 85 + 1050 + 1900);
  CHECK(names.size() > 85 + 1050 + 1900 - 60);
}

TEST_CASE("pupils are of the age of their class, and every one has a parent") {
  std::set<std::size_t> with_parents;
  for (const auto& parent : lyceum().parents) {
    CHECK(!parent.children.empty());
    for (const auto& child : parent.children) with_parents.insert(child.pupil);
  }
  CHECK(with_parents.size() == 1050);
  std::map<std::size_t, int> sizes;
  for (const auto& pupil : lyceum().pupils) {
    const auto& school_class = lyceum().classes[pupil.school_class];
    const auto age = *text::days_between(pupil.person.birth_date, "2026-09-01") / 365.25 - (school_class.grade - 1);
    CHECK_MESSAGE(age > 6.4, pupil.person.birth_date);
    CHECK_MESSAGE(age < 8.1, pupil.person.birth_date);
    CHECK(pupil.order_date <= "2026-08-31");
    ++sizes[pupil.school_class];
  }
  for (const auto& [at, size] : sizes) CHECK(size == lyceum().classes[at].size);
}

TEST_CASE("a class has a teacher and a room that no other class has") {
  std::set<std::size_t> teachers;
  std::set<std::string> rooms;
  for (const auto& one : lyceum().classes) {
    teachers.insert(one.homeroom_teacher);
    rooms.insert(one.room);
  }
  CHECK(teachers.size() == 38);
  CHECK(rooms.size() == 38);
}

TEST_CASE("a pupil has one result of a contest, whatever the seed") {
  for (const std::uint64_t seed : {2026, 7, 8, 9, 10}) {
    std::set<std::tuple<std::size_t, std::string, std::string>> known;
    for (const auto& one : make_lyceum(seed, year).achievements)
      CHECK_MESSAGE(known.emplace(one.pupil, one.title, one.received_on).second, one.title);
  }
}

TEST_CASE("one mother is entered twice") {
  const auto& again = lyceum().parents.back();
  CHECK(again.person.snils.empty());
  int others = 0;
  for (const auto& parent : lyceum().parents) {
    if (&parent == &again) continue;
    CHECK_FALSE(parent.person.snils.empty());
    if (parent.person.phone != again.person.phone || parent.person.birth_date != again.person.birth_date) continue;
    ++others;
    CHECK(parent.person.name.given_name == again.person.name.given_name);
    CHECK(parent.person.name.surname.size() == again.person.name.surname.size() + 2);
    CHECK(parent.children.front().pupil != again.children.front().pupil);
  }
  CHECK(others == 1);
}

TEST_CASE("no period has a day of vacations that all have, and lessons follow one another") {
  for (const auto& plan : lyceum().period_plans) {
    CHECK(plan.periods.front().first == "2026-09-01");
    for (std::size_t i = 1; i < plan.periods.size(); ++i) CHECK(plan.periods[i - 1].second < plan.periods[i].first);
    if (plan.kind != "четверти") continue;  // vacations of autumn and spring are inside the halves
    for (const auto& [first, last] : plan.periods)
      for (const auto& vacation : lyceum().vacations)
        if (vacation.grade.empty()) CHECK((vacation.ends_on < first || vacation.starts_on > last));
  }
  REQUIRE(lyceum().bells.size() == 8);
  for (std::size_t i = 1; i < lyceum().bells.size(); ++i)
    CHECK(lyceum().bells[i - 1].ends_at < lyceum().bells[i].starts_at);
}

TEST_CASE("the same seed makes the same lyceum, another seed another") {
  const auto again = make_lyceum(2026, year), other = make_lyceum(7, year);
  CHECK(again.pupils.front().person.full_name() == lyceum().pupils.front().person.full_name());
  CHECK(again.parents.back().person.full_name() == lyceum().parents.back().person.full_name());
  CHECK(other.employees.front().person.full_name() != lyceum().employees.front().person.full_name());
}
