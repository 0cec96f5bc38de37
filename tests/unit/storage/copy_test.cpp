#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "cluster.hpp"
#include "kernel/storage/database.hpp"
#include "place.hpp"

using namespace eschool::storage;
using eschool::test::Place;

namespace {

/// What a table's row is, in the words of neither engine.
std::string content(Database& database) {
  std::string text;
  const auto read = database.read();
  for (const char* sql : {"SELECT id, n, r, t FROM mark ORDER BY id", "SELECT a, b, mark FROM pair ORDER BY a, b",
                          "SELECT n FROM keyless ORDER BY n IS NOT NULL, n"}) {
    auto row = read->prepare(sql);
    while (row.step()) {
      for (int i = 0; i < row.columns(); ++i)
        text += row.null(i)                       ? std::string("-|")
                : row.kind(i) == ColumnKind::real ? std::to_string(row.real(i)) + '|'
                                                  : std::string(row.text(i)) + '|';
      text += '\n';
    }
  }
  return text;
}

void fill(Database& database) {
  database.write([](Session& session) {
    session.define("CREATE TABLE mark (id {id}, n {integer} NOT NULL DEFAULT 3, r {real}, t {text} UNIQUE) {strict}");
    session.define(
        "CREATE TABLE pair (a {text} NOT NULL, b {integer} NOT NULL, mark {integer} REFERENCES mark (id), PRIMARY KEY"
        " (a, b)) {strict}");
    session.define("CREATE TABLE keyless (n {integer}) {strict}");
    session.execute("CREATE UNIQUE INDEX one ON pair (mark DESC, a) WHERE b = 0");
    session.execute("CREATE INDEX \"odd \"\"name\" ON mark (r)");
    const auto big = std::numeric_limits<std::int64_t>::max();
    session.execute("INSERT INTO mark (id, n, r, t) VALUES (?, ?, ?, ?)",
                    {std::int64_t{10}, big, 0.1, std::string("Ёлкина «5А»\n'\"\\")});
    session.execute("INSERT INTO mark (id, n, r, t) VALUES (?, ?, ?, ?)", {std::int64_t{20}, -big, 1e-300, Value()});
    session.execute("INSERT INTO mark (id, t) VALUES (30, '')");
    for (int i = 0; i < 11000; ++i)  // more than are held in memory at once
      session.execute("INSERT INTO pair (a, b, mark) VALUES (?, ?, ?)",
                      {std::string(i % 2 ? "б" : "Я"), std::int64_t{i}, i % 3 ? Value(std::int64_t{10}) : Value()});
    session.execute("INSERT INTO keyless (n) VALUES (2), (NULL), (1), (2)");
  });
}

}  // namespace

TEST_CASE("a school goes to the other engine and comes back the same") {
  const Place place;
  const Location file(place / "school.db"), back(place / "back.db");
  const Location schema(eschool::test::shared_cluster().connection(), "copy-there");
  std::string before;
  {
    const auto database = Database::open(file);
    fill(*database);
    before = content(*database);
    CHECK_THROWS_AS(Database::copy(file, schema), Error);  // it is open
  }
  double last = 0;
  const auto counts = Database::copy(file, schema, [&](double progress) { last = progress; });
  REQUIRE(counts.size() == 3);
  CHECK(counts[2].rows == 11000);
  CHECK(last == 1.0);
  {
    const auto there = Database::open(schema);
    CHECK(content(*there) == before);
    const auto attempt = [&](const char* sql) { there->write([&](Session& session) { session.execute(sql); }); };
    CHECK_THROWS_AS(attempt("INSERT INTO mark (id, t) VALUES (77, '')"), Error);  // unique
    CHECK_THROWS_AS(attempt("INSERT INTO pair VALUES ('x', 1, 999)"), Error);     // reference
    CHECK_THROWS_AS(attempt("INSERT INTO pair VALUES ('Я', 2, 10)"), Error);      // key
    CHECK_THROWS_AS(attempt("INSERT INTO pair VALUES ('Я', NULL, 10)"), Error);   // not null
    attempt("INSERT INTO pair VALUES ('x', 0, 10)");
    CHECK_THROWS_AS(attempt("UPDATE pair SET b = 0 WHERE a = 'x' OR (a = 'Я' AND b = 2)"), Error);  // partial index
    attempt("DELETE FROM pair WHERE a = 'x'");
    attempt("INSERT INTO mark (t) VALUES ('next')");
    CHECK(there->read()->integer("SELECT id FROM mark WHERE t = 'next'") == 31);
    CHECK(there->read()->integer("SELECT n FROM mark WHERE t = 'next'") == 3);
    attempt("DELETE FROM mark WHERE t = 'next'");
    CHECK_THROWS_AS(Database::copy(schema, back), Error);  // it is open
  }
  Database::copy(schema, back);
  CHECK(content(*Database::open(back)) == before);
  CHECK_THROWS_AS(Database::copy(schema, back), Error);  // it is there
}

TEST_CASE("what cannot be carried over is told, and nothing is left behind") {
  const Place place;
  const Location file(place / "school.db");
  const Location schema(eschool::test::shared_cluster().connection(), "copy-fails");
  const auto fails = [&](const char* create, const char* insert) {
    std::filesystem::remove(place / "school.db");
    {
      const auto database = Database::open(file);
      database->write([&](Session& session) {
        session.execute(create);
        session.execute(insert);
      });
    }
    CHECK_THROWS_AS(Database::copy(file, schema), Error);
    CHECK(Database::open(schema)->read()->integer(
              "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND"
              " n.nspname LIKE 'copy-fails%'") == 0);
  };
  fails("CREATE TABLE loose (n INTEGER)", "INSERT INTO loose VALUES ('word')");
  fails("CREATE TABLE zero (t TEXT) STRICT", "INSERT INTO zero VALUES ('a' || char(0) || 'b')");
  fails("CREATE TABLE other (b BLOB) STRICT", "INSERT INTO other VALUES (x'00')");
}
