// Two server processes on one PostgreSQL database: what one does, the other knows.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "cluster.hpp"
#include "event_reader.hpp"
#include "installation.hpp"
#include "place.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

/// Two nodes behind an imagined proxy.
struct Nodes {
  Installation first;
  Installation second;
  Nodes() : second((first.fill(), SameDatabase{}), first) {
    first.start();
    second.start();
  }
};

/// Whether it becomes true within the second that the design allows, or somewhat later on a busy machine.
bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 50; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(100ms);
  }
  return false;
}

std::int64_t account_of(const Client& administrator, const std::string& role) {
  const auto accounts = administrator.get("/api/v1/accounts?limit=500").json();
  for (const auto& item : accounts.at("items").as_array())
    if (item.at("login").as_string() == login_of(role)) return item.at("id").as_int64();
  return 0;
}

}  // namespace

TEST_CASE("both write at once: nothing acknowledged is lost, and the history is one chain") {
  Nodes nodes;
  std::atomic<int> accepted{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&, i] {
      const auto client = (i % 2 ? nodes.first : nodes.second).as("operator");
      for (int n = 0; n < 25; ++n)
        if (client.post("/api/v1/records/school.room", fmt::format(R"({{"number":"{}-{}"}})", i, n)).status == 201)
          ++accepted;
    });
  for (auto& client : clients) client.join();
  CHECK(accepted == 100);
  for (const auto* node : {&nodes.first, &nodes.second})
    CHECK(node->as("director").ids("school.room", "number ~ '-'").size() == 100);
  const auto verified = nodes.first.run({"audit", "verify", "--json"});
  CHECK_MESSAGE(verified.code == 0, verified.out << verified.error);
}

TEST_CASE("a write at one node is told at the other") {
  Nodes nodes;
  EventReader events(nodes.second.as("director"));
  const auto made = nodes.first.as("operator").post("/api/v1/records/school.room", R"({"number":"901"})");
  REQUIRE(made.status == 201);
  const auto event = events.next();
  REQUIRE(event);
  CHECK(event->name == "record");
  CHECK(json::parse(event->data).at("id") == made.json().at("id"));
}

TEST_CASE("what a node hears with comes back after it was cut off") {
  Nodes nodes;
  EventReader events(nodes.second.as("director"));
  shared_cluster().run_sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()");
  const auto operating = nodes.first.as("operator");
  REQUIRE(operating.post("/api/v1/records/school.room", R"({"number":"901"})").status == 201);
  CHECK(events.next());
  // The notice itself again, and not only the look of every second.
  std::this_thread::sleep_for(1500ms);
  while (events.next(100ms)) {
  }
  REQUIRE(operating.post("/api/v1/records/school.room", R"({"number":"902"})").status == 201);
  CHECK(events.next());
}

TEST_CASE("a role ended at one node opens nothing at the other") {
  Nodes nodes;
  const auto administrator = nodes.first.as("administrator");
  const auto teacher = nodes.second.as("teacher");
  const auto students = "/api/v1/records/people.student";
  CHECK(teacher.get(students).status == 200);
  const auto account = account_of(administrator, "teacher");
  const auto grants = administrator.get(fmt::format("/api/v1/accounts/{}/grants", account)).json();
  for (const auto& grant : grants.at("items").as_array())
    REQUIRE(administrator.remove(fmt::format("/api/v1/grants/{}", grant.at("id").as_int64())).status < 300);
  CHECK(soon([&] { return teacher.get(students).status == 403; }));
}

TEST_CASE("a session ended at one node is over at the other") {
  Nodes nodes;
  const auto here = nodes.first.as("deputy");
  const auto there = nodes.second.as("deputy");
  CHECK(there.get("/api/v1/session").status == 200);
  EventReader events(there);
  REQUIRE(here.remove("/api/v1/session/list").status < 300);
  CHECK(soon([&] { return there.get("/api/v1/session").status == 401; }));
  CHECK(events.ends());
}

TEST_CASE("a plugin switched off at one node is off at the other") {
  Nodes nodes;
  const auto administrator = nodes.first.as("administrator");
  const auto listed = administrator.get("/api/v1/plugins").json();
  std::string optional;
  for (const auto& plugin : listed.at("items").as_array())
    if (!plugin.at("required").as_bool()) optional = std::string(plugin.at("id").as_string());
  if (optional.empty()) {
    // All plugins of this installation are required: one cannot be switched, and the counter is what stands for it.
    MESSAGE("no optional plugin is installed");
    return;
  }
  const auto other = nodes.second.as("administrator");
  const auto enabled = [&] {
    const auto plugins = other.get("/api/v1/plugins").json();
    for (const auto& plugin : plugins.at("items").as_array())
      if (plugin.at("id").as_string() == optional) return plugin.at("enabled").as_bool();
    return false;
  };
  REQUIRE(administrator.put("/api/v1/plugins/" + optional, R"({"enabled":false})").status == 200);
  CHECK(soon([&] { return !enabled(); }));
  REQUIRE(administrator.put("/api/v1/plugins/" + optional, R"({"enabled":true})").status == 200);
  CHECK(soon(enabled));
}
