// A school that an earlier version left behind: opened by this one, it has its records, its history and its rights.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

const fs::path fixtures = fs::path(ESCHOOL_SOURCE_DIR) / "tests/fixtures/upgrades";

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The versions that have a dump.
std::vector<std::string> versions() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(fixtures))
    if (entry.path().extension() == ".sql") found.push_back(entry.path().stem().string());
  std::sort(found.begin(), found.end());
  return found;
}

void make_database(const std::string& version, const fs::path& file) {
  fs::create_directories(file.parent_path());
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  sqlite3_exec(database, text_of(fixtures / (version + ".sql")).c_str(), nullptr, nullptr, &message);
  REQUIRE_MESSAGE(!message, message);
  sqlite3_close(database);
}

/// The schemas of this version and one field more, in an eschool.info of its own: what an upgrade adds.
fs::path with_a_new_field(const Installation& installation) {
  const auto schemas = installation.data() / "schemas";
  fs::copy(fs::path(ESCHOOL_SOURCE_DIR) / "schemas", schemas, fs::copy_options::recursive);
  auto student = json::parse(text_of(schemas / "people/student.json"));
  student.at("fields").as_array().push_back(
      json::object{{"id", "f900"}, {"name", "nickname"}, {"type", "text"}, {"label", "Прозвище"}, {"max_length", 50}});
  std::ofstream(schemas / "people/student.json") << json::serialize(student);
  auto file = installation.data() / "eschool.info";
  std::ofstream(file) << "schemas " << schemas.string() << "\nroles " << ESCHOOL_SOURCE_DIR << "/etc/roles.json\n";
  return file;
}

std::string history(const Installation& installation, const std::string& sql) {
  sqlite3* database = nullptr;
  const auto file = installation.data() / "schools/test/school.db";
  REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* row = nullptr;
  REQUIRE(sqlite3_prepare_v2(database, sql.c_str(), -1, &row, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(row) == SQLITE_ROW);
  std::string text(reinterpret_cast<const char*>(sqlite3_column_text(row, 0)));
  sqlite3_finalize(row);
  sqlite3_close(database);
  return text;
}

void check_school(Installation& installation, const json::object& expected) {
  const auto verified = json::parse(installation.run({"audit", "verify", "--json"}).out);
  CHECK(verified.at("ok").as_bool());
  // The history goes on from where it was: behind the old head stand only values that this version ships.
  const auto old = expected.at("history").at("entries").as_int64();
  CHECK(verified.at("entries").as_int64() >= old);
  CHECK(history(installation, "SELECT hash FROM es_history WHERE seq = " + std::to_string(old)) ==
        std::string(expected.at("history").at("head").as_string()));
  CHECK(history(installation, "SELECT COUNT(*) FROM es_history WHERE seq > " + std::to_string(old)) ==
        history(installation, "SELECT COUNT(*) FROM es_shipped_value WHERE record IS NOT NULL"));

  for (const auto& account : expected.at("accounts").as_array()) {
    const std::string login(account.at("login").as_string());
    CAPTURE(login);
    auto client = installation.client();
    REQUIRE(client.login(login, std::string(expected.at("password").as_string())).status == 200);
    for (const auto& [registry, count] : account.at("sees").as_object()) {
      CAPTURE(std::string(registry));
      const auto reply = client.get(records(registry) + "?limit=1&count=1");
      // A number: so many records; null: the registry is closed to this role.
      CHECK((reply.status == 200) == count.is_int64());
      if (reply.status == 200 && count.is_int64())
        CHECK(static_cast<std::int64_t>(client.ids(std::string(registry)).size()) == count.as_int64());
    }
  }
  auto client = installation.client();
  REQUIRE(client.login(login_of("administrator"), std::string(expected.at("password").as_string())).status == 200);
  for (const auto& record : expected.at("records").as_array()) {
    const auto reply = client.get(records(std::string(record.at("registry").as_string()), record.at("id").as_int64()));
    REQUIRE(reply.status == 200);
    const auto found = reply.json();
    for (const auto& [name, value] : record.at("values").as_object()) {
      CAPTURE(std::string(name));
      CHECK(found.at(name) == value);
    }
  }
}

}  // namespace

TEST_CASE("a school of every earlier version is opened with all that it had") {
  REQUIRE_FALSE(versions().empty());
  for (const auto& version : versions()) {
    CAPTURE(version);
    const auto expected = json::parse(text_of(fixtures / (version + ".json"))).as_object();
    Installation own;
    make_database(version, own.data() / "schools/test/school.db");
    own.start();
    check_school(own, expected);
    REQUIRE(own.stop() == 0);

    // And with tables that change on the way.
    own.use_config(with_a_new_field(own));
    // Killed on the way it is the old school or the new one, and the next start goes on from there.
    for (const int after : {5, 40, 80, 120, 160, 200}) own.start_and_kill(std::chrono::milliseconds(after));
    own.start();
    check_school(own, expected);
    auto client = own.client();
    REQUIRE(client.login(login_of("administrator"), std::string(expected.at("password").as_string())).status == 200);
    const auto id = client.first("people.student");
    CHECK(client.get(records("people.student", id)).json().at("nickname").is_null());
    CHECK(client.patch(records("people.student", id), R"({"nickname":"Ёж"})").status == 200);
    CHECK(client.get(records("people.student", id)).json().at("nickname") == "Ёж");
    CHECK(own.run({"audit", "verify"}).code == 0);
  }
}
