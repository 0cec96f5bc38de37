#include "kernel/storage/session.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "kernel/storage/database.hpp"
#include "place.hpp"

using namespace eschool::storage;

namespace {

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::other;
}

struct Fixture {
  eschool::test::Place place;
  std::unique_ptr<Database> database = Database::open(place.database(), {.statement_cache = 4});

  Fixture() {
    database->write([](Session& session) {
      session.define("CREATE TABLE mark (id {id}, n {integer}, r {real}, t {text} UNIQUE) {strict}");
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "values come back as they went in") {
  const auto big = std::numeric_limits<std::int64_t>::max() - 6;  // SOCI's row would cut it to 32 bits
  database->write([&](Session& session) {
    CHECK(session.writable());
    CHECK(session.execute("INSERT INTO mark (id, n, r, t) VALUES (?, ?, ?, ?)",
                          {std::int64_t{1}, big, 0.5, std::string("Ёлкина Алёна «5А»")}) == 1);
    CHECK(session.execute("INSERT INTO mark (id, t) VALUES (?, ?)", {std::int64_t{2}, std::string()}) == 1);
    CHECK(session.execute("UPDATE mark SET r = 1 WHERE id > 7") == 0);
    CHECK(session.execute("CREATE TABLE other (id INTEGER)") == 0);
  });
  const auto read = database->read();
  auto row = read->prepare("SELECT n, r, t, n - 1 FROM mark ORDER BY id");
  CHECK(row.columns() == 4);
  REQUIRE(row.step());
  CHECK(row.integer(0) == big);
  CHECK(row.integer(3) == big - 1);
  CHECK(row.real(1) == 0.5);
  CHECK(row.text(2) == "Ёлкина Алёна «5А»");
  CHECK(row.text(0) == std::to_string(big));
  REQUIRE(row.step());
  CHECK(row.null(0));
  CHECK(row.text(0).empty());
  CHECK_FALSE(row.null(2));
  CHECK(row.text(2).empty());
  CHECK_FALSE(row.step());
  CHECK_FALSE(row.step());  // the end stays the end
  CHECK(read->integer("SELECT n FROM mark WHERE id = ?", {std::int64_t{2}}, -1) == -1);
  CHECK(read->text("SELECT t FROM mark WHERE id = ?", {std::int64_t{9}}, "нет") == "нет");
}

TEST_CASE_FIXTURE(Fixture, "a statement is bound anew after its end, not between rows") {
  database->write([](Session& session) {
    auto insert = session.prepare("INSERT INTO mark (n) VALUES (?)");
    for (int i = 0; i < 5; ++i) {
      insert.bind(1, i);
      insert.step();
    }
  });
  const auto read = database->read();
  auto row = read->prepare("SELECT n FROM mark WHERE n > ? ORDER BY n");
  row.bind(1, 1);
  REQUIRE(row.step());
  CHECK(row.integer(0) == 2);
  CHECK_THROWS_AS(row.bind(1, 3), Error);
  row.reset();
  row.bind(1, 3);
  REQUIRE(row.step());
  CHECK(row.integer(0) == 4);
}

TEST_CASE_FIXTURE(Fixture, "leases of one text nest, and a lease leaves nothing behind") {
  database->write([](Session& session) {
    for (int i = 1; i <= 3; ++i) session.execute("INSERT INTO mark (n) VALUES (?)", {std::int64_t{i}});
  });
  const auto read = database->read();
  const char* sql = "SELECT n FROM mark WHERE n >= coalesce(?, 2) ORDER BY n";
  std::string seen;
  {
    auto outer = read->prepare(sql);
    outer.bind(1, 1);
    while (outer.step()) {
      auto inner = read->prepare(sql);
      inner.bind(1, outer.integer(0));
      while (inner.step()) seen += std::to_string(inner.integer(0));
      seen += ' ';
    }
  }
  CHECK(seen == "123 23 3 ");
  auto again = read->prepare(sql);  // the binding of the first lease is gone
  REQUIRE(again.step());
  CHECK(again.integer(0) == 2);
}

TEST_CASE_FIXTURE(Fixture, "the cache is bounded and survives more texts than it holds") {
  const auto read = database->read();
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 20; ++i) CHECK(read->integer("SELECT " + std::to_string(i)) == i);
  std::vector<Statement> held;  // more leases at once than the cache holds
  for (int i = 0; i < 10; ++i) held.push_back(read->prepare("SELECT 100 + " + std::to_string(i)));
  for (int i = 0; i < 10; ++i) {
    REQUIRE(held[static_cast<std::size_t>(i)].step());
    CHECK(held[static_cast<std::size_t>(i)].integer(0) == 100 + i);
  }
}

TEST_CASE_FIXTURE(Fixture, "statements are counted when they run") {
  const auto read = database->read();
  const auto before = read->statements_run();
  auto row = read->prepare("SELECT 1 UNION ALL SELECT 2");
  CHECK(read->statements_run() == before);
  while (row.step()) {
  }
  CHECK(read->statements_run() == before + 1);
}

TEST_CASE_FIXTURE(Fixture, "a read session cannot write") {
  const auto read = database->read();
  CHECK_FALSE(read->writable());
  CHECK(kind_of([&] { read->execute("INSERT INTO mark (n) VALUES (1)"); }) == ErrorKind::read_only);
}

TEST_CASE_FIXTURE(Fixture, "a read transaction sees one moment") {
  const auto read = database->read();
  const auto insert = [&] {
    database->write([](Session& session) { session.execute("INSERT INTO mark (n) VALUES (1)"); });
  };
  {
    const ReadTransaction moment(*read);
    CHECK(read->integer("SELECT count(*) FROM mark") == 0);
    insert();
    const ReadTransaction nested(*read);
    CHECK(read->integer("SELECT count(*) FROM mark") == 0);
  }
  CHECK_FALSE(read->in_transaction());
  CHECK(read->integer("SELECT count(*) FROM mark") == 1);
}

TEST_CASE_FIXTURE(Fixture, "native errors have kinds") {
  const auto in_writer = [&](const char* sql) {
    return kind_of([&] { database->write([&](Session& session) { session.execute(sql); }); });
  };
  database->write([](Session& session) {
    session.execute("INSERT INTO mark (id, t) VALUES (1, 'a')");
    session.define("CREATE TABLE part (id {id}, mark {integer} NOT NULL REFERENCES mark(id))");
    session.define("CREATE TABLE late (mark {integer} REFERENCES mark(id) DEFERRABLE INITIALLY DEFERRED)");
  });
  CHECK(in_writer("INSERT INTO mark (t) VALUES ('a')") == ErrorKind::constraint_unique);
  CHECK(in_writer("INSERT INTO mark (id) VALUES (1)") == ErrorKind::constraint_unique);
  CHECK(in_writer("INSERT INTO part (mark) VALUES (99)") == ErrorKind::constraint_foreign);
  CHECK(in_writer("INSERT INTO late (mark) VALUES (99)") == ErrorKind::constraint_foreign);
  CHECK(in_writer("INSERT INTO part (mark) VALUES (NULL)") == ErrorKind::constraint_other);
  CHECK(in_writer("SELECT nothing FROM mark") == ErrorKind::other);
  CHECK(in_writer("SELECT \"nothing\" FROM mark") == ErrorKind::other);        // not the text constant 'nothing'
  CHECK(in_writer("DELETE FROM part; DELETE FROM mark") == ErrorKind::other);  // SOCI would drop the second
  CHECK(in_writer("  ") == ErrorKind::other);
  CHECK(database->read()->integer("SELECT count(*) FROM mark") == 1);
}

TEST_CASE_FIXTURE(Fixture, "savepoints roll back unless released") {
  database->write([](Session& session) {
    session.execute("INSERT INTO mark (n) VALUES (1)");
    {
      Savepoint outer(session);
      session.execute("INSERT INTO mark (n) VALUES (2)");
      {
        const Savepoint inner(session);
        session.execute("INSERT INTO mark (n) VALUES (3)");
      }
      outer.release();
    }
  });
  CHECK(database->read()->integer("SELECT sum(n) FROM mark") == 3);
}
