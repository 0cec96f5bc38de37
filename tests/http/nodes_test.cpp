// Two server processes on one PostgreSQL database: what one does, the other knows.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "cluster.hpp"
#include "event_reader.hpp"
#include "installation.hpp"
#include "worker_plugin.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

/// Two nodes behind an imagined proxy.
struct Nodes {
  Installation first;
  Installation second;
  Nodes() : second((prepare(first), SameDatabase{}), first) {
    first.start();
    second.start();
  }
  static void prepare(Installation& installation) {
    add_worker_plugin(installation);
    installation.fill();
  }
};

/// The tests change different things of them.
Nodes& shared_nodes() {
  static Nodes nodes;
  return nodes;
}

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
  auto& nodes = shared_nodes();
  std::atomic<int> accepted{0};
  std::vector<std::thread> clients;
  const std::array<Client, 2> operating{nodes.first.as("operator"), nodes.second.as("operator")};
  for (unsigned i = 0; i < 4; ++i)
    clients.emplace_back([&, i] {
      const auto client = operating[i % 2];
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
  auto& nodes = shared_nodes();
  EventReader events(nodes.second.as("director"));
  const auto made = nodes.first.as("operator").post("/api/v1/records/school.room", R"({"number":"901"})");
  REQUIRE(made.status == 201);
  const auto event = events.next();
  REQUIRE(event);
  CHECK(event->name == "record");
  CHECK(json::parse(event->data).at("id") == made.json().at("id"));
}

TEST_CASE("what a node hears with comes back after it was cut off") {
  auto& nodes = shared_nodes();
  EventReader events(nodes.second.as("director"));
  shared_cluster().run_sql(
      "postgres",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()");
  const auto operating = nodes.first.as("operator");
  REQUIRE(operating.post("/api/v1/records/school.room", R"({"number":"911"})").status == 201);
  CHECK(events.next());
  // The notice itself again, and not only the look of every second.
  std::this_thread::sleep_for(1500ms);
  while (events.next(100ms)) {
  }
  REQUIRE(operating.post("/api/v1/records/school.room", R"({"number":"912"})").status == 201);
  CHECK(events.next());
}

TEST_CASE("a role ended at one node opens nothing at the other") {
  auto& nodes = shared_nodes();
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
  auto& nodes = shared_nodes();
  const auto here = nodes.first.as("deputy");
  const auto there = nodes.second.as("deputy");
  CHECK(there.get("/api/v1/session").status == 200);
  EventReader events(there);
  REQUIRE(here.remove("/api/v1/session/list").status < 300);
  CHECK(soon([&] { return there.get("/api/v1/session").status == 401; }));
  CHECK(events.ends());
}

TEST_CASE("a plugin switched off at one node is off at the other") {
  auto& nodes = shared_nodes();
  const auto administrator = nodes.first.as("administrator");
  const std::string optional = "worker";
  const auto other = nodes.second.as("administrator");
  const auto enabled = [&] {
    const auto plugins = other.get("/api/v1/plugins").json();
    for (const auto& plugin : plugins.at("items").as_array())
      if (plugin.at("id").as_string() == optional) return plugin.at("enabled").as_bool();
    return false;
  };
  REQUIRE(enabled());
  REQUIRE(other.get("/api/v1/records/worker.note").status == 200);
  REQUIRE(administrator.put("/api/v1/plugins/" + optional, R"({"enabled":false})").status == 200);
  CHECK(soon([&] { return !enabled(); }));
  CHECK(other.get("/api/v1/records/worker.note").status == 404);
  REQUIRE(administrator.put("/api/v1/plugins/" + optional, R"({"enabled":true})").status == 200);
  CHECK(soon(enabled));
}

TEST_CASE("a job of one node is seen and cancelled at the other, and lost with its node") {
  auto& nodes = shared_nodes();
  const auto here = nodes.first.as("administrator"), there = nodes.second.as("administrator");
  const auto start = [&] {
    const auto reply = here.post("/api/v1/worker/jobs/wait", "");
    REQUIRE_MESSAGE(reply.status == 202, reply.body);
    return "/api/v1/jobs/" + std::string(reply.json().at("job").as_string());
  };
  auto job = start();
  const auto state = [&](const Client& client) { return std::string(client.get(job).json().at("state").as_string()); };
  CHECK(there.get(job).status == 200);  // at once
  CHECK(soon([&] { return there.get(job).json().at("progress").as_double() > 0; }));
  CHECK(state(there) == "running");
  CHECK(nodes.second.as("operator").get(job).status == 404);
  CHECK(there.remove(job).status == 200);
  CHECK(soon([&] { return state(here) == "cancelled"; }));
  CHECK(soon([&] { return state(there) == "cancelled"; }));

  job = start();
  CHECK(soon([&] { return state(there) == "running"; }));
  nodes.first.kill();
  CHECK(state(there) == "running");  // it may only be slow to say so
  nodes.first.touch("UPDATE es_job SET seen_at = seen_at - 60");
  CHECK(state(there) == "failed");
  CHECK(there.get(job).json().at("problem").at("code") == "job_interrupted");
  nodes.first.start();
}

TEST_CASE("nodes that start at once make a school's tables once") {
  Installation first;
  std::filesystem::create_directories(first.data() / "schools/test");
  std::ofstream(first.data() / "schools/test/storage.info") << "engine postgresql\nschema eschool_test\n";
  Installation second(SameDatabase{}, first);
  std::thread beside([&] { second.start(); });
  first.start();
  beside.join();
  for (auto* node : {&first, &second}) {
    const auto ready = node->client().get("/readyz");
    CHECK_MESSAGE(ready.status == 200, ready.body);
    const auto plan = node->run({"migrate", "plan", "--json"});
    CHECK(plan.code == 0);
    CHECK(json::parse(plan.out).at("automatic").as_array().empty());
    CHECK(node->stop() == 0);
  }
}

TEST_CASE("scheduled backups are one node's, and another one's when that is gone") {
  Installation first;
  const auto own = first.data() / "backups-first", others = first.data() / "backups-second";
  const auto settings = [](const std::filesystem::path& folder) {
    return fmt::format("backup {{\n  folder {}\n  at 00:00\n}}", folder.string());
  };
  first.own_settings({}, {}, settings(own));
  first.create_school();
  Installation second(SameDatabase{}, first);
  const auto config = first.own_plugins().parent_path() / "second.info";
  std::ofstream(config) << "plugins plugins\nschemas schemas\nroles roles.json\n" << settings(others) << "\n";
  second.use_config(config);
  const auto taken = [](const std::filesystem::path& folder) {
    return std::filesystem::exists(folder / "test") && !std::filesystem::is_empty(folder / "test");
  };
  first.start();
  REQUIRE(soon([&] { return taken(own); }));
  second.start();
  std::this_thread::sleep_for(3s);  // it looks every second
  CHECK_FALSE(taken(others));
  CHECK(first.stop() == 0);
  CHECK(second.stop() == 0);
  second.start();
  CHECK(soon([&] { return taken(others); }));
}
