#include "calendar/span.hpp"

#include <doctest/doctest.h>

using namespace eschool::calendar;

TEST_CASE("weekdays") {
  CHECK(weekday("2026-09-01") == 2);
  CHECK(weekday("2026-11-22") == 7);
  CHECK(weekday("2026-11-23") == 1);
  CHECK(weekday("2024-02-29") == 4);
  CHECK(weekday("2026-02-29") == 0);
  CHECK(weekday("") == 0);
}

TEST_CASE("a span has its ends and nothing beyond") {
  const Span span{"2026-09-01", "2026-10-25"};
  CHECK(span.has("2026-09-01"));
  CHECK(span.has("2026-10-25"));
  CHECK_FALSE(span.has("2026-10-26"));
  CHECK_FALSE(span.has("2026-08-31"));
  CHECK(span.has(Span{"2026-09-05", "2026-10-25"}));
  CHECK_FALSE(span.has(Span{"2026-09-05", "2026-10-26"}));
  CHECK_FALSE(span.has(Span{"2026-10-05", "2026-09-26"}));
}

TEST_CASE("which period a date is in, and which two overlap") {
  const std::vector<Span> quarters{{"2026-09-01", "2026-10-25"}, {"2026-11-02", "2026-12-30"}};
  CHECK(span_at(quarters, "2026-11-02") == 1U);
  CHECK(span_at(quarters, "2026-10-25") == 0U);
  CHECK_FALSE(span_at(quarters, "2026-10-28"));
  CHECK_FALSE(overlap(quarters));
  auto wrong = quarters;
  wrong.push_back({"2026-10-25", "2026-10-27"});
  REQUIRE(overlap(wrong));
  CHECK(*overlap(wrong) == std::pair<std::size_t, std::size_t>(0, 2));
}
