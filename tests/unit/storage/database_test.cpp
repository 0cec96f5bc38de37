#include "kernel/storage/database.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "marks.hpp"
#include "place.hpp"

using namespace eschool::storage;
using namespace eschool::storage::test;
using eschool::test::Place;

TEST_CASE("a body that throws is rolled back alone") {
  const Place place;
  const auto database = Database::open(place.database());
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

TEST_CASE("a reference that is broken at the end of a body fails it alone") {
  const Place place;
  const auto database = Database::open(place.database());
  create(*database);
  database->write([](Session& session) {
    session.define("CREATE TABLE late (mark {integer} REFERENCES mark (id) DEFERRABLE INITIALLY DEFERRED)");
  });
  Gate gate(*database);
  std::atomic<int> good{0}, bad{0};
  const auto note = [&](std::exception_ptr error) { ++(error ? bad : good); };
  database->submit([](Session& session) { insert(session, 1); }, note);
  database->submit([](Session& session) { session.execute("INSERT INTO late (mark) VALUES (99)"); }, note);
  database->submit(
      [](Session& session) {
        session.execute("INSERT INTO late (mark) VALUES (77)");  // broken meanwhile, whole at the end
        session.execute("INSERT INTO mark (id, n) VALUES (77, 0)");
      },
      note);
  gate.open();
  database->write([](Session&) {});
  CHECK(good == 2);
  CHECK(bad == 1);
  CHECK(database->read()->integer("SELECT count(*) FROM late") == 1);
}

TEST_CASE("many readers and writers; many bodies share a commit") {
  const Place place;
  const auto database = Database::open(place.database());
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
  const Place place;
  const auto database = Database::open(place.database(), {.queue = 3});
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

TEST_CASE("a body cannot end the transaction of the others unnoticed") {
  const Place place;
  const auto database = Database::open(place.database());
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

TEST_CASE("closing finishes what is queued") {
  const Place place;
  {
    const auto database = Database::open(place.database());
    create(*database);
    Gate gate(*database);
    for (int i = 0; i < 50; ++i) database->submit([i](Session& session) { insert(session, i); }, {});
    gate.open();
  }
  CHECK(Database::open(place.database())->read()->integer("SELECT count(*) FROM mark") == 50);
}

TEST_CASE("text is ordered by its bytes, whatever language the database is set to") {
  const Place place;
  const auto database = Database::open(place.database());
  database->write([](Session& session) {
    session.define("CREATE TABLE word (text {text} PRIMARY KEY) {strict}");
    for (const char* word : {"а", "Б", "в", "ё", "A", "b", "-a", "a"})
      session.execute("INSERT INTO word (text) VALUES (?)", {std::string(word)});
  });
  std::string order;
  const auto read = database->read();
  auto row = read->prepare("SELECT text FROM word WHERE text > ? ORDER BY coalesce(text, '')");
  row.bind(1, "-a");
  while (row.step()) order += std::string(row.text(0)) + ' ';
  CHECK(order == "A a b Б а в ё ");
}

TEST_CASE("a backup is one file, and gives back what was there") {
  const Place place;
  const auto location = place.database();
  {
    const auto database = Database::open(location);
    create(*database);
    database->write([](Session& session) {
      session.define("CREATE TABLE part (id {id}, mark {integer} REFERENCES mark (id), r {real} DEFAULT 0, t {text})");
      session.execute("CREATE UNIQUE INDEX part_t ON part (t, mark DESC) WHERE r = 0");
      for (int i = 1; i <= 12000; ++i) insert(session, i);
      session.execute(
          "INSERT INTO part (mark, r, t) VALUES (7, 0.1, 'Ёлкина «5А»'), (NULL, 1e300, ''), (8, -0.5, NULL)");
    });
    const auto counts = database->backup(place / "copy.db");
    REQUIRE(counts.size() == 2);
    CHECK(counts[0].rows == 12000);
    CHECK_THROWS_AS(Database::restore(place / "copy.db", location), Error);  // it is open
    database->write([](Session& session) { session.execute("DELETE FROM part"); });
  }
  CHECK(Database::restore(place / "copy.db", location).at(1).rows == 3);
  const auto database = Database::open(location);
  {
    const auto read = database->read();
    CHECK(read->text("SELECT t FROM part WHERE mark = 7") == "Ёлкина «5А»");
    CHECK(read->integer("SELECT count(*) FROM part WHERE r = 1e300 AND t = ''") == 1);
    CHECK(read->integer("SELECT sum(n) FROM mark") == 12000 * 12001 / 2);
  }
  const auto attempt = [&](const char* sql) { database->write([&](Session& session) { session.execute(sql); }); };
  attempt("INSERT INTO mark (n) VALUES (1)");  // the next number is free
  CHECK_THROWS_AS(attempt("INSERT INTO part (mark) VALUES (99999)"), Error);
  attempt("INSERT INTO part (mark, t) VALUES (1, 'a'), (1, 'b')");
  CHECK_THROWS_AS(attempt("INSERT INTO part (mark, t) VALUES (1, 'a')"), Error);
  attempt("INSERT INTO part (mark, t, r) VALUES (1, 'a', 1)");
}
