#include "kernel/backup/shelf.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "place.hpp"

using namespace eschool::backup;
namespace fs = std::filesystem;

TEST_CASE("a shelf takes, lists and clears its own backups and touches nothing else") {
  const eschool::test::Place scratch;
  const auto database = eschool::storage::Database::open(scratch / "school.db");
  database->write([](eschool::storage::Session& session) {
    session.execute("CREATE TABLE note (text TEXT)");
    session.execute("INSERT INTO note VALUES ('один')");
  });
  eschool::config::BackupSettings settings;
  settings.folder = scratch / "backups";
  settings.keep_daily = 2;
  settings.keep_weekly = settings.keep_monthly = 0;
  const Shelf shelf(settings, "lyceum");
  const auto day = [](int number) { return Stamp{2026, 11, number, 3, 0, 0}; };
  CHECK(shelf.list(day(1)).empty());
  CHECK(shelf.due(day(1)));

  const auto own = settings.folder / "lyceum";
  for (int number = 1; number <= 4; ++number) {
    const auto taken = shelf.take(*database, day(number));
    CHECK(taken.file == own / ("2026-11-0" + std::to_string(number) + "_03-00-00.db"));
    CHECK(taken.bytes > 0);
    CHECK_FALSE(shelf.due(day(number)));
    if (number == 1) {
      CHECK((fs::status(own).permissions() & fs::perms::others_all) == fs::perms::none);
      std::ofstream(own / "по-своему.db") << "x";
      std::ofstream(own / "2026-11-01_03-00-00.txt") << "x";
    }
  }
  const auto left = shelf.list(day(4));
  REQUIRE(left.size() == 2);
  CHECK(left[0].stamp == day(3));
  CHECK(left[0].kept == Kept::daily);
  CHECK(left[1].kept == Kept::newest);
  CHECK(fs::exists(own / "по-своему.db"));
  CHECK(fs::exists(own / "2026-11-01_03-00-00.txt"));

  // Where the copy cannot be written, what is there stays.
  fs::create_directory(own / "2026-11-09_03-00-00.db");
  CHECK_THROWS(shelf.take(*database, day(9)));
  CHECK(shelf.list(day(9)).size() == 2);
}
