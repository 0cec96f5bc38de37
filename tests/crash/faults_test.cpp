// What the server says and does when bytes of a database have changed, or somebody has set the clock.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>

#include "installation.hpp"
#include "kernel/audit/history.hpp"
#include "kernel/storage/database.hpp"
#include "readiness.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;

namespace {

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

TEST_CASE("a damaged database: that school is closed and says how to restore it, the other goes on") {
  Installation own;
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
  own.create_school("other");
  for (const std::string id : {"test", "other"})
    REQUIRE(own.run({"school", "host", id + ".example.ru", "--school", id}).code == 0);
  const auto copy = (own.data() / "copy.db").string();
  REQUIRE(own.run({"backup", copy, "--school", "test"}).code == 0);
  std::ofstream(own.data() / "schools/test/school.db", std::ios::binary) << std::string(8192, 'x');
  own.start();
  const auto state = ready(own.client(), "test");
  CHECK(state.status == 503);
  CHECK(state.text("code") == "damaged");
  // Its host name stands in what cannot be read; who asks by it is told the same.
  const auto by_host = [&] {
    return own.client().request("GET", "/api/v1/schemas", {}, {{"Host", "test.example.ru"}});
  };
  CHECK(by_host().status == 503);
  CHECK(by_host().code() == "damaged");
  CHECK(own.run({"user", "list", "--school", "test"}).error.find("повреждён") != std::string::npos);
  CHECK(own.run({"restore", copy, "--school", "test"}).code == 0);
  CHECK(comes_true([&] { return ready(own.client(), "test").status == 200; }));
  CHECK(by_host().status == 401);
}

TEST_CASE("a database of a newer version: the school is closed and untouched, and says why") {
  Installation own;
  own.create_school();
  const auto database = own.data() / "schools/test/school.db";
  const auto set_layout = [&](const char* sql) {
    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open(database.c_str(), &opened) == SQLITE_OK);
    REQUIRE(sqlite3_exec(opened, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_changes(opened) == 1);
    sqlite3_close(opened);
  };
  set_layout("UPDATE es_setting SET value = '1000' WHERE name = 'layout'");
  own.start();
  const auto state = ready(own.client());
  CHECK(state.status == 503);
  CHECK(state.text("code") == "newer_database");
  CHECK(own.client().get("/api/v1/schemas").code() == "newer_database");
  CHECK(own.run({"user", "list"}).error.find("новее программы") != std::string::npos);
  CHECK(own.stop() == 0);
  set_layout("UPDATE es_setting SET value = '1' WHERE name = 'layout' AND value = '1000'");
  own.start();
  CHECK(ready(own.client()).status == 200);
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
