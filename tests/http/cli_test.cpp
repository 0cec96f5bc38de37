// The command line of design §7: every command without a server and beside one.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "cluster.hpp"
#include "installation.hpp"
#include "place.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

const std::string password_line = std::string(Installation::password) + "\n";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void change(const std::filesystem::path& file, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(sqlite3_changes(database) == 1);
  sqlite3_close(database);
}

/// A command that must succeed, told for people.
std::string said(const Installation& installation, const std::vector<std::string>& arguments,
                 const std::string& input = {}) {
  const auto output = installation.run(arguments, input);
  INFO(arguments[0] << ": " << output.error);
  CHECK(output.code == 0);
  CHECK_FALSE(output.out.empty());
  return output.out;
}

/// The same for programs.
json::value answered(const Installation& installation, std::vector<std::string> arguments,
                     const std::string& input = {}) {
  arguments.push_back("--json");
  const auto output = installation.run(arguments, input);
  INFO(arguments[0] << ": " << output.out << output.error);
  CHECK(output.code == 0);
  return json::parse(output.out);
}

/// A command that must fail: exit 1 and a reason on the error stream.
std::string refused(const Installation& installation, const std::vector<std::string>& arguments,
                    const std::string& input = {}) {
  const auto output = installation.run(arguments, input);
  INFO(arguments[0] << ": " << output.out);
  CHECK(output.code == 1);
  CHECK_FALSE(output.error.empty());
  return output.error;
}

std::vector<std::string> of(const json::value& document, const char* list, const char* member) {
  std::vector<std::string> found;
  for (const auto& item : document.at(list).as_array()) found.emplace_back(item.at(member).as_string());
  return found;
}
using Names = std::vector<std::string>;

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void every_command(Installation& own, const std::string& tag) {
  CAPTURE(tag);
  const auto folder = own.data();
  said(own, {"school", "list"});
  CHECK(of(answered(own, {"school", "list"}), "items", "id") == Names{"test"});
  refused(own, {"school", "create", "--id", "test", "--name", "Опять"});
  refused(own, {"school", "create", "--id", "Школа 1", "--name", "Имя не то"});

  // With a password, and with a one-time one that is printed once.
  said(own, {"user", "create", "--login", "anna" + tag, "--role", "operator", "--password-stdin"}, password_line);
  const auto made = answered(own, {"user", "create", "--login", "vera" + tag, "--role", "teacher", "--order", "12-к"});
  CHECK(made.at("one_time_password").as_string().size() >= 12);
  CHECK(said(own, {"user", "reset", "--login", "vera" + tag}).find("дноразовый пароль") != std::string::npos);
  CHECK(answered(own, {"user", "reset", "--login", "vera" + tag}).at("one_time_password") !=
        made.at("one_time_password"));
  const auto users = of(answered(own, {"user", "list"}), "items", "login");
  CHECK(contains(users, "anna" + tag));
  CHECK(contains(users, "vera" + tag));
  CHECK(said(own, {"user", "list"}).find("anna" + tag) != std::string::npos);
  refused(own, {"user", "create", "--login", "anna" + tag, "--role", "operator"});
  refused(own, {"user", "create", "--login", "x" + tag, "--role", "no_such_role"});
  refused(own, {"user", "create", "--login", "x" + tag, "--role", "teacher", "--password-stdin"}, "123\n");
  refused(own, {"user", "create", "--login", "x" + tag, "--role", "teacher", "--person", "Никто Никак Никогдаевич"});
  refused(own, {"user", "create", "--login", "x" + tag, "--role", "teacher", "--class", "9Щ"});
  refused(own, {"user", "reset", "--login", "nobody"});
  refused(own, {"user", "create", "--role", "teacher"});

  CHECK(said(own, {"plugin", "list"}).find("people") != std::string::npos);
  const auto plugins = answered(own, {"plugin", "list"});
  CHECK(contains(of(plugins, "items", "id"), "school"));
  for (const auto& state : of(plugins, "items", "state")) CHECK(state == "running");
  refused(own, {"plugin", "disable", "people"});
  refused(own, {"plugin", "enable", "nothing"});
  said(own, {"plugin", "enable", "people"});

  const auto path = (folder / ("table" + tag + ".csv")).string();
  std::ofstream(path) << "Фамилия;Имя;ДР\nТаблицын" << tag << "1;Пётр;01.02.1980\n";
  // A digit is no letter of a name: the row is rejected, the exit code says so, and nothing is written.
  const auto wrong = own.run({"import", "people.employee", path, "--json"});
  CHECK(wrong.code == 1);
  CHECK(json::parse(wrong.out).at("rejected").as_int64() == 1);
  std::ofstream(path) << "Фамилия;Имя;ДР\nТаблицын;Пётр;01.02.1980\n;Безфамильный;01.02.1980\n";
  CHECK(own.run({"import", "people.employee", path, "--dry-run"}).code == 1);
  const auto accepted = json::parse(own.run({"import", "people.employee", path, "--accept-valid", "--json"}).out);
  CHECK(accepted.at("applied").as_bool());
  CHECK(accepted.at("rejected").as_int64() == 1);

  for (const auto* ending : {"xlsx", "csv"}) {
    const auto target = folder / ("out" + tag + "." + ending);
    said(own, {"export", "people.employee", target.string()});
    const auto bytes = bytes_of(target);
    CHECK(bytes.size() > 50);
    CHECK(bytes.starts_with("PK") == (std::string(ending) == "xlsx"));
  }
  refused(own, {"export", "people.nobody", (folder / "x.csv").string()});
  refused(own, {"export", "people.employee", (folder / "no/such/folder/x.csv").string()});

  CHECK(answered(own, {"backup", (folder / ("copy" + tag + ".db")).string()}).at("tables").as_array().size() > 10);
  CHECK(std::filesystem::exists(folder / ("copy" + tag + ".db")));
  refused(own, {"backup", (folder / "no/such/folder/x.db").string()});

  CHECK(answered(own, {"audit", "verify"}).at("ok").as_bool());
  said(own, {"audit", "verify"});
  CHECK(answered(own, {"migrate", "plan"}).at("automatic").as_array().empty());
  CHECK(answered(own, {"migrate", "run"}).at("lossy").as_array().empty());
  said(own, {"migrate", "plan"});

  refused(own, {"school"});
  refused(own, {"dance"});
  refused(own, {"school", "list", "--no-such-option"});
  refused(own, {"school", "list", "--school"});
  refused(own, {"user", "list", "--school", "other"});
}

}  // namespace

TEST_CASE("every command without a server and beside one") {
  Installation own;
  refused(own, {"user", "list"});  // there is no school yet
  CHECK(said(own, {"school", "create", "--id", "test", "--name", "Школа"}).find("test") != std::string::npos);
  every_command(own, "a");
  own.start();
  every_command(own, "b");
  // What was made at the command line is in force in the server at once.
  for (const auto* login : {"annaa", "annab"}) CHECK(own.client().login(login, Installation::password).status == 200);

  CHECK(own.stop() == 0);
}

TEST_CASE("a copy brings the school back as it was") {
  Installation own;
  own.fill();
  own.start();
  const auto before = own.as("administrator").ids("people.student").size();
  const auto copy = (own.data() / "copy.db").string();
  const auto counts = answered(own, {"backup", copy}).at("tables");
  {
    const auto client = own.as("administrator");
    CHECK(client.post(records("people.student"), R"({"surname":"Лишний","given_name":"Пётр"})").status == 201);
    CHECK(client.ids("people.student").size() == before + 1);
  }
  // Under a running server the file is not exchanged.
  refused(own, {"restore", copy});
  CHECK(own.as("administrator").ids("people.student").size() == before + 1);
  CHECK(own.stop() == 0);

  CHECK(answered(own, {"restore", copy}).at("tables") == counts);
  CHECK(answered(own, {"audit", "verify"}).at("ok").as_bool());
  own.start();
  CHECK(own.as("administrator").ids("people.student").size() == before);
  CHECK(own.stop() == 0);

  // Another school's copy is refused unless that is meant, one of a newer version always.
  const auto into = [&](const char* school, std::vector<std::string> options) {
    options.insert(options.end(), {"--school", school});
    return own.run(options);
  };
  auto output = into("other", {"restore", copy});
  CHECK(output.code == 1);
  CHECK((output.out + output.error).find("снята со школы test, а восстанавливается other") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(own.data() / "schools/other"));
  CHECK(into("other", {"restore", copy, "--other-school"}).code == 0);
  CHECK(into("other", {"audit", "verify"}).code == 0);
  const auto others = (own.data() / "other.db").string();
  CHECK(into("other", {"backup", others}).code == 0);  // it is its own now
  CHECK(into("test", {"restore", others}).code == 1);
  std::filesystem::remove_all(own.data() / "schools/other");
  const auto newer = (own.data() / "newer.db").string();
  std::filesystem::copy_file(copy, newer);
  change(newer, "UPDATE es_setting SET value = '1000' WHERE name = 'layout'");
  output = into("test", {"restore", newer, "--other-school"});
  CHECK(output.code == 1);
  CHECK((output.out + output.error).find("более новой версией") != std::string::npos);

  // What is no copy is refused, and the school stays.
  const auto junk = (own.data() / "junk.db").string();
  std::ofstream(junk) << std::string(8192, 'x');
  refused(own, {"restore", junk});
  refused(own, {"restore", "/no/such/file.db"});
  std::ofstream(junk, std::ios::binary) << bytes_of(copy).substr(0, 20000);
  refused(own, {"restore", junk});
  own.start();
  CHECK(own.as("administrator").ids("people.student").size() == before);
}

TEST_CASE("a school moves to the other engine and back, and is the same everywhere") {
  Installation own;
  const auto name = own.data().filename().string() + "-moves";
  const bool from_file = engine_under_test() == eschool::storage::Engine::sqlite;
  if (from_file) {
    shared_cluster().create_database(name);
    own.set("ESCHOOL_STORAGE_CONNECTION=" + shared_cluster().connection(name));
  }
  const std::string home = from_file ? "sqlite" : "postgresql", away = from_file ? "postgresql" : "sqlite";
  own.fill();
  const auto content = [&] {
    std::string all;
    for (const auto* registry : {"people.student", "people.employee", "people.guardian", "school.class"}) {
      const auto target = own.data() / "all.csv";
      said(own, {"export", registry, target.string()});
      all += bytes_of(target);
    }
    auto history = answered(own, {"audit", "verify"}).as_object();
    history.erase("at");  // when it was asked
    return all + json::serialize(history);
  };
  const auto before = content();
  own.start();
  refused(own, {"move", "--to", away});  // it is open
  CHECK(own.stop() == 0);
  refused(own, {"move", "--to", home});  // it is there
  refused(own, {"move", "--to", "paper"});

  CHECK(answered(own, {"move", "--to", away}).at("tables").as_array().size() > 10);
  CHECK(std::filesystem::exists(own.data() / "schools/test/storage.info") == from_file);
  CHECK(std::filesystem::exists(own.data() / "schools/test/school.db") != from_file);
  CHECK(content() == before);
  CHECK(answered(own, {"migrate", "plan"}).at("automatic").as_array().empty());
  own.start();
  const auto students = own.as("administrator").ids("people.student").size();
  CHECK(own.as("administrator").post(records("people.student"), R"({"surname":"Новый","given_name":"Пётр"})").status ==
        201);
  CHECK(own.stop() == 0);

  const auto there = content();
  CHECK(there != before);
  said(own, {"move", "--to", home});
  CHECK(content() == there);
  own.start();
  CHECK(own.as("administrator").ids("people.student").size() == students + 1);
}

TEST_CASE("a history that somebody touched is found out") {
  Installation own;
  REQUIRE(own.run({"school", "create", "--id", "test", "--name", "Школа"}).code == 0);
  // The dictionaries that the school was given come first.
  const auto shipped = answered(own, {"audit", "verify"}).at("entries").as_int64();
  const auto path = (own.data() / "table.csv").string();
  std::ofstream(path) << "Фамилия;Имя;ДР\nПервый;Пётр;01.02.1980\nВторой;Пётр;01.02.1980\nТретий;Пётр;01.02.1980\n";
  REQUIRE(own.run({"import", "people.employee", path}).code == 0);
  CHECK(answered(own, {"audit", "verify"}).at("entries").as_int64() == shipped + 6);
  const auto touch = [&](const std::string& sql) { CHECK(own.touch(sql) == 1); };
  const auto third = std::to_string(shipped + 3);
  touch("UPDATE es_history SET after = replace(after, 'Пётр', 'Павел') WHERE seq = " + third);
  const auto output = own.run({"audit", "verify", "--json"});
  CHECK(output.code == 1);
  CHECK(json::parse(output.out).at("bad_seq").as_int64() == shipped + 3);
  touch("UPDATE es_history SET after = replace(after, 'Павел', 'Пётр') WHERE seq = " + third);
  CHECK(own.run({"audit", "verify"}).code == 0);
  touch("DELETE FROM es_history WHERE seq = " + std::to_string(shipped + 2));
  CHECK(own.run({"audit", "verify"}).code == 1);
}

TEST_CASE("two schools in one installation stay apart") {
  Installation own;
  for (const auto* id : {"one", "two"}) {
    REQUIRE(own.run({"school", "create", "--id", id, "--name", id}).code == 0);
    REQUIRE(
        own.run({"user", "create", "--school", id, "--login", "admin", "--role", "administrator", "--password-stdin"},
                password_line)
            .code == 0);
  }
  CHECK(refused(own, {"user", "list"}).find("--school") != std::string::npos);
  own.start();
  const auto client = own.client();
  const auto sign_in = [&](const std::string& school) {
    const auto reply = client.post(
        "/s/" + school + "/api/v1/session",
        json::serialize(json::object{{"login", "admin"}, {"password", Installation::password}, {"token", true}}));
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    return std::string(reply.json().at("token").as_string());
  };
  const Headers one{{"Authorization", "Bearer " + sign_in("one")}};
  CHECK(client.post("/s/one/api/v1/records/people.person", R"({"surname":"Первый","given_name":"Пётр"})", one).status ==
        201);
  CHECK(client.request("GET", "/s/one/api/v1/records/people.person", {}, one).json().at("items").as_array().size() ==
        1);
  // A token of one school is nothing in the other.
  CHECK(client.request("GET", "/s/two/api/v1/records/people.person", {}, one).status == 401);
  const Headers two{{"Authorization", "Bearer " + sign_in("two")}};
  CHECK(client.request("GET", "/s/two/api/v1/records/people.person", {}, two).json().at("items").as_array().empty());
  CHECK(client.get("/s/three/api/v1/session").status == 404);
  CHECK(client.get("/api/v1/session").code() == "no_school");
}
