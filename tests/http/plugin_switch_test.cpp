// A plugin is switched off and on in one of two schools while both are at work.
#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "installation.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr int clients = 16, switches = 100;
const std::string quiet = "/s/quiet", switched = "/s/switched";

/// How often each answer came, by what was asked: "quiet read 200".
class Tally {
 public:
  void add(const std::string& what, int status) {
    const std::lock_guard lock(mutex_);
    ++counts_[what + " " + std::to_string(status)];
  }
  int of(const std::string& key) const {
    const auto found = counts_.find(key);
    return found == counts_.end() ? 0 : found->second;
  }
  const std::map<std::string, int>& all() const { return counts_; }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
};

std::int64_t total(const Client& client, const std::string& school) {
  const auto reply = client.get(school + records("misbehaves.item") + "?count=1&limit=1");
  REQUIRE(reply.status == 200);
  return reply.json().at("total").as_int64();
}

}  // namespace

TEST_CASE("a plugin goes off and on a hundred times in one school, and nobody else notices") {
  Installation own;
  own.own_settings({fs::path(ABI_PLUGINS) / "harmful/misbehaves"}, {"misbehaves.item"});
  fs::create_directory(own.own_schemas() / "misbehaves");
  std::ofstream(own.own_schemas() / "misbehaves/item.json") << R"({
  "id": "misbehaves.item", "label": "Предметы", "label_one": "Предмет", "display": "{name}",
  "fields": [{"id": "f1", "name": "name", "type": "text", "label": "Название", "required": true}],
  "views": {"list": ["name"], "sort": "name", "form": [{"label": "Предмет", "fields": ["name"]}]}
})";
  for (const auto* id : {"quiet", "switched"}) {
    REQUIRE(own.run({"school", "create", "--id", id, "--name", id}).code == 0);
    REQUIRE(
        own.run({"user", "create", "--school", id, "--login", "admin", "--role", "administrator", "--password-stdin"},
                std::string(Installation::password) + "\n")
            .code == 0);
  }
  own.start();
  const auto login = [&](const std::string& school) {
    auto client = own.client();
    const auto reply = client.post(
        school + "/api/v1/session",
        json::serialize(json::object{{"login", "admin"}, {"password", Installation::password}, {"token", true}}),
        {{"Content-Type", "application/json"}});
    REQUIRE(reply.status == 200);
    client.set_token(std::string(reply.json().at("token").as_string()));
    return client;
  };
  const std::map<std::string, Client> administrators{{quiet, login(quiet)}, {switched, login(switched)}};

  Tally tally;
  std::atomic<bool> over{false};
  std::atomic<int> broken{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < clients; ++number)
    threads.emplace_back([&, number] {
      const auto& school = number % 2 ? quiet : switched;
      const auto& client = administrators.at(school);
      const auto name = school.substr(3);
      for (int round = 0; !over.load(); ++round) {
        try {
          tally.add(name + " route", client.get(school + "/api/v1/misbehaves/fine").status);
          tally.add(name + " list", client.get(school + records("misbehaves.item") + "?limit=5").status);
          const auto record =
              json::serialize(json::object{{"name", std::to_string(number) + "-" + std::to_string(round)}});
          tally.add(
              name + " write",
              client.post(school + records("misbehaves.item"), record, {{"Content-Type", "application/json"}}).status);
          tally.add(name + " other", client.get(school + records("people.student")).status);
        } catch (const std::runtime_error&) {
          ++broken;
        }
      }
    });
  const auto& administrator = administrators.at(switched);
  for (int i = 0; i < switches; ++i)
    for (const auto* body : {R"({"enabled":false})", R"({"enabled":true})"}) {
      CHECK(administrator.put(switched + "/api/v1/plugins/misbehaves", body).status == 200);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  over = true;
  for (auto& thread : threads) thread.join();

  CHECK(broken == 0);
  for (const auto& [what, count] : tally.all()) {
    INFO(what << ": " << count);
    const bool good = what.ends_with(" 200") || what.ends_with(" write 201");
    const bool hidden = what.starts_with("switched ") && !what.starts_with("switched other") && what.ends_with(" 404");
    CHECK((good || hidden));
  }
  // Both happened, or the test has shown nothing.
  for (const auto* seen : {"switched route 200", "switched route 404", "switched list 404", "switched write 201",
                           "switched write 404", "switched other 200", "quiet route 200", "quiet write 201"}) {
    CAPTURE(seen);
    CHECK(tally.of(seen) > 0);
  }
  CHECK(total(administrators.at(quiet), quiet) == tally.of("quiet write 201"));
  CHECK(total(administrator, switched) == tally.of("switched write 201"));
}
