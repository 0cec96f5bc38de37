/// On which engine a test's database is, and where.
#pragma once

#include <filesystem>
#include <string>

#include "kernel/storage/location.hpp"

namespace eschool::test {

/// What ESCHOOL_TEST_ENGINE says, "sqlite" or "postgresql"; SQLite when it says nothing. Each test program is run once
/// for each by CTest: see eschool_test_on_postgresql().
storage::Engine engine_under_test();

/// A folder for one test, removed with all that is in it, and places for databases that nobody else has.
class Place {
 public:
  Place();
  ~Place();
  Place(const Place&) = delete;

  /// `school.db` in the folder, or a schema of the shared cluster; the same name gives the same place.
  storage::Location database(const std::string& name = "school") const;
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

}  // namespace eschool::test
