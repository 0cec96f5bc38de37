// The `backup` section of eschool.info.
#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>

#include "kernel/config/config.hpp"
#include "place.hpp"

using eschool::config::load;

TEST_CASE("the backup section is read, and a wrong value names its key") {
  const eschool::test::Place folder;
  const auto file = folder / "eschool.info";
  const auto config = [&](const std::string& text) {
    std::ofstream(file) << text;
    return load(file);
  };
  CHECK(config("workers 2\n").backup.folder.empty());
  const auto read =
      config("backup {\n folder copies\n at \"04:35\"\n keep_daily 3\n keep_weekly 0\n keep_monthly 24\n}\n").backup;
  CHECK(read.folder == folder / "copies");
  CHECK(read.at_minute == 4 * 60 + 35);
  CHECK(read.keep_daily == 3);
  CHECK(read.keep_weekly == 0);
  CHECK(read.keep_monthly == 24);
  for (const auto* wrong : {"at 25:00", "at 3", "at 03:0", "at 03:60", "keep_daily -1", "keep_weekly many", "kept 3"}) {
    CAPTURE(wrong);
    try {
      config("backup {\n folder copies\n " + std::string(wrong) + "\n}\n");
      FAIL("accepted");
    } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()).find("backup.") != std::string::npos);
    }
  }
}
