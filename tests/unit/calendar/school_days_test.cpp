// School days against the calendars of the country: facts of the yearly decrees.
#include "calendar/school_days.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

using namespace eschool::calendar;
namespace json = boost::json;

namespace {

const json::object& years() {
  static const auto document = [] {
    std::ifstream in(ESCHOOL_SOURCE_DIR "/tests/fixtures/calendar/ru-non-working-days.json");
    return json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
  }();
  return document.at("years").as_object();
}

/// A calendar year without vacations: what the production calendar counts as working days of a five-day week.
SchoolDays production_calendar(const std::string& year) {
  SchoolDays days{{year + "-01-01", year + "-12-31"}, 5, {}, {}};
  const auto& facts = years().at(year);
  for (const auto& day : facts.at("non_working").as_array())
    days.special.push_back({std::string(day.at("date").as_string()), SpecialDay::Kind::non_working});
  for (const auto& day : facts.at("shortened").as_array())
    days.special.push_back({std::string(day.as_string()), SpecialDay::Kind::shortened});
  for (const auto& day : facts.at("working_weekends").as_array())
    days.special.push_back({std::string(day.as_string()), SpecialDay::Kind::working});
  return days;
}

/// The school year 2026/2027 of a class as the shipped calendar has it.
SchoolDays school_year() {
  SchoolDays days{{"2026-09-01", "2027-05-26"}, 5, production_calendar("2026").special, {}};
  days.vacations = {{"2026-10-26", "2026-11-01"}, {"2026-12-31", "2027-01-08"}, {"2027-03-29", "2027-04-04"}};
  return days;
}

}  // namespace

TEST_CASE("working days of a year are as many as the production calendar has") {
  for (const auto& [year, days] :
       {std::pair<const char*, int>{"2022", 247}, {"2023", 247}, {"2024", 248}, {"2025", 247}, {"2026", 247}}) {
    CAPTURE(std::string(year));
    const auto calendar = production_calendar(year);
    CHECK(count(calendar, calendar.year).days == days);
  }
}

TEST_CASE("every day of the decrees is what they say") {
  for (const auto& [year, facts] : years()) {
    const auto calendar = production_calendar(std::string(year));
    for (const auto& special : calendar.special) {
      CAPTURE(special.date);
      const auto kind = day_kind(calendar, special.date);
      switch (special.kind) {
        case SpecialDay::Kind::non_working:
          CHECK(kind == DayKind::non_working);
          break;
        case SpecialDay::Kind::working:
          CHECK(kind == DayKind::school);
          CHECK(weekday(special.date) >= 6);
          break;
        case SpecialDay::Kind::shortened:
          CHECK(kind == DayKind::shortened);
      }
    }
  }
}

TEST_CASE("the week of the class, vacations, holidays and the limits of the year") {
  const auto days = school_year();
  CHECK(day_kind(days, "2026-09-01") == DayKind::school);
  CHECK(day_kind(days, "2026-09-05") == DayKind::weekend);
  CHECK(day_kind(days, "2026-10-28") == DayKind::vacation);
  CHECK(day_kind(days, "2026-11-04") == DayKind::non_working);
  CHECK(day_kind(days, "2026-08-31") == DayKind::outside);
  CHECK(day_kind(days, "2027-05-27") == DayKind::outside);
  CHECK(day_kind(days, "вчера") == DayKind::outside);
  auto six = days;
  six.days_per_week = 6;
  CHECK(day_kind(six, "2026-09-05") == DayKind::school);
  CHECK(day_kind(six, "2026-09-06") == DayKind::weekend);
  // A working Saturday is one in a five-day week too, but not in the vacations.
  auto moved = days;
  moved.special.push_back({"2026-09-12", SpecialDay::Kind::working});
  moved.special.push_back({"2026-10-31", SpecialDay::Kind::working});
  CHECK(is_school_day(moved, "2026-09-12"));
  CHECK_FALSE(is_school_day(moved, "2026-10-31"));
  moved.special.push_back({"2026-11-03", SpecialDay::Kind::shortened});
  CHECK(day_kind(moved, "2026-11-03") == DayKind::shortened);
}

TEST_CASE("days and weeks of a period") {
  const auto days = school_year();
  CHECK(count(days, {"2026-09-01", "2026-09-06"}) == SchoolTime{4, 1});
  CHECK(count(days, {"2026-09-01", "2026-10-25"}) == SchoolTime{39, 8});
  CHECK(count(days, {"2026-10-26", "2026-11-01"}) == SchoolTime{0, 0});
  CHECK(count(days, {"2026-11-02", "2026-11-08"}) == SchoolTime{4, 1});
  CHECK(count(days, {"2020-01-01", "2030-01-01"}) == count(days, days.year));
  CHECK(count(days, {"2026-10-25", "2026-09-01"}) == SchoolTime{0, 0});
  auto first_grade = days;
  first_grade.vacations.push_back({"2027-02-15", "2027-02-21"});
  CHECK(count(days, days.year).days - count(first_grade, days.year).days == 5);
  CHECK(count(days, days.year).weeks - count(first_grade, days.year).weeks == 1);
}

TEST_CASE("the next school day") {
  const auto days = school_year();
  CHECK(next_school_day(days, "2026-09-04") == "2026-09-07");
  CHECK(next_school_day(days, "2026-10-23") == "2026-11-02");
  CHECK(next_school_day(days, "2026-11-03") == "2026-11-05");
  CHECK(next_school_day(days, "2026-06-01") == "2026-09-01");
  CHECK_FALSE(next_school_day(days, "2027-05-26"));
  CHECK_FALSE(next_school_day(days, "завтра"));
}
