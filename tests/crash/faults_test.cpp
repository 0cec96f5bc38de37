// What the server says and does when the disk is full, cannot be written to, or has changed bytes of a database.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "fleet.hpp"
#include "installation.hpp"
#include "kernel/audit/history.hpp"
#include "kernel/storage/database.hpp"
#include "mounted_folder.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

struct Ready {
  int status = 0;
  json::object body;
  std::string text(const char* member) const {
    const auto* value = body.if_contains(member);
    return value ? std::string(value->as_string()) : std::string();
  }
  bool mentions(const std::string& code, const std::string& school = {}) const {
    const auto* problems = body.if_contains("problems");
    if (!problems) return false;
    for (const auto& item : problems->as_array()) {
      const auto* of = item.as_object().if_contains("school");
      if (item.at("code") == json::value(code) && (school.empty() || (of && *of == json::value(school)))) return true;
    }
    return false;
  }
};

Ready ready(const Client& client, const std::string& school = {}) {
  const auto reply = client.get((school.empty() ? "" : "/s/" + school) + "/readyz");
  return {reply.status, reply.json().as_object()};
}

/// Waits until the server says so by itself.
template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 100; ++i, std::this_thread::sleep_for(100ms))
    if (condition()) return true;
  return false;
}

std::string student(int number) {
  return json::serialize(json::object{{"surname", surname},
                                      {"given_name", "Пётр"},
                                      {"address", std::string(200, 'x')},
                                      {"admission_order_no", "n" + std::to_string(number)}});
}

/// Overwrites bytes in the middle of a database that nobody has open.
void damage(const fs::path& file) {
  {
    // The last changes lie in the WAL only if the server did not stop properly.
    REQUIRE_FALSE(fs::exists(file.string() + "-wal"));
  }
  const auto size = static_cast<std::streamoff>(fs::file_size(file));
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(size / 4);
  stream << std::string(static_cast<std::size_t>(size / 2), '\xa5');
}

}  // namespace

TEST_CASE("a full disk: reading goes on, nothing acknowledged is lost, and space brings the writing back") {
  if (!MountedFolder::possible("full disk")) return;
  const MountedFolder disk(24);
  Installation own(disk.path());
  own.create_school();
  own.start();
  const auto client = own.as("administrator");
  CHECK(ready(client).status == 200);

  const auto ballast = disk.fill(256 << 10);
  int written = 0;
  Response refused;
  for (; written < 2000; ++written) {
    refused = client.post(records("people.student"), student(written));
    if (refused.status != 201) break;
  }
  CHECK(refused.status == 507);
  CHECK(refused.code() == "disk_full");
  auto state = ready(client);
  CHECK(state.status == 503);
  CHECK(state.text("status") == "faulty");
  CHECK(state.text("code") == "disk_full");
  CHECK(state.text("reason").find("место") != std::string::npos);
  CHECK(ready(client, "test").text("code") == "disk_full");
  CHECK(client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 0") != std::string::npos);
  const auto said = own.run({"status"});
  CHECK(said.code == 1);
  CHECK(said.out.find("место") != std::string::npos);

  // Reading goes on, also under many clients that try to write.
  CHECK(client.ids("people.student").size() == static_cast<std::size_t>(written));
  std::vector<Ledger> ledgers(16);
  { Fleet(client.port(), client.token(), 1, ledgers).stop(); }
  for (const auto& ledger : ledgers)
    CHECK((ledger.unexpected.empty() || ledger.unexpected.find(" 507 ") != std::string::npos));
  CHECK(client.ids("people.student").size() >= static_cast<std::size_t>(written));
  CHECK(ready(client).status == 503);

  fs::remove(ballast);
  CHECK(comes_true(
      [&] { return client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 1") != std::string::npos; }));
  state = ready(client);
  CHECK(state.status == 200);
  CHECK(state.body.if_contains("code") == nullptr);
  const auto before = client.ids("people.student").size();
  CHECK(client.post(records("people.student"), student(written)).status == 201);
  CHECK(client.ids("people.student").size() == before + 1);
  CHECK(own.run({"audit", "verify"}).code == 0);

  // The same after a restart: what was acknowledged before and after is there.
  CHECK(own.stop() == 0);
  own.start();
  CHECK(own.as("administrator").ids("people.student").size() == before + 1);
}

TEST_CASE("killed while the disk is full: the server comes up, says so, and goes on once there is space") {
  if (!MountedFolder::possible("killed on a full disk")) return;
  const MountedFolder disk(24);
  Installation own(disk.path());
  own.create_school();
  own.start();
  const auto token = own.as("administrator").token();
  auto client = own.client();
  client.set_token(token);
  const auto ballast = disk.fill(128 << 10);
  int written = 0;
  while (written < 2000 && client.post(records("people.student"), student(written)).status == 201) ++written;
  own.kill();
  own.start();
  client = own.client();
  client.set_token(token);
  // Whether the shared memory of the WAL still fits decides if the school can be read at all; both are told.
  const auto state = ready(client);
  CAPTURE(json::serialize(state.body));
  CHECK((state.status == 200 || state.text("code") == "disk_full"));
  fs::remove(ballast);
  CHECK(comes_true([&] { return ready(client).status == 200; }));
  CHECK(client.ids("people.student").size() == static_cast<std::size_t>(written));
  CHECK(client.post(records("people.student"), student(written)).status == 201);
  CHECK(own.run({"audit", "verify"}).code == 0);
}

TEST_CASE("a data folder that became read-only: the server starts and says so; writable again, the school opens") {
  if (!MountedFolder::possible("read-only folder")) return;
  MountedFolder disk(24);
  Installation own(disk.path());
  own.create_school();
  own.start();
  REQUIRE(own.as("administrator").post(records("people.student"), student(1)).status == 201);
  REQUIRE(own.stop() == 0);

  disk.set_read_only(true);
  const auto refused = own.run({"user", "list"});
  CHECK(refused.code == 1);
  CHECK(refused.error.find("только для чтения") != std::string::npos);
  own.start();
  auto client = own.client();
  const auto state = ready(client);
  CHECK(state.status == 503);
  CHECK(state.text("code") == "read_only");
  CHECK(state.text("reason").find("только для чтения") != std::string::npos);
  const auto asked = client.get("/api/v1/session");
  CHECK(asked.status == 503);
  CHECK(asked.code() == "read_only");
  CHECK(client.get("/healthz").status == 200);
  CHECK(client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 0") != std::string::npos);

  disk.set_read_only(false);
  CHECK(comes_true([&] { return ready(client).status == 200; }));
  client = own.as("administrator");
  CHECK(client.ids("people.student").size() == 1);
  CHECK(client.post(records("people.student"), student(2)).status == 201);
}

TEST_CASE("a damaged database: that school is closed and says how to restore it, the other goes on") {
  Installation own;
  const auto config = own.data() / "eschool.info";
  own.create_school("one");
  own.create_school("two");
  own.start();
  const auto sign_in = [&](const std::string& school) {
    const auto reply = own.client().post(
        "/s/" + school + "/api/v1/session",
        json::serialize(
            json::object{{"login", login_of("administrator")}, {"password", Installation::password}, {"token", true}}));
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    return Headers{{"Authorization", "Bearer " + std::string(reply.json().at("token").as_string())}};
  };
  const auto one = sign_in("one"), two = sign_in("two");
  for (int i = 0; i < 50; ++i)
    REQUIRE(own.client().post("/s/one/api/v1/records/people.student", student(i), one).status == 201);
  CHECK(ready(own.client()).text("status") != "faulty");
  const auto copy = (own.data() / "one.db").string();
  REQUIRE(own.run({"backup", copy, "--school", "one"}).code == 0);
  REQUIRE(own.stop() == 0);

  const auto database = own.data() / "schools/one/school.db";
  damage(database);
  own.start();
  const auto client = own.client();
  // At once or by the inspection in the background.
  CHECK(comes_true([&] { return ready(client, "one").text("code") == "damaged"; }));
  auto state = ready(client, "one");
  CHECK(state.status == 503);
  CHECK(state.text("reason").find("eschool restore") != std::string::npos);
  state = ready(client);
  CHECK(state.status == 200);
  CHECK(state.text("status") == "degraded");
  CHECK(state.mentions("damaged", "one"));
  CHECK_FALSE(state.mentions("damaged", "two"));
  const auto refused = client.request("GET", "/s/one/api/v1/records/people.student", {}, one);
  CHECK(refused.status == 503);
  CHECK(refused.code() == "damaged");
  CHECK(client.request("GET", "/s/two/api/v1/session", {}, two).status == 200);
  CHECK(client.post("/s/two/api/v1/records/people.student", student(1), two).status == 201);
  CHECK(own.run({"backup", (own.data() / "bad.db").string(), "--school", "one"}).code == 1);

  // As the message says.
  REQUIRE(own.stop() == 0);
  REQUIRE(own.run({"restore", copy, "--school", "one"}).code == 0);
  REQUIRE(own.run({"audit", "verify", "--school", "one"}).code == 0);
  own.start();
  CHECK(ready(own.client(), "one").status == 200);
  const auto back = own.client().request("GET", "/s/one/api/v1/records/people.student?limit=500", {}, one);
  CHECK(back.status == 200);
  CHECK(back.json().at("items").as_array().size() == 50);
  CHECK(own.client()
            .request("GET", "/s/two/api/v1/records/people.student", {}, two)
            .json()
            .at("items")
            .as_array()
            .size() == 1);
}

TEST_CASE("a broken page that nobody has read yet is found by the inspection, before it is copied into a backup") {
  Installation own;
  own.create_school();
  own.start();
  const auto token = own.as("administrator").token();
  auto client = own.client();
  client.set_token(token);
  for (int i = 0; i < 50; ++i) REQUIRE(client.post(records("people.student"), student(i)).status == 201);
  REQUIRE(own.stop() == 0);
  const auto database = own.data() / "schools/test/school.db";
  std::int64_t page = 0, size = 0;
  {
    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open_v2(database.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    const auto number = [&](const char* sql) {
      sqlite3_stmt* statement = nullptr;
      REQUIRE(sqlite3_prepare_v2(opened, sql, -1, &statement, nullptr) == SQLITE_OK);
      REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
      const auto value = sqlite3_column_int64(statement, 0);
      sqlite3_finalize(statement);
      return value;
    };
    page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'es_given_reply_created_at'");
    size = number("PRAGMA page_size");
    sqlite3_close(opened);
  }
  {
    std::fstream stream(database, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp((page - 1) * size);
    stream << std::string(static_cast<std::size_t>(size), '\xa5');
  }
  own.start();
  client = own.client();
  client.set_token(token);
  CHECK(comes_true([&] { return ready(client).text("code") == "damaged"; }));
  CHECK(ready(client).status == 503);
  // It was open; from now on nobody reads or writes.
  CHECK(client.get("/api/v1/session").code() == "damaged");
  CHECK(client.post(records("people.student"), student(99)).code() == "damaged");
  CHECK(client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 0") != std::string::npos);
  CHECK(own.stop() == 0);
}

TEST_CASE("a header that is no database: restored beside the running server, the school opens by itself") {
  Installation own;
  own.create_school();
  const auto copy = (own.data() / "copy.db").string();
  REQUIRE(own.run({"backup", copy}).code == 0);
  std::ofstream(own.data() / "schools/test/school.db", std::ios::binary) << std::string(8192, 'x');
  own.start();
  const auto state = ready(own.client());
  CHECK(state.status == 503);
  CHECK(state.text("code") == "damaged");
  CHECK(own.run({"user", "list"}).error.find("повреждён") != std::string::npos);
  CHECK(own.run({"restore", copy}).code == 0);
  CHECK(comes_true([&] { return ready(own.client()).status == 200; }));
  CHECK(own.as("administrator").get("/api/v1/session").status == 200);
}

TEST_CASE("a clock set back: it is told, nobody is thrown out, the history goes on") {
  Installation own;
  own.create_school();
  own.start();
  const auto token = own.as("administrator").token();
  REQUIRE(own.stop() == 0);
  // As if the clock had been years ahead when the last change was made.
  {
    const auto database = eschool::storage::Database::open(own.data() / "schools/test/school.db");
    database->write([](eschool::storage::Session& session) {
      eschool::audit::Entry entry;
      entry.at = "2099-01-01T12:00:00Z";
      entry.registry = "people.person";
      entry.action = "create";
      entry.record = entry.version = 1;
      entry.after = "{}";
      eschool::audit::History().append(session, entry);
    });
  }
  own.start();
  auto client = own.client();
  client.set_token(token);
  const auto state = ready(client);
  CHECK(state.status == 200);
  CHECK(state.text("status") == "degraded");
  CHECK(state.mentions("clock_behind", "test"));
  CHECK(own.run({"status"}).out.find("отстают") != std::string::npos);
  CHECK(client.get("/api/v1/session").status == 200);
  CHECK(own.as("administrator").get("/api/v1/session").status == 200);
  const auto made = client.post(records("people.student"), student(1));
  REQUIRE(made.status == 201);
  CHECK(own.run({"audit", "verify"}).code == 0);
  // The newest entry is the one made last, and it tells today's time.
  const auto id = made.json().at("id").as_int64();
  const auto history = client.get(records("people.student", id) + "/history").json().at("items").as_array();
  REQUIRE_FALSE(history.empty());
  CHECK(std::string(history[0].at("at").as_string()) < "2099");
  CHECK_FALSE(ready(client).mentions("clock_behind"));  // the last entry is of today again
}
