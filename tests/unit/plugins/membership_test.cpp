#include "people/membership.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace eschool::people;

namespace {

constexpr const char* today = "2026-09-15";

Standing of(std::vector<Membership> memberships) { return standing(memberships, today); }

}  // namespace

TEST_CASE("the class is that of the open record") {
  CHECK(of({}).school_class == 0);
  CHECK(of({{1, 5, "2026-09-01", "", ""}}).school_class == 5);
  CHECK(of({{1, 5, "2025-09-01", "2026-08-31", "promoted"}, {2, 6, "2026-09-01", "", ""}}).school_class == 6);
  // In any order; of two that go on, the later one.
  CHECK(of({{2, 6, "2026-09-01", "", ""}, {1, 5, "2025-09-01", "", ""}}).school_class == 6);
  // The last day itself is still a day in the class.
  CHECK(of({{1, 5, "2026-09-01", "2026-09-15", "left"}}).school_class == 5);
  CHECK(of({{1, 5, "2026-09-01", "2026-09-14", "left"}}).school_class == 0);
}

TEST_CASE("who has left, and who has come back") {
  CHECK(of({{1, 5, "2026-09-01", "", ""}}).left_on == "");
  CHECK(of({{1, 5, "2026-09-01", "2026-09-14", "left"}}).left_on == "2026-09-14");
  CHECK(of({{1, 5, "2025-09-01", "2026-06-25", "graduated"}}).left_on == "2026-06-25");
  // An end that is to come is known; the class stays until then.
  CHECK(of({{1, 5, "2026-09-01", "2026-12-31", "left"}}).left_on == "2026-12-31");
  // Out of a class without leaving the school.
  CHECK(of({{1, 5, "2026-09-01", "2026-09-14", "moved"}}).left_on == "");
  CHECK(of({{1, 5, "2026-09-01", "2026-09-14", ""}}).left_on == "");
  CHECK(of({{1, 5, "2025-09-01", "2025-10-01", "left"}, {2, 6, "2026-09-01", "", ""}}).left_on == "");
}

TEST_CASE("a move without an order that has not lasted a day is taken back, any other is a movement") {
  const Membership before{1, 5, "2026-09-01", "2026-09-14", "moved"}, open{2, 6, today, "", ""};
  const auto back = [](const Membership& was, const Membership& is, std::int64_t to) {
    const std::vector<Membership> list{was, is};
    const auto* found = taken_back(list, list[1], to, today);
    return found ? found->id : 0;
  };
  CHECK(back(before, open, 5) == 1);
  CHECK(back(before, open, 7) == 0);
  CHECK(back(before, {2, 6, today, "", "", true}, 5) == 0);
  CHECK(back({1, 5, "2026-09-01", "2026-09-13", "moved"}, {2, 6, "2026-09-14", "", ""}, 5) == 0);
  CHECK(back({1, 5, "2026-09-01", "2026-09-10", "moved"}, open, 5) == 0);  // another one closed it
  CHECK(back({1, 5, "2026-09-01", "2026-09-14", "left"}, open, 5) == 0);
  CHECK(back({1, 5, today, today, "moved"}, open, 5) == 1);  // came today too
  CHECK(back({1, 5, "2025-09-01", "2027-08-31", "promoted"}, {2, 6, "2027-09-01", "", ""}, 5) == 1);
}

TEST_CASE("a record's own dates") {
  CHECK(check_membership({1, 5, "2026-09-01", "", ""}).empty());
  CHECK(check_membership({1, 5, "2026-09-01", "2026-09-01", "left"}).empty());
  const auto backwards = check_membership({1, 5, "2026-09-01", "2026-08-31", "left"});
  REQUIRE(backwards.size() == 1);
  CHECK(backwards[0].code == "ends_before");
  const auto without = check_membership({1, 5, "2026-09-01", "", "left"});
  REQUIRE(without.size() == 1);
  CHECK(without[0].code == "no_day");
}

TEST_CASE("the way from one class to another") {
  CHECK(way_between(1, 5, 1, 5) == "moved");
  CHECK(way_between(1, 5, 2, 6) == "promoted");
  CHECK(way_between(1, 5, 2, 5) == "retained");
  CHECK(way_between(1, 5, 2, 0) == "promoted");
  CHECK(way_between(0, 5, 2, 6) == "moved");
}

TEST_CASE("days that nobody told") {
  CHECK(first_day("2019-08-30", "2026-09-01", today, true) == "2026-09-01");
  CHECK(first_day("2026-09-10", "2026-09-01", today, true) == "2026-09-10");
  CHECK(first_day("", "2026-09-01", today, true) == "2026-09-01");
  CHECK(first_day("", "", today, true) == today);
  CHECK(first_day("2019-08-30", "2026-09-01", today, false) == today);
  // In summer, for the year that comes.
  CHECK(first_day("", "2027-09-01", today, false) == "2027-09-01");
  CHECK(last_day("2026-09-01", "2026-09-15") == "2026-09-14");
  CHECK(last_day("2026-09-15", "2026-09-15") == "2026-09-15");
}
