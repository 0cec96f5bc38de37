#include <doctest/doctest.h>

#include "runner.hpp"

using namespace eschool::test;

TEST_CASE("registry") {
  const auto files = test_files(ESCHOOL_TEST_FOLDER);
  REQUIRE_FALSE(files.empty());
  for (const auto& file : files) {
    SUBCASE(file.filename().string().c_str()) { run_test_file(file); }
  }
}
