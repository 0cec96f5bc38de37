#include "people/experience.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace eschool::people;

namespace {

Experience of(std::vector<Period> periods, const char* on = "2026-09-15") { return experience_on(periods, on); }

}  // namespace

TEST_CASE("a period counts by the calendar, both days included") {
  CHECK(of({{"2020-09-01", "2021-08-31"}}) == Experience{1, 0, 0});
  CHECK(of({{"2020-09-01", "2020-09-01"}}) == Experience{0, 0, 1});
  CHECK(of({{"2020-09-01", "2020-09-30"}}) == Experience{0, 1, 0});
  CHECK(of({{"2020-02-01", "2020-02-29"}}) == Experience{0, 1, 0});
  CHECK(of({{"2020-02-01", "2020-02-28"}}) == Experience{0, 0, 28});
  CHECK(of({{"2015-03-10", "2026-09-15"}}) == Experience{11, 6, 6});
  // From the end of a long month into a short one.
  CHECK(of({{"2026-01-31", "2026-02-28"}}) == Experience{0, 1, 1});
  CHECK(of({{"2024-02-29", "2025-02-28"}}) == Experience{1, 0, 1});
}

TEST_CASE("an open period goes on to the day that is asked, and nothing counts after it") {
  CHECK(of({{"2026-09-01", ""}}) == Experience{0, 0, 15});
  CHECK(of({{"2026-09-01", ""}}, "2027-08-31") == Experience{1, 0, 0});
  CHECK(of({{"2026-09-01", "2027-08-31"}}) == Experience{0, 0, 15});
  CHECK(of({{"2026-09-16", ""}}) == Experience{});
  CHECK(of({{"2026-09-15", ""}}) == Experience{0, 0, 1});
}

TEST_CASE("days make months of thirty, months make years of twelve") {
  // 20 days and 15 days: 35, a month and 5 days.
  CHECK(of({{"2020-01-01", "2020-01-20"}, {"2021-03-01", "2021-03-15"}}) == Experience{0, 1, 5});
  // 7 months and 6 months: a year and a month.
  CHECK(of({{"2019-01-01", "2019-07-31"}, {"2020-01-01", "2020-06-30"}}) == Experience{1, 1, 0});
  CHECK(of({{"2019-01-01", "2019-11-29"}, {"2020-02-01", "2020-02-10"}}) == Experience{0, 11, 9});
  CHECK(of({{"2019-01-01", "2019-11-29"}, {"2020-02-01", "2020-02-01"}}) == Experience{0, 11, 0});
}

TEST_CASE("work in two places at once counts once, and without a gap it is one period") {
  CHECK(of({{"2020-01-01", "2020-12-31"}, {"2020-06-01", "2021-05-31"}}) == Experience{1, 5, 0});
  CHECK(of({{"2020-01-01", "2020-12-31"}, {"2020-03-01", "2020-04-30"}}) == Experience{1, 0, 0});
  CHECK(of({{"2020-01-15", "2020-02-14"}, {"2020-02-15", "2020-03-14"}}) == Experience{0, 2, 0});
  // In any order.
  CHECK(of({{"2020-06-01", "2021-05-31"}, {"2020-01-01", "2020-12-31"}}) == Experience{1, 5, 0});
}

TEST_CASE("a gap counts for nothing") {
  CHECK(of({{"2010-01-01", "2010-12-31"}, {"2015-01-01", "2015-12-31"}}) == Experience{2, 0, 0});
}

TEST_CASE("what is no period counts for nothing") {
  CHECK(of({{"2020-05-01", "2020-04-01"}, {"", "2020-01-01"}, {"вчера", ""}, {"2020-01-01", "потом"}}) == Experience{});
  CHECK(of({}) == Experience{});
  CHECK(of({{"2020-01-01", ""}}, "сегодня") == Experience{});
}

TEST_CASE("in words") {
  CHECK(spoken({1, 2, 5}) == "1 год 2 месяца 5 дней");
  CHECK(spoken({21, 11, 1}) == "21 год 11 месяцев 1 день");
  CHECK(spoken({12, 0, 22}) == "12 лет 22 дня");
  CHECK(spoken({0, 1, 0}) == "1 месяц");
  CHECK(spoken({}) == "0 дней");
}
