#include "kernel/storage/postgres_sql.hpp"

#include <doctest/doctest.h>

using eschool::storage::to_postgres;

TEST_CASE("question marks become numbers, except where they are text") {
  CHECK(to_postgres("SELECT ? + ?").text == "SELECT $1 + $2");
  CHECK(to_postgres("SELECT ? + ?").parameters == 2);
  const char* quoted = "SELECT '?', 'it''s ?', \"a?\", /* ? */ x -- ?\n";
  CHECK(to_postgres(quoted).text == quoted);
  CHECK(to_postgres(quoted).parameters == 0);
  CHECK(to_postgres("SELECT 'a' || ? || '?' || ?").text == "SELECT 'a' || $1 || '?' || $2");
  CHECK(to_postgres("SELECT 'ёж', ?").text == "SELECT 'ёж', $1");
  CHECK(to_postgres("SELECT '?").text == "SELECT '?");  // the server tells what is wrong with it
}

TEST_CASE("nothing to run is seen") {
  for (const char* sql : {"", "  ", " ; ", "-- only a word\n", "/* SELECT */;"}) CHECK(to_postgres(sql).blank);
  for (const char* sql : {"SELECT 1", "'a'", "?", "1"}) CHECK_FALSE(to_postgres(sql).blank);
}

TEST_CASE("a query is told from what changes something") {
  for (const char* sql : {"SELECT 1", " select n FROM mark", "(SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a",
                          "VALUES (1)", "SELECT 'DELETE', \"update\", updated_at FROM mark -- INSERT"})
    CHECK_MESSAGE(to_postgres(sql).read_only, sql);
  for (const char* sql : {"INSERT INTO mark VALUES (1)", "WITH a AS (DELETE FROM mark RETURNING n) SELECT * FROM a",
                          "SELECT n INTO copy FROM mark", "SELECT n FROM mark FOR UPDATE", "BEGIN",
                          "EXPLAIN ANALYZE DELETE FROM mark", "SELECT nextval('a')"})
    CHECK_FALSE_MESSAGE(to_postgres(sql).read_only, sql);
}
