// What is of SQLite alone: its file, its WAL, its lock.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "kernel/storage/database.hpp"
#include "marks.hpp"
#include "place.hpp"

using namespace eschool::storage;
using namespace eschool::storage::test;
using Scratch = eschool::test::Place;

TEST_CASE("the rules of the file hold on every connection") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  const auto database = Database::open(file);
  const auto check = [](Session& session, const char* query_only) {
    CHECK(session.text("PRAGMA journal_mode") == "wal");
    CHECK(session.text("PRAGMA synchronous") == "2");
    CHECK(session.text("PRAGMA foreign_keys") == "1");
    CHECK(session.text("PRAGMA wal_autocheckpoint") == "0");
    CHECK(session.text("PRAGMA mmap_size") == "0");
    CHECK(session.text("PRAGMA busy_timeout") == "5000");
    CHECK(session.text("PRAGMA query_only") == query_only);
  };
  database->write([&](Session& session) { check(session, "0"); });
  check(*database->read(), "1");
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat status {};
    REQUIRE(::stat((file.string() + suffix).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("closing finishes what is queued and leaves no WAL") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  {
    const auto database = Database::open(file);
    create(*database);
    Gate gate(*database);
    for (int i = 0; i < 50; ++i) database->submit([i](Session& session) { insert(session, i); }, {});
    gate.open();
  }
  CHECK_FALSE(std::filesystem::exists(file.string() + "-wal"));
  CHECK(Database::open(file)->read()->integer("SELECT count(*) FROM mark") == 50);
}

TEST_CASE("the WAL is checkpointed when it has grown and when nobody writes") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  const auto database = Database::open(file);
  create(*database);
  const std::string page(3000, 'x');
  for (int i = 0; i < 20; ++i)
    database->write([&](Session& session) {
      for (int k = 0; k < 1000; ++k) session.execute("INSERT INTO mark (n, text) VALUES (1, ?)", {page});
    });
  CHECK(database->figures().checkpoints >= 3);
  // 20,000 pages were written; the file starts anew after each checkpoint instead of keeping them all.
  CHECK(std::filesystem::file_size(file.string() + "-wal") < 10000 * 4096);
  const auto before = database->figures().checkpoints;
  database->write([](Session& session) { insert(session, 1); });
  for (int i = 0; i < 100 && database->figures().checkpoints == before; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(database->figures().checkpoints > before);
}

TEST_CASE("a full disk is told as such and recovers") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db");
  create(*database);
  const auto fill = [](Session& session) {
    for (int i = 0; i < 1000; ++i)
      session.execute("INSERT INTO mark (n, text) VALUES (1, ?)", {std::string(1000, 'x')});
  };
  database->write([](Session& session) { session.text("PRAGMA max_page_count=20"); });
  Gate gate(*database);
  std::vector<ErrorKind> kinds;
  const auto note = [&](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const Error& caught) {
      kinds.push_back(caught.kind());
    }
  };
  std::atomic<int> small{0};
  for (int i = 0; i < 3; ++i) {
    database->submit([](Session& session) { insert(session, 7); }, [&](std::exception_ptr error) { small += !error; });
    database->submit(fill, note);
  }
  gate.open();
  database->write([](Session&) {});
  CHECK(kinds == std::vector<ErrorKind>(3, ErrorKind::full));
  // Whoever was told "written" has its row, and nobody else.
  CHECK(database->read()->integer("SELECT count(*) FROM mark") == small);
  database->write([](Session& session) { session.text("PRAGMA max_page_count=1000000"); });
  database->write(fill);
  CHECK(database->read()->integer("SELECT count(*) FROM mark") == small + 1000);
}

TEST_CASE("a second opener is refused by name, in this process and in another") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto database = Database::open(file);
    ::pause();
    ::_exit(0);
  }
  const auto pid = std::to_string(child);
  std::string message;
  for (int i = 0; i < 200 && message.find(pid) == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (!std::filesystem::exists(file.string() + "-wal")) continue;  // the child is not that far yet
    try {
      Database::open(file);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::busy);
      message = error.what();
    }
  }
  CHECK(message.find(pid) != std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const auto database = Database::open(file);  // the lock died with its holder
  CHECK_THROWS_AS(Database::open(file), Error);
}

TEST_CASE("what was acknowledged survives kill -9") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  create(*Database::open(file));
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 5; ++round) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const auto database = Database::open(file);
      for (;;)
        database->submit([](Session& session) { insert(session, 1); },
                         [&](std::exception_ptr error) {
                           if (!error && ::write(pipe[1], "x", 1) != 1) ::_exit(1);
                         });
    }
    ::close(pipe[1]);
    char byte;
    for (int i = 0; i < 300 + 70 * round && ::read(pipe[0], &byte, 1) == 1; ++i) ++acknowledged;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(pipe[0], &byte, 1) == 1) ++acknowledged;
    ::close(pipe[0]);
    const auto database = Database::open(file);
    const auto read = database->read();
    CHECK(read->text("PRAGMA integrity_check") == "ok");
    CHECK(read->integer("SELECT count(*) FROM mark") >= acknowledged);
  }
}

TEST_CASE("what is no database is told when it is opened") {
  const Scratch scratch;
  const auto file = scratch / "school.db";
  {
    std::FILE* out = std::fopen(file.c_str(), "w");
    REQUIRE(out);
    for (int i = 0; i < 1000; ++i) std::fputs("not a database ", out);
    std::fclose(out);
  }
  try {
    Database::open(file);
    FAIL("opened");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::corrupt);
  }
  CHECK_THROWS_AS(Database::open(scratch / "no-such-folder" / "school.db"), Error);
}
