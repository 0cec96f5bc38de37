// A PostgreSQL server that is killed under a working installation, and comes back.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "cluster.hpp"
#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

std::string text_of(const json::value& document, const char* member) {
  return std::string(document.at(member).as_string());
}

}  // namespace

TEST_CASE("a database server that dies is told clearly, and nothing that was acknowledged is lost") {
  Cluster cluster;
  Installation own;
  own.set("ESCHOOL_STORAGE_ENGINE=postgresql");
  own.set("ESCHOOL_STORAGE_CONNECTION=" + cluster.connection());
  own.fill();
  own.start();
  const auto client = own.as("administrator");
  const auto anybody = own.client();
  CHECK(anybody.get("/readyz").status == 200);
  const auto before = client.ids("people.student").size();

  std::atomic<bool> stop{false};
  std::atomic<int> acknowledged{0}, unknown{0}, strange{0};
  std::vector<std::thread> threads;
  for (int worker = 0; worker < 4; ++worker)
    threads.emplace_back([&, worker] {
      const auto mine = client;
      const std::string letters[] = {"а", "б", "в", "г", "д", "е", "ж", "з"};
      for (unsigned i = 0; !stop; ++i) {
        std::string name = "Новый" + letters[worker];
        for (unsigned rest = i + 1; rest; rest /= 8) name += letters[rest % 8];
        const auto reply =
            mine.post(records("people.student"), "{\"surname\":\"" + name + "\",\"given_name\":\"Пётр\"}");
        if (reply.status == 201)
          ++acknowledged;
        else if (reply.status == 503)
          ++unknown;
        else
          ++strange;
      }
    });
  const auto wait_for = [&](const auto& reached) {
    for (int i = 0; i < 1500 && !reached(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(reached());
  };
  wait_for([&] { return acknowledged >= 20; });
  cluster.stop();
  wait_for([&] { return unknown >= 8; });

  const auto ready = anybody.get("/readyz");
  CHECK(ready.status == 503);
  CHECK(text_of(json::parse(ready.body), "code") == "unavailable");
  CHECK(anybody.get("/healthz").status == 200);
  const auto list = client.get(records("people.student"));
  CHECK(list.status == 503);
  CHECK(text_of(json::parse(list.body), "code") == "no_database");

  cluster.start();
  const int then = acknowledged;
  wait_for([&] { return acknowledged >= then + 20; });
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(strange == 0);
  CHECK(anybody.get("/readyz").status == 200);
  // What was told to have failed may be there all the same, once; what was acknowledged must be.
  const auto after = static_cast<int>(client.ids("people.student").size() - before);
  CHECK(after >= acknowledged);
  CHECK(after <= acknowledged + unknown);
  CHECK(own.stop() == 0);
  CHECK(own.run({"audit", "verify"}).code == 0);
}
