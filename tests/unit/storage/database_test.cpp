#include "kernel/storage/database.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "scratch.hpp"

using namespace eschool::storage;

namespace {

void create(Database& database) {
  database.write([](Session& session) {
    session.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, text TEXT) STRICT");
  });
}

void insert(Session& session, std::int64_t n) { session.execute("INSERT INTO mark (n) VALUES (?)", {n}); }

/// Holds the writer so that a batch gathers behind it.
class Gate {
 public:
  explicit Gate(Database& database) {
    database.submit(
        [this](Session&) {
          std::unique_lock lock(mutex_);
          changed_.wait(lock, [this] { return open_; });
        },
        {});
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

}  // namespace

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

TEST_CASE("a body that throws is rolled back alone") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db");
  create(*database);
  Gate gate(*database);
  std::atomic<int> good{0}, bad{0};
  for (int i = 0; i < 10; ++i)
    database->submit(
        [i](Session& session) {
          insert(session, i);
          if (i % 2) throw std::runtime_error("no");
        },
        [&](std::exception_ptr error) { ++(error ? bad : good); });
  gate.open();
  database->write([](Session&) {});
  CHECK(good == 5);
  CHECK(bad == 5);
  CHECK(database->read()->integer("SELECT sum(n) FROM mark") == 0 + 2 + 4 + 6 + 8);
  CHECK_THROWS_WITH_AS(database->write([](Session&) { throw std::runtime_error("reason"); }), "reason",
                       std::runtime_error);
}

TEST_CASE("many readers and writers; many bodies share a commit") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db");
  create(*database);
  const auto before = database->figures();
  constexpr int writers = 64, each = 20;
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      while (!stop) {
        const auto read = database->read();
        const ReadTransaction moment(*read);
        const auto first = read->integer("SELECT count(*) FROM mark");
        // Each body writes two rows: one of them alone must never be seen.
        if (first % 2 || first != read->integer("SELECT count(*) FROM mark")) ++torn;
      }
    });
  std::vector<std::thread> writing;
  for (int i = 0; i < writers; ++i)
    writing.emplace_back([&] {
      for (int k = 0; k < each; ++k)
        database->write([&](Session& session) {
          insert(session, k);
          insert(session, -k);
        });
    });
  for (auto& thread : writing) thread.join();
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(torn == 0);
  CHECK(database->read()->integer("SELECT count(*) FROM mark") == 2 * writers * each);
  const auto after = database->figures();
  CHECK(after.bodies - before.bodies == writers * each);
#ifdef __SANITIZE_THREAD__
  constexpr int shared = 2;  // the threads are slowed down more than the disk: fewer wait for one commit
#else
  constexpr int shared = 4;
#endif
  CHECK(after.commits - before.commits < writers * each / shared);
}

TEST_CASE("the queue is bounded, and waiting on the writer's own thread is refused") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db", {.queue = 3});
  Gate gate(*database);
  std::atomic<int> ran{0};
  bool refused = false;
  int accepted = 0;
  while (!refused && accepted < 10) {
    try {
      database->submit([&](Session&) { ++ran; }, {});
      ++accepted;
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::busy);
      refused = true;
    }
  }
  CHECK(refused);
  CHECK(accepted <= 3);
  gate.open();
  while (ran < accepted) std::this_thread::yield();
  CHECK_THROWS_AS(database->write([&](Session&) { database->write([](Session&) {}); }), std::logic_error);
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

TEST_CASE("a body cannot end the transaction of the others unnoticed") {
  const Scratch scratch;
  const auto database = Database::open(scratch / "school.db");
  create(*database);
  Gate gate(*database);
  std::atomic<int> failed{0}, fine{0};
  const auto count = [&](std::exception_ptr error) { ++(error ? failed : fine); };
  database->submit([](Session& session) { insert(session, 1); }, count);
  database->submit([](Session& session) { session.execute("ROLLBACK"); }, count);
  database->submit([](Session& session) { insert(session, 1); }, count);
  gate.open();
  database->write([](Session&) {});
  CHECK(failed == 2);
  CHECK(fine == 1);
  CHECK(database->read()->integer("SELECT count(*) FROM mark") == 1);
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
