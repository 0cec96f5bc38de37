// The second belt under a working installation: that reading requests wear it, and that its state is told.
#include <doctest/doctest.h>

#include "cluster.hpp"
#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

std::string state_of(const Installation& own) {
  const auto ready = own.client().get("/readyz");
  CHECK(ready.status == 200);
  for (const char* code : {"row_guard_off", "row_guard_loose"})
    if (ready.body.find(code) != std::string::npos) {
      CHECK(own.run({"status", "--json"}).out.find(code) != std::string::npos);
      return code;
    }
  return std::string(ready.json().at("status").as_string());
}

}  // namespace

TEST_CASE("reading requests see what the policies let through, and a belt that is not whole is told") {
  Cluster cluster;
  const auto sql = [&](const std::string& text) { cluster.run_sql("postgres", text); };
  Installation own;
  own.set("ESCHOOL_STORAGE_ENGINE=postgresql");
  own.set("ESCHOOL_STORAGE_CONNECTION=" + cluster.connection());
  own.fill();
  own.start();
  CHECK(state_of(own) == "ready");
  auto director = own.as("director");
  const auto students = director.ids("people.student").size();
  const auto first = director.first("people.student");
  const auto exported = [&] { return director.get("/api/v1/records/people.student/export?format=csv").body.size(); };
  const auto whole = exported();
  CHECK(students > 10);

  // No right of the director has changed; only the belt has.
  sql("DROP POLICY es_row_guard ON eschool_test.people_student");
  CHECK(director.ids("people.student").empty());
  CHECK(director.get("/api/v1/records/people.student/" + std::to_string(first)).status == 404);
  CHECK(exported() < whole / 4);
  CHECK(director.ids("people.employee").size() > 3);
  // The writer and the command line work as the owner.
  CHECK(own.run({"export", "people.student", (own.data() / "all.csv").string()}).code == 0);
  CHECK(std::filesystem::file_size(own.data() / "all.csv") > whole / 2);

  const auto restart = [&] {
    own.stop();
    own.start();
    director = own.as("director");
    CHECK(director.ids("people.student").size() == students);
  };
  restart();
  CHECK(state_of(own) == "ready");
  sql("GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC");
  restart();
  CHECK(state_of(own) == "row_guard_loose");
  sql("ALTER ROLE eschool_test_reader BYPASSRLS");
  restart();
  CHECK(state_of(own) == "row_guard_off");
}
