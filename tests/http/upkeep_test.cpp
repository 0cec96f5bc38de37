// What the school's IT does in a browser: takes a backup, tries to bring it back, sees jobs and the state of the
// server.
#include <doctest/doctest.h>

#include <set>

#include "imports.hpp"
#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

TEST_CASE("a backup is taken, tried and told of; nobody but who looks after backups may") {
  Installation own;
  own.own_settings({}, {}, "backup {\n  folder " + (own.data() / "shelf").string() + "\n  at 00:00\n}\n");
  own.fill();
  own.start();
  const auto it = own.as("sysadmin");
  const auto taken = finished(it, it.post("/api/v1/backups", "{}"));
  REQUIRE_MESSAGE(taken.at("state").as_string() == "done", json::serialize(taken));
  const std::string name(taken.at("result").at("name").as_string());
  const auto shelf = it.get("/api/v1/backups").json();
  CHECK(shelf.at("scheduled").as_bool());
  bool listed = false;
  for (const auto& item : shelf.at("items").as_array()) listed |= item.at("name").as_string() == name;
  CHECK(listed);

  const auto tried = finished(it, it.post("/api/v1/backups/drill", R"({"name":")" + name + "\"}"));
  REQUIRE_MESSAGE(tried.at("state").as_string() == "done", json::serialize(tried));
  CHECK(tried.at("result").at("ok").as_bool());
  CHECK(tried.at("result").at("history").at("ok").as_bool());
  // A name is no path.
  CHECK(it.post("/api/v1/backups/drill", R"({"name":"../../schools/test/school.db"})").status == 404);

  const auto jobs = it.get("/api/v1/jobs").json();
  std::set<std::string> kinds;
  for (const auto& item : jobs.at("items").as_array()) {
    kinds.insert(std::string(item.at("kind").as_string()));
    CHECK_FALSE(item.as_object().contains("result"));
  }
  CHECK(kinds.contains("backup"));
  CHECK(kinds.contains("backup.drill"));
  const auto state = it.get("/api/v1/system").json();
  CHECK(state.at("memory_bytes").as_int64() > 0);
  CHECK(state.at("history_entries").as_int64() > 0);
  for (const auto* role : {"director", "deputy", "teacher", "guardian", "operator", "hr"}) {
    const auto other = own.as(role);
    CHECK(other.get("/api/v1/backups").status == 403);
    CHECK(other.post("/api/v1/backups", "{}").status == 403);
    CHECK(other.get("/api/v1/jobs").status == 403);
    CHECK(other.get("/api/v1/system").status == 403);
  }
}

TEST_CASE("without a folder for them nothing is promised") {
  const auto it = shared_installation().as("sysadmin");
  CHECK_FALSE(it.get("/api/v1/backups").json().at("scheduled").as_bool());
  CHECK(it.post("/api/v1/backups", "{}").code() == "no_schedule");
}
