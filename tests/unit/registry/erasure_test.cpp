#include "kernel/registry/erasure.hpp"

#include <doctest/doctest.h>

using eschool::registry::years_before;

TEST_CASE("the same day some years before") {
  CHECK(years_before("2026-11-25", 3) == "2023-11-25");
  CHECK(years_before("2026-11-25", 0) == "2026-11-25");
  CHECK(years_before("2028-02-29", 1) == "2027-02-28");
  CHECK(years_before("2026-01-01", 50) == "1976-01-01");
}
