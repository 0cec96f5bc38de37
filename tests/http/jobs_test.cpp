// Jobs of a plugin, started and followed over HTTP.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include "installation.hpp"
#include "place.hpp"
#include "worker_plugin.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

/// More accounts than there are workers, all of whom may run jobs; each test that uses them leaves them without any.
constexpr std::array others = {"first", "second", "third"};

/// An installation that has the plugin `worker` beside the product's own, and administrators who may run its jobs.
class WithWorker {
 public:
  WithWorker() {
    add_worker_plugin(installation_, "workers 2");
    for (const auto& arguments :
         {std::vector<std::string>{"school", "create", "--id", "test", "--name", "Школа"},
          {"user", "create", "--login", login_of("administrator"), "--role", "administrator", "--password-stdin"},
          {"user", "create", "--login", login_of("teacher"), "--role", "teacher", "--password-stdin"},
          {"plugin", "enable", "worker"}}) {
      const auto output = installation_.run(arguments, std::string(Installation::password) + "\n");
      REQUIRE_MESSAGE(output.code == 0, output.error);
    }
    for (const auto* login : others)
      REQUIRE(installation_
                  .run({"user", "create", "--login", login, "--role", "administrator", "--password-stdin"},
                       std::string(Installation::password) + "\n")
                  .code == 0);
    installation_.start();
  }
  Installation& operator*() { return installation_; }
  Installation* operator->() { return &installation_; }

 private:
  Installation installation_;
};

WithWorker& shared() {
  static WithWorker installation;
  return installation;
}

Client logged_in(const std::string& login) {
  auto client = shared()->client();
  REQUIRE(client.login(login, Installation::password).status == 200);
  return client;
}

std::string start(const Client& client, const std::string& job, const std::string& arguments = {}) {
  const auto reply = client.post("/api/v1/worker/jobs/" + job, arguments);
  REQUIRE_MESSAGE(reply.status == 202, reply.body);
  const auto id = std::string(reply.json().at("job").as_string());
  CHECK(reply.header("location") == "/api/v1/jobs/" + id);
  return id;
}

/// Waits until the job says that it works.
void await_work(const Client& client, const std::string& id) {
  while (client.get("/api/v1/jobs/" + id).json().at("progress").as_double() < 0.25)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

/// The job once it has left the states `queued` and `running`.
json::object ended(const Client& client, const std::string& id) {
  for (;;) {
    const auto status = client.get("/api/v1/jobs/" + id).json().as_object();
    if (status.at("state") != "queued" && status.at("state") != "running") return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

TEST_CASE("a job writes, sees what it wrote, and answers its result") {
  const auto administrator = shared()->as("administrator");
  const auto status = ended(administrator, start(administrator, "make", R"({"day":"today"})"));
  INFO(json::serialize(status));
  CHECK(status.at("state") == "done");
  CHECK(status.at("kind") == "worker.make");
  CHECK(status.at("result").at("seen").as_int64() == 3);
  CHECK(status.at("result").at("asked").at("day") == "today");
  CHECK(administrator.ids("worker.note", "number <= 3").size() == 3);
  // The history names who started it.
  const auto note = administrator.first("worker.note", "number = 1");
  const auto history = administrator.get(records("worker.note", note) + "/history").json();
  CHECK(history.at("items").at(0).at("by") == "the-administrator");
}

TEST_CASE("a write that fails leaves nothing of itself and tells why") {
  const auto administrator = shared()->as("administrator");
  const auto status = ended(administrator, start(administrator, "half"));
  INFO(json::serialize(status));
  CHECK(status.at("state") == "failed");
  CHECK(status.at("problem").at("errors").at(0).at("field") == "number");
  CHECK(administrator.ids("worker.note", "number = 100").empty());
}

TEST_CASE("a job that refuses, breaks down or babbles is failed with its reason") {
  const auto administrator = shared()->as("administrator");
  const auto problem = [&](const char* job) {
    const auto status = ended(administrator, start(administrator, job));
    CHECK(status.at("state") == "failed");
    return status.at("problem").as_object();
  };
  const auto refused = problem("refuse");
  CHECK(refused.at("code") == "no_work");
  CHECK(refused.at("detail") == "Сегодня работать не над чем.");
  CHECK(problem("break").at("code") == "plugin_fault");
  CHECK(problem("babble").at("detail") == "Работа окончена, но её итог записан неверно.");
  CHECK(administrator.get("/healthz").status == 200);
}

TEST_CASE("a long job holds no other one up, and is cancelled, only by its owner") {
  const auto administrator = shared()->as("administrator");
  const auto id = start(administrator, "wait");
  await_work(administrator, id);
  CHECK(shared()->as("teacher").remove("/api/v1/jobs/" + id).status == 404);
  CHECK(administrator.get("/api/v1/jobs/" + id).json().at("state") == "running");
  CHECK(ended(administrator, start(administrator, "refuse")).at("state") == "failed");  // does not wait for it
  CHECK(administrator.remove("/api/v1/jobs/" + id).status == 200);
  CHECK(ended(administrator, id).at("state") == "cancelled");
}

TEST_CASE("the third job of an account is refused, another account's is taken") {
  const auto one = logged_in("first"), another = logged_in("second");
  const auto earlier = start(one, "wait"), later = start(one, "wait");
  const auto refused = one.post("/api/v1/worker/jobs/refuse", "");
  CHECK(refused.status == 429);
  CHECK(refused.code() == "too_many_jobs");
  CHECK(refused.header("content-type").starts_with("application/problem+json"));
  CHECK(refused.header("retry-after") == "5");
  CHECK(refused.json().at("detail") == "У вас уже выполняются две работы: дождитесь их окончания.");
  CHECK(ended(another, start(another, "refuse")).at("state") == "failed");
  CHECK(one.remove("/api/v1/jobs/" + earlier).status == 200);
  CHECK(ended(one, earlier).at("state") == "cancelled");
  CHECK(ended(one, start(one, "refuse")).at("state") == "failed");
  CHECK(one.remove("/api/v1/jobs/" + later).status == 200);
  CHECK(ended(one, later).at("state") == "cancelled");
}

TEST_CASE("while the writer is held, whoever starts a job waits alone: all others are answered") {
  const auto administrator = shared()->as("administrator"), teacher = shared()->as("teacher");
  std::vector<Client> clients;
  for (const auto* login : others) clients.push_back(logged_in(login));
  const auto release = shared()->data() / "release";
  const auto holder = start(administrator, "hold", json::serialize(json::object{{"until", release.string()}}));
  await_work(administrator, holder);

  const auto requests = [&] { return administrator.get("/api/v1/system").json().at("requests").as_int64(); };
  const auto before = requests();
  std::vector<std::future<Response>> asked;
  for (const auto& client : clients)
    asked.push_back(
        std::async(std::launch::async, [&client] { return client.post("/api/v1/worker/jobs/refuse", ""); }));
  auto reader = std::async(std::launch::async, [&] {
    // Once the server has all of them, whoever comes stands behind them.
    std::int64_t own = 1;
    while (requests() < before + own + std::ssize(clients)) ++own;
    CHECK(teacher.get("/api/v1/session").status == 200);
    CHECK(administrator.get("/api/v1/records/worker.note").status == 200);
    CHECK(administrator.get("/api/v1/jobs/" + holder).json().at("state") == "running");
  });
  // Far from what it takes; only a server that does not answer at all needs so long.
  CHECK(reader.wait_for(std::chrono::seconds(15)) == std::future_status::ready);
  for (auto& one : asked) CHECK(one.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);  // not noted yet
  std::ofstream(release) << "now";
  reader.get();
  CHECK(ended(administrator, holder).at("state") == "done");
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto reply = asked[i].get();
    REQUIRE_MESSAGE(reply.status == 202, reply.body);
    CHECK(ended(clients[i], std::string(reply.json().at("job").as_string())).at("problem").at("code") == "no_work");
  }
}

TEST_CASE("a job asks its capability, an object for arguments and its plugin to be on") {
  const auto administrator = shared()->as("administrator");
  CHECK(shared()->as("teacher").post("/api/v1/worker/jobs/make", "").status == 403);
  CHECK(shared()->client().post("/api/v1/worker/jobs/make", "").status == 401);
  CHECK(administrator.post("/api/v1/worker/jobs/make", "[1]").status == 400);
  CHECK(administrator.post("/api/v1/worker/jobs/nothing", "").status == 404);
  const auto path = "/api/v1/worker/jobs/make";
  CHECK(administrator.get("/api/v1/openapi.json").json().at("paths").as_object().contains(path));
  REQUIRE(administrator.put("/api/v1/plugins/worker", R"({"enabled":false})").status == 200);
  CHECK(administrator.post(path, "").status == 404);
  CHECK_FALSE(administrator.get("/api/v1/openapi.json").json().at("paths").as_object().contains(path));
  REQUIRE(administrator.put("/api/v1/plugins/worker", R"({"enabled":true})").status == 200);
}

TEST_CASE("after a start the server still tells of its jobs: of one that was under way, that it was interrupted") {
  auto& installation = *shared();
  auto administrator = installation.as("administrator");
  const auto done = start(administrator, "refuse");
  const auto before = ended(administrator, done);
  const auto interrupted = start(administrator, "wait");
  await_work(administrator, interrupted);
  installation.kill();
  // What tells a server of PostgreSQL that no other one runs the job.
  if (engine_under_test() != eschool::storage::Engine::sqlite)
    installation.touch("UPDATE es_job SET seen_at = seen_at - 60");
  installation.start();
  administrator = installation.as("administrator");
  CHECK(administrator.get("/api/v1/jobs/" + done).json() == before);
  const auto lost = administrator.get("/api/v1/jobs/" + interrupted).json();
  CHECK(lost.at("state") == "failed");
  CHECK(lost.at("problem").at("code") == "job_interrupted");
  CHECK(installation.as("teacher").get("/api/v1/jobs/" + done).status == 404);
}
