// The clock that tells the school's day, and what is said when somebody has set the machine's.
#include "kernel/school/clock.hpp"

#include <doctest/doctest.h>

#include "kernel/auth/instant.hpp"
#include "kernel/school/clock_check.hpp"

using namespace eschool::school;
using eschool::auth::instant_seconds;

TEST_CASE("a day of the school begins by its own clock") {
  CHECK(Clock("Europe/Moscow").beginning_of("2026-12-01") == "2026-11-30T21:00:00Z");
  CHECK(Clock("Asia/Kamchatka").beginning_of("2026-12-01") == "2026-11-30T12:00:00Z");
  CHECK(Clock("Asia/Beirut").beginning_of("2026-03-29") == "2026-03-28T22:00:00Z");  // there is no midnight
  CHECK_THROWS_AS(Clock("Europe/Moscow").beginning_of("вчера"), std::invalid_argument);
}

TEST_CASE("the clock follows its source, forth and back") {
  auto seconds = instant_seconds("2026-11-25T20:59:59Z");
  const Clock clock("Europe/Moscow", [&] { return seconds; });
  CHECK(clock.moment().today == "2026-11-25");
  CHECK(clock.moment().second_of_day == 86399);
  ++seconds;
  CHECK(clock.moment().today == "2026-11-26");
  CHECK(clock.moment().second_of_day == 0);
  CHECK(clock.moment().now == "2026-11-25T21:00:00Z");
  seconds -= 86400;
  CHECK(clock.moment().today == "2026-11-25");
  CHECK(clock.moment().now == "2026-11-24T21:00:00Z");
  seconds += 400 * 86400;
  CHECK(clock.moment().today == "2027-12-30");
  CHECK(clock.moment().seconds == seconds);
  seconds = 0;
  CHECK(clock.moment().now == "1970-01-01T00:00:00Z");
  CHECK_THROWS(Clock("Europe/Nowhere"));
}

TEST_CASE("a clock behind the history, or moved while the server runs, is told; small corrections are not") {
  constexpr std::int64_t now = 1'800'000'000, day = 86400;
  CHECK_FALSE(clock_fault(now, 0, 0, 0));
  CHECK_FALSE(clock_fault(now, now, 0, 0));
  CHECK_FALSE(clock_fault(now, now + 300, 0, 0));
  CHECK_FALSE(clock_fault(now, now - 400 * day, 0, 0));
  REQUIRE(clock_fault(now, now + day, 0, 0));
  CHECK(clock_fault(now, now + day, 0, 0)->find("24 ч") != std::string::npos);
  CHECK(clock_fault(now, now + 301, 0, 0)->find("5 мин") != std::string::npos);
  CHECK_FALSE(clock_fault(now, 0, 1000, 1000));
  CHECK_FALSE(clock_fault(now, 0, 1299, 1000));
  CHECK(clock_fault(now, 0, 1 + 3 * day, 1)->find("вперёд на 3 дн.") != std::string::npos);
  CHECK(clock_fault(now, 0, 1 - 3 * day, 1)->find("назад на 3 дн.") != std::string::npos);
}
