#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "kernel/storage/database.hpp"
#include "place.hpp"

using namespace eschool::storage;
using Scratch = eschool::test::Place;

namespace {

void fill(Database& database, int rows) {
  database.write([&](Session& session) {
    session.execute("CREATE TABLE IF NOT EXISTS mark (id INTEGER PRIMARY KEY, text TEXT) STRICT");
    session.execute("CREATE TABLE IF NOT EXISTS \"odd \"\"name\" (id INTEGER PRIMARY KEY) STRICT");
    for (int i = 0; i < rows; ++i)
      session.execute("INSERT INTO mark (text) VALUES (?)", {std::string(200, 'a') + std::to_string(i)});
  });
}

std::int64_t rows(const std::vector<TableCount>& counts, const std::string& table) {
  for (const auto& count : counts)
    if (count.table == table) return count.rows;
  return -1;
}

}  // namespace

TEST_CASE("a backup taken while others write is whole, private and one moment") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db");
  fill(*database, 20000);
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    while (!stop) {
      database->write([](Session& session) {
        session.execute("INSERT INTO mark (text) VALUES ('one')");
        session.execute("INSERT INTO mark (text) VALUES ('two')");
      });
      ++written;
    }
  });
  while (written == 0) std::this_thread::yield();
  double last = 0;
  int steps = 0, written_meanwhile = 0;
  const auto counts = database->backup(scratch / "copy.db", [&](double progress) {
    CHECK(progress >= last);
    last = progress;
    ++steps;
    const int seen = written;
    for (int i = 0; i < 1000 && written == seen; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    written_meanwhile += written != seen;
  });
  stop = true;
  writer.join();
  CHECK(steps > 3);
  CHECK(written_meanwhile > 0);  // the writer went on
  CHECK(last == 1.0);
  CHECK(rows(counts, "mark") > 20000);
  CHECK(rows(counts, "mark") % 2 == 0);
  CHECK(rows(counts, "odd \"name") == 0);
  struct stat status {};
  REQUIRE(::stat((scratch / "copy.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  for (const char* name : {"copy.db.part", "copy.db-wal", "copy.db-shm", "copy.db-journal"})
    CHECK_FALSE(std::filesystem::exists(scratch / name));

  SUBCASE("and is restored with the same counts") {
    const auto restored = Database::restore(scratch / "copy.db", scratch / "new.db");
    CHECK(rows(restored, "mark") == rows(counts, "mark"));
    const auto opened = Database::open(scratch / "new.db");
    CHECK(opened->read()->integer("SELECT count(*) FROM mark") == rows(counts, "mark"));
    CHECK(opened->read()->text("PRAGMA journal_mode") == "wal");
  }
}

TEST_CASE("a restore replaces the database and its WAL") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  {
    const auto database = Database::open(file);
    fill(*database, 10);
    database->backup(scratch / "copy.db");
    fill(*database, 5);
    CHECK_THROWS_AS(Database::restore(scratch / "copy.db", file), Error);  // it is open
    CHECK_THROWS_AS(database->backup(file), Error);
    CHECK(database->read()->integer("SELECT count(*) FROM mark") == 15);
    // What a killed process leaves: a WAL whose frames belong to the old file.
    std::filesystem::copy_file(file.string() + "-wal", scratch / "stale");
  }
  std::filesystem::copy_file(scratch / "stale", file.string() + "-wal");
  CHECK(rows(Database::restore(scratch / "copy.db", file), "mark") == 10);
  const auto database = Database::open(file);
  CHECK(database->read()->integer("SELECT count(*) FROM mark") == 10);
  CHECK(database->read()->text("PRAGMA integrity_check") == "ok");
}

TEST_CASE("a broken backup is not restored, and what is there stays") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  {
    const auto database = Database::open(file);
    fill(*database, 3000);
    database->backup(scratch / "copy.db");
  }
  {
    std::fstream copy(scratch / "copy.db", std::ios::in | std::ios::out | std::ios::binary);
    copy.seekp(50 * 4096);
    copy << std::string(4096, '\xff');
  }
  try {
    Database::restore(scratch / "copy.db", file);
    FAIL("restored");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::corrupt);
  }
  CHECK_THROWS_AS(Database::restore(scratch / "absent.db", file), Error);
  CHECK_THROWS_AS(Database::restore(file, file), Error);
  CHECK_FALSE(std::filesystem::exists(scratch / "school.db.part"));
  CHECK(Database::open(file)->read()->integer("SELECT count(*) FROM mark") == 3000);
}

TEST_CASE("a backup that fails leaves nothing behind") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db");
  fill(*database, 5000);
  struct Stop {};
  CHECK_THROWS_AS(database->backup(scratch / "copy.db", [](double) { throw Stop{}; }), Stop);
  CHECK_FALSE(std::filesystem::exists(scratch / "copy.db"));
  CHECK_FALSE(std::filesystem::exists(scratch / "copy.db.part"));
  CHECK_THROWS_AS(database->backup(scratch / "no-such-folder" / "copy.db"), Error);
  CHECK(rows(database->backup(scratch / "copy.db"), "mark") == 5000);
}
