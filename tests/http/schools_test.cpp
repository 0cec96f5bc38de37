// Two schools in one process: each is found by its address or its host name, and nothing of one is reached from the
// other.
#include <doctest/doctest.h>

#include <set>

#include "imports.hpp"
#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

constexpr auto first = "/s/first", second = "/s/second";

/// `first` has the sample's pupils; `second` has one building and the same logins with the same password.
Installation& schools() {
  static Installation installation;
  static const bool ready = [] {
    const auto must = [](std::vector<std::string> arguments, const std::string& input = {}) {
      const auto output = installation.run(std::move(arguments), input);
      REQUIRE_MESSAGE(output.code == 0, output.out << output.error);
    };
    for (const std::string id : {"first", "second"}) {
      must({"school", "create", "--id", id, "--name", "Школа " + id});
      must({"school", "host", id + ".example.ru", "--school", id});
      for (const auto* role : {"administrator", "teacher"})
        must({"user", "create", "--login", login_of(role), "--role", role, "--password-stdin", "--school", id},
             std::string(Installation::password) + "\n");
    }
    must({"import", "school.institution", sample("Учреждение.xlsx"), "--school", "first"});
    must({"import", "people.student", sample("Ученики.xlsx"), "--school", "first"});
    installation.start();
    return true;
  }();
  static_cast<void>(ready);
  return installation;
}

std::string credentials(bool token) {
  return R"({"login":")" + login_of("administrator") + R"(","password":")" + Installation::password + R"(","token":)" +
         (token ? "true}" : "false}");
}

Headers bearer(const char* school) {
  const auto reply = schools().client().post(std::string(school) + "/api/v1/session", credentials(true));
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
  return {{"Authorization", "Bearer " + std::string(reply.json().at("token").as_string())}};
}

Response get(const std::string& path, const Headers& headers) {
  return schools().client().request("GET", path, {}, headers);
}

std::size_t pupils(const Response& reply) {
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
  return reply.json().at("items").as_array().size();
}

}  // namespace

TEST_CASE("the process answers for itself whatever school is meant") {
  for (const auto* path : {"/healthz", "/readyz", "/metrics"}) CHECK(get(path, {}).status == 200);
  Installation empty;
  empty.start();
  CHECK(empty.client().get("/healthz").status == 200);
  CHECK(empty.client().get("/readyz").status == 503);
}

TEST_CASE("a school is found by its path, by its host name, and not at all without either") {
  const auto token = bearer(first);
  const auto list = records("people.student") + "?limit=500";
  const auto by_path = pupils(get(first + list, token));
  CHECK(by_path > 100);
  auto with_host = token;
  with_host.emplace_back("Host", "First.Example.RU:8080");
  CHECK(pupils(get(list, with_host)) == by_path);
  CHECK(get(list, token).code() == "no_school");
  CHECK(get("/s/third" + list, token).code() == "no_school");
  CHECK(get("/s/" + list, token).code() == "no_school");
  // A path says more than a host name.
  CHECK(get(second + list, with_host).status == 401);
}

TEST_CASE("a session of one school is none in the other") {
  const auto list = records("people.student");
  const auto token = bearer(first);
  CHECK(get(first + list, token).status == 200);
  CHECK(get(second + list, token).status == 401);

  const auto login = schools().client().post(std::string(first) + "/api/v1/session", credentials(false));
  const auto set = login.header("set-cookie");
  const auto cookie = set.substr(0, set.find(';'));
  REQUIRE(cookie.find("_first=") != std::string::npos);
  CHECK(get(first + list, {{"Cookie", cookie}}).status == 200);
  CHECK(get(second + list, {{"Cookie", cookie}}).status == 401);
  // Nor under the name that the other school's cookie has.
  const auto secret = cookie.substr(cookie.find('=') + 1);
  CHECK(get(second + list, {{"Cookie", "eschool_session_second=" + secret}}).status == 401);
  CHECK(get(list, {{"Cookie", "eschool_session=" + secret}, {"Host", "second.example.ru"}}).status == 401);
}

TEST_CASE("both sessions live side by side in one browser") {
  const auto cookie = [&](const char* school) {
    const auto set =
        schools().client().post(std::string(school) + "/api/v1/session", credentials(false)).header("set-cookie");
    return set.substr(0, set.find(';'));
  };
  const Headers both{{"Cookie", cookie(first) + "; " + cookie(second)}};
  CHECK(pupils(get(first + records("people.student"), both)) > 0);
  CHECK(pupils(get(second + records("people.student"), both)) == 0);
}

TEST_CASE("records, files, histories and jobs of one school are not there in the other") {
  const auto own = bearer(first), other = bearer(second);
  const auto pupil =
      get(first + records("people.student") + "?limit=1", own).json().at("items").at(0).at("id").as_int64();
  const auto path = records("people.student", pupil);
  CHECK(get(first + path, own).status == 200);
  for (const auto* tail : {"", "/history"}) CHECK(get(second + path + tail, other).status == 404);
  CHECK(schools().client().request("PATCH", second + path, R"({"phone":null})", other).status == 404);
  CHECK(schools().client().request("DELETE", second + path, {}, other).status == 404);

  const auto exported = get(second + records("people.student") + "/export?format=csv", other);
  CHECK(exported.status == 200);
  CHECK(exported.body.find("Глушко") == std::string::npos);
  CHECK(get(first + records("people.student") + "/export?format=csv", own).body.find("Глушко") != std::string::npos);

  auto headers = own;
  headers.emplace_back("Content-Type", "text/csv");
  const auto started =
      schools().client().post(first + records("school.building") + "/import?dry_run=1", "Название\nГлавный\n", headers);
  REQUIRE_MESSAGE(started.status == 202, started.body);
  const auto job = started.header("location");
  CHECK(job.starts_with("/s/first/api/v1/jobs/"));
  CHECK(get(job, own).status == 200);
  CHECK(get(second + job.substr(std::string(first).size()), other).status == 404);
}

TEST_CASE("a key of one school's request says nothing in the other") {
  auto own = bearer(first), other = bearer(second);
  for (auto* headers : {&own, &other}) headers->emplace_back("Idempotency-Key", "k1");
  const std::string body = R"({"name":"Новый корпус"})";
  CHECK(schools().client().post(first + records("school.building"), body, own).status == 201);
  const auto made = schools().client().post(second + records("school.building"), body, other);
  CHECK(made.status == 201);
  CHECK(made.header("location").starts_with("/s/second/api/v1/records/school.building/"));
  CHECK(pupils(get(second + records("school.building") + "?filter=" + encode("name = 'Новый корпус'"), other)) == 1);
}

TEST_CASE("guessing at one school's account slows nobody at the other") {
  const std::string wrong = R"({"login":")" + login_of("teacher") + R"(","password":"не тот пароль"})";
  const auto guess = [&] { return schools().client().post(std::string(first) + "/api/v1/session", wrong).status; };
  CHECK(guess() == 401);
  // The delay doubles: on a slow machine the first may be over by the next guess, the sixth is not.
  bool slowed = false;
  for (int i = 0; i < 6 && !slowed; ++i) slowed = guess() == 429;
  CHECK(slowed);
  const auto right = R"({"login":")" + login_of("teacher") + R"(","password":")" + Installation::password + R"("})";
  CHECK(schools().client().post(std::string(second) + "/api/v1/session", right).status == 200);
}

TEST_CASE("a host name belongs to one school and can be given up") {
  const auto taken = schools().run({"school", "host", "first.example.ru", "--school", "second"});
  CHECK(taken.code == 1);
  CHECK(taken.error.find("Под ним отвечает школа first") != std::string::npos);
  CHECK(schools().run({"school", "host", "нет такого", "--school", "second"}).code == 1);
  CHECK(schools().run({"school", "host", "", "--school", "second"}).code == 0);
  const auto other = bearer(second);
  auto headers = other;
  headers.emplace_back("Host", "second.example.ru");
  CHECK(get(records("school.building"), headers).code() == "no_school");
  CHECK(schools().run({"school", "host", "second.example.ru", "--school", "second"}).code == 0);
  CHECK(get(records("school.building"), headers).status == 200);
}
