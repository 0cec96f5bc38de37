// Backups: of one moment while everybody writes, by schedule, and tried by the drill.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "fleet.hpp"
#include "installation.hpp"
#include "readiness.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// An eschool.info of its own, with scheduled backups.
fs::path scheduled(const Installation& installation, const fs::path& folder) {
  auto file = installation.data() / "eschool.info";
  std::ofstream(file) << "schemas " << ESCHOOL_SOURCE_DIR << "/schemas\nroles " << ESCHOOL_SOURCE_DIR
                      << "/etc/roles.json\nbackup {\n  folder " << folder.string()
                      << "\n  at 03:00\n  keep_daily 2\n  keep_weekly 0\n  keep_monthly 0\n}\n";
  return file;
}

json::object answered(const Installation& installation, std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const auto output = installation.run(arguments);
  INFO(output.out << output.error);
  REQUIRE_FALSE(output.out.empty());
  return json::parse(output.out).as_object();
}

}  // namespace

TEST_CASE("a backup under 64 writing clients is one moment, and brings that moment back") {
  Installation own;
  own.create_school();
  own.start();
  const auto token = own.as("administrator").token();
  std::vector<Ledger> ledgers(64);
  std::vector<std::vector<std::size_t>> at_least;
  std::vector<fs::path> copies;
  {
    Fleet fleet(own.client().port(), token, 1, ledgers);
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(300ms);
      at_least.push_back(fleet.progress());
      const auto before = fleet.acknowledged();
      copies.push_back(own.data() / ("copy" + std::to_string(i) + ".db"));
      const auto output = own.run({"backup", copies.back().string()});
      REQUIRE_MESSAGE(output.code == 0, output.error);
      CHECK(fleet.acknowledged() > before);  // nobody had to wait for the end of it
    }
  }
  std::int64_t earlier = 0;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    CAPTURE(i);
    const auto verdict = compare(copies[i], ledgers, at_least[i]);
    for (const auto& fault : verdict.faults) FAIL_CHECK(fault);
    CHECK(verdict.students > earlier);
    earlier = verdict.students;
  }
  for (const auto& ledger : ledgers) CHECK_MESSAGE(ledger.unexpected.empty(), ledger.unexpected);

  Installation other;
  REQUIRE(other.run({"restore", copies.back().string(), "--school", "test"}).code == 0);
  CHECK(answered(other, {"audit", "verify"}).at("ok").as_bool());
  other.start();
  CHECK(static_cast<std::int64_t>(other.as("administrator").ids("people.student").size()) == earlier);
}

TEST_CASE("the server takes backups by schedule, keeps those it should, and tells of them") {
  Installation own;
  const auto folder = own.data() / "backups";
  own.use_config(scheduled(own, folder));
  own.create_school();
  // Left from other years; what is not a backup of the server stays whatever its age.
  fs::create_directories(folder / "test");
  for (const auto* old : {"2020-01-01_03-00-00.db", "2020-01-02_03-00-00.db", "2020-01-03_03-00-00.db", "чужой.db"})
    std::ofstream(folder / "test" / old) << "x";
  own.start();
  const auto client = own.as("administrator");
  REQUIRE(comes_true([&] {
    return client.get("/metrics").body.find("eschool_backup_taken_total{school=\"test\"} 1") != std::string::npos;
  }));
  const auto items = answered(own, {"backup", "list"}).at("items").as_array();
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("taken") == "2020-01-03_03-00-00");
  CHECK(items[1].at("kept") == "последняя");
  CHECK(fs::exists(folder / "test" / "чужой.db"));
  CHECK_FALSE(fs::exists(folder / "test" / "2020-01-01_03-00-00.db"));
  CHECK(own.run({"backup", "list"}).out.find("последняя") != std::string::npos);
  CHECK(client.get("/readyz").body.find("backup_") == std::string::npos);

  // The drill, beside the server and without it.
  const auto newest = std::string(items[1].at("file").as_string());
  for (int again = 0; again < 2; ++again) {
    const auto report = answered(own, {"backup", "drill"});
    CHECK(report.at("ok").as_bool());
    CHECK(report.at("file") == json::value(newest));
    CHECK(report.at("accounts") == 1);
    CHECK(report.at("history").at("ok").as_bool());
    const auto said = own.run({"backup", "drill", newest});
    CHECK(said.code == 0);
    CHECK(said.out.find("Копия годится") != std::string::npos);
    CHECK(said.out.find("Ученики: 0") != std::string::npos);
    if (again == 0) CHECK(own.stop() == 0);
  }

  // A backup is of no use when its history has been touched, or its bytes.
  const auto touched = own.data() / "touched.db";
  own.start();
  REQUIRE(
      own.as("administrator").post(records("people.student"), R"({"surname":"Петров","given_name":"Пётр"})").status ==
      201);
  REQUIRE(own.run({"backup", touched.string()}).code == 0);
  CHECK(own.run({"backup", "drill", touched.string()}).code == 0);
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(touched.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, "UPDATE es_history SET at = '2020-01-01T00:00:00Z' WHERE seq = 1", nullptr, nullptr,
                     nullptr) == SQLITE_OK);
  sqlite3_close(database);
  auto said = own.run({"backup", "drill", touched.string()});
  CHECK(said.code == 1);
  CHECK(said.out.find("история нарушена у записи 1") != std::string::npos);
  {
    std::fstream stream(newest, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(static_cast<std::streamoff>(fs::file_size(newest) / 4));
    stream << std::string(fs::file_size(newest) / 2, '\xa5');
  }
  said = own.run({"backup", "drill"});
  CHECK(said.code == 1);
  CHECK(said.out.find("НЕ ГОДИТСЯ") != std::string::npos);
  CHECK(own.run({"backup", "drill", "/no/such/file.db"}).code == 1);
}

TEST_CASE("a scheduled backup that fails is a warning, not the end of the service") {
  Installation own;
  const auto folder = own.data() / "backups";
  own.use_config(scheduled(own, folder));
  own.create_school();
  std::ofstream(folder) << "a file where the folder should be";
  own.start();
  const auto client = own.as("administrator");
  REQUIRE(comes_true([&] { return client.get("/readyz").body.find("backup_failed") != std::string::npos; }));
  const auto reply = client.get("/readyz");
  CHECK(reply.status == 200);
  CHECK(reply.json().at("status") == "degraded");
  CHECK(reply.body.find(folder.string()) == std::string::npos);  // paths are for the administrator
  CHECK(own.run({"status"}).out.find("backups") != std::string::npos);
  CHECK(client.get("/metrics").body.find("eschool_backup_failed_total{school=\"test\"} 1") != std::string::npos);
  CHECK(client.post(records("people.student"), R"({"surname":"Петров","given_name":"Пётр"})").status == 201);
}

TEST_CASE("without a schedule there is nothing to list or to try") {
  Installation own;
  own.create_school();
  CHECK(own.run({"backup", "list"}).error.find("backup {") != std::string::npos);
  CHECK(own.run({"backup", "drill"}).code == 1);
  CHECK(own.run({"backup"}).code == 1);
}
