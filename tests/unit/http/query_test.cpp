#include "kernel/http/query.hpp"

#include <doctest/doctest.h>

#include "kernel/http/problem.hpp"

using namespace eschool::http;

namespace {

std::string code_of(const ProblemError& error) { return error.problem.code; }

}  // namespace

TEST_CASE("query strings") {
  const Query query("q=%D1%91%D0%BB%D0%BA%D0%B8%D0%BD+%2B&limit=50&tag=a&tag=b&&empty=&flag&sign=a=b");
  CHECK(query.first("q") == "ёлкин +");
  CHECK(query.integer("limit") == 50);
  CHECK(query.all("tag") == std::vector<std::string_view>{"a", "b"});
  CHECK(query.first("empty") == "");
  CHECK(query.has("flag"));
  CHECK_FALSE(query.has("none"));
  CHECK_FALSE(query.integer("none"));
  CHECK(query.text("none", "x") == "x");
  CHECK(query.first("sign") == "a=b");
  CHECK(query.items().size() == 7);
  CHECK(Query("").items().empty());
}

TEST_CASE("bad query strings") {
  for (const char* raw : {"a=%", "a=%zz", "%FF=1", "a=%C3", "a=%00"}) {
    CAPTURE(raw);
    try {
      const Query query(raw);
      FAIL("accepted");
    } catch (const ProblemError& error) {
      CHECK(error.problem.status == 400);
      CHECK(code_of(error) == "bad_query");
    }
  }
  for (const char* raw : {"n=", "n=5x", "n= 5", "n=99999999999999999999", "n=1.0"}) {
    CAPTURE(raw);
    const Query query(raw);
    CHECK_THROWS_AS(query.integer("n"), ProblemError);
  }
}
