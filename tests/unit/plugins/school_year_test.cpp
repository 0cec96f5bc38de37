#include "school/school_year.hpp"

#include <doctest/doctest.h>

using namespace eschool::school;

TEST_CASE("the name of a school year is read in its usual spellings") {
  const SchoolYear expected{"2026/2027", "2026-09-01", "2027-08-31"};
  for (const auto text : {"2026/2027", "2026-2027", "2026–2027", "2026 / 2027", " 2026/27 "}) {
    CAPTURE(text);
    CHECK(school_year(text) == expected);
  }
  CHECK(school_year("1999/00") == SchoolYear{"1999/2000", "1999-09-01", "2000-08-31"});
}

TEST_CASE("what is not two years in a row is no school year") {
  for (const auto text : {"", "2026", "2026/2026", "2026/2028", "2027/2026", "2026/", "2026.2027", "2026/28",
                          "1890/1891", "-026/2027", "2026/+27", "2026/2027 учебный год", "двадцать шестой"}) {
    CAPTURE(text);
    CHECK_FALSE(school_year(text));
  }
}

TEST_CASE("a day belongs to the school year that is worked on: from July to the coming one") {
  CHECK(school_year_at("2026-09-01")->name == "2026/2027");
  CHECK(school_year_at("2027-06-30")->name == "2026/2027");
  CHECK(school_year_at("2027-07-01")->name == "2027/2028");
  CHECK(school_year_at("2027-01-01")->name == "2026/2027");
  CHECK_FALSE(school_year_at("01.09.2026"));
  CHECK_FALSE(school_year_at(""));
}

TEST_CASE("the limits of a school year lie in the years of its name") {
  const auto year = *school_year("2026/2027");
  CHECK(limits_fit(year, "2026-09-01", "2027-05-26"));
  CHECK(limits_fit(year, year.starts_on, year.ends_on));
  CHECK_FALSE(limits_fit(year, "2025-09-01", "2027-05-26"));
  CHECK_FALSE(limits_fit(year, "2026-09-01", "2026-12-31"));
  CHECK_FALSE(limits_fit(year, "2027-05-26", "2026-09-01"));
  CHECK_FALSE(limits_fit(year, "", "2027-05-26"));
}
