// Accounts and rights over HTTP: the second factor, the security log, roles of the school year, and why.
#include <doctest/doctest.h>

#include <ctime>
#include <map>

#include "installation.hpp"
#include "kernel/auth/second_factor.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

std::string digits_now(std::string_view secret, std::int64_t later = 0) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  unsigned buffer = 0, bits = 0;
  for (const char letter : secret) {
    buffer = buffer << 5 | static_cast<unsigned>(letters.find(letter));
    if ((bits += 5) < 8) continue;
    bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
  }
  return eschool::auth::one_time_digits(bytes, static_cast<std::uint64_t>((std::time(nullptr) + later) / 30));
}

Installation& filled() { return shared_installation(); }

/// Entries of the security log with this deed, newest first.
std::vector<json::object> log_of(const Client& reader, const std::string& deed) {
  const auto reply = reader.get("/api/v1/security-log?limit=500&deed=" + deed);
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
  std::vector<json::object> entries;
  const auto answer = reply.json();
  for (const auto& item : answer.at("items").as_array()) entries.push_back(item.as_object());
  return entries;
}

std::int64_t account_of(const Client& admin, const std::string& login) {
  const auto answer = admin.get("/api/v1/accounts").json();
  for (const auto& item : answer.at("items").as_array())
    if (item.at("login").as_string() == login) return item.at("id").as_int64();
  throw std::runtime_error("no account " + login);
}

std::string number(std::int64_t id) { return std::to_string(id); }

}  // namespace

TEST_CASE("the second factor: set up, asked for, lost and taken off") {
  auto hr = filled().as("hr");
  const auto begun = hr.post("/api/v1/session/second-factor", "{}");
  REQUIRE_MESSAGE(begun.status == 200, begun.body);
  const std::string secret(begun.json().at("secret").as_string());
  CHECK(hr.put("/api/v1/session/second-factor", R"({"code":"000000"})").status == 422);
  const auto on = hr.put("/api/v1/session/second-factor", R"({"code":")" + digits_now(secret) + "\"}");
  REQUIRE_MESSAGE(on.status == 200, on.body);
  const auto recovery = on.json().at("recovery_codes").as_array();
  CHECK(recovery.size() == 10);

  const auto login = [&](const std::string& code) {
    return filled().client().post("/api/v1/session", R"({"login":")" + login_of("hr") + R"(","password":")" +
                                                         Installation::password + R"(","token":true,"code":")" + code +
                                                         "\"}");
  };
  CHECK(login("").code() == "second_factor_required");
  const auto next = digits_now(secret, 30);  // once: half a minute may end between two
  const auto in = login(next);
  CHECK_MESSAGE(in.status == 200, in.body);
  CHECK(login(next).code() == "second_factor_wrong");
  filled().client();

  const auto admin = filled().as("administrator");
  CHECK(!log_of(admin, "second_factor_on").empty());
  const auto refused = log_of(admin, "refused");
  REQUIRE(!refused.empty());
  CHECK(refused.front().at("login").as_string() == login_of("hr"));
  CHECK(admin.remove("/api/v1/accounts/" + number(account_of(admin, login_of("hr"))) + "/second-factor").status == 204);
  CHECK(hr.get("/api/v1/session").json().at("second_factor").at("on").as_bool() == false);
}

TEST_CASE("the security log is for those who audit, and knows who opened a card") {
  const auto admin = filled().as("administrator");
  CHECK(filled().as("teacher").get("/api/v1/security-log").status == 403);
  CHECK(filled().as("guardian").get("/api/v1/security-log").status == 403);
  const auto homeroom = filled().as("homeroom_teacher");
  const auto pupil = homeroom.first("people.student");
  REQUIRE(homeroom.get(records("people.student", pupil)).status == 200);
  REQUIRE(homeroom.get(records("people.student", pupil)).status == 200);
  // Noted behind the reading: the next write comes after it.
  const auto made = admin.post("/api/v1/accounts", R"({"login":"after.reading","role":"operator"})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  int seen = 0;
  for (const auto& entry : log_of(admin, "card_viewed"))
    seen += entry.at("by").as_string() == login_of("homeroom_teacher");
  CHECK(seen == 1);
  CHECK(log_of(admin, "account_created").front().at("login").as_string() == "after.reading");
  CHECK(log_of(admin, "role_granted").front().at("detail").as_string().starts_with("Оператор"));
}

TEST_CASE("the security log is narrowed to an account, an address and days") {
  const auto admin = filled().as("administrator");
  const auto made = admin.post("/api/v1/accounts", R"({"login":"log.subject","role":"operator"})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  REQUIRE(filled().client().login("log.subject", "не тот пароль").status == 401);
  REQUIRE(filled().client().login("log.nobody", "не тот пароль").status == 401);
  const auto asked = [&](const std::string& narrowed) {
    const auto reply = admin.get("/api/v1/security-log?limit=500&" + narrowed);
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    std::vector<std::string> found;
    const auto answer = reply.json();
    for (const auto& item : answer.at("items").as_array())
      found.push_back(std::string(item.at("deed").as_string()) + " " + std::string(item.at("login").as_string()));
    return found;
  };
  using Found = std::vector<std::string>;
  CHECK(asked("login=log.subject") ==
        Found{"refused log.subject", "role_granted log.subject", "account_created log.subject"});
  CHECK(asked("login=log.subject&deed=refused") == Found{"refused log.subject"});
  CHECK(asked("login=log.nobody") == Found{"refused log.nobody"});
  CHECK(asked("login=log").empty());
  // What somebody has done is about him too.
  const auto done = asked("login=" + login_of("administrator"));
  CHECK(std::count(done.begin(), done.end(), "account_created log.subject") == 1);

  const auto all = asked("deed=account_created");
  CHECK(asked("login=log.subject&remote=127.0.0.1") == asked("login=log.subject"));
  CHECK(asked("remote=192.0.2.1").empty());
  CHECK(asked("from=2020-01-01&deed=account_created") == all);
  CHECK(asked("to=2020-01-01").empty());
  CHECK(asked("from=2090-01-01").empty());
  for (const char* bad : {"from=вчера", "to=2026-13-01", "from=01.12.2026"}) {
    const auto reply = admin.get("/api/v1/security-log?" + std::string(bad, 5) + encode(bad + 5));
    CHECK_MESSAGE(reply.status == 400, reply.body);
  }

  const auto entry = log_of(admin, "signed_in");
  const auto teacher = std::find_if(entry.begin(), entry.end(), [](const auto& one) {
    return one.at("login").as_string() == login_of("homeroom_teacher");
  });
  REQUIRE(teacher != entry.end());
  CHECK(teacher->at("name").as_string() == "Маслова Вера Геннадьевна");
}

TEST_CASE("one of the own sessions is closed, and nobody else's") {
  const auto here = filled().as("deputy"), there = filled().as("deputy"), other = filled().as("teacher");
  const auto current = [](const Client& client) {
    const auto answer = client.get("/api/v1/session/list").json();
    for (const auto& item : answer.at("items").as_array())
      if (item.at("current").as_bool()) return std::string(item.at("id").as_string());
    throw std::runtime_error("no current session");
  };
  const auto path = "/api/v1/session/list/" + current(there);
  CHECK(path.find(there.token()) == std::string::npos);  // its name opens nothing
  CHECK(filled().client().remove(path).status == 401);
  CHECK(other.remove(path).status == 404);
  CHECK(there.get("/api/v1/session").status == 200);

  CHECK(here.remove(path).status == 204);
  CHECK(there.get("/api/v1/session").status == 401);
  CHECK(here.get("/api/v1/session").status == 200);
  CHECK(here.remove(path).status == 404);  // it is over
  CHECK(log_of(filled().as("administrator"), "signed_out").front().at("login").as_string() == login_of("deputy"));
}

TEST_CASE("the last administrator stays") {
  Installation alone;
  alone.create_school();
  alone.start();
  const auto admin = alone.as("administrator");
  const auto other = admin.post("/api/v1/accounts", R"({"login":"second.admin","role":"administrator"})");
  REQUIRE(other.status == 201);
  const auto second = other.json().at("id").as_int64();
  const auto granted = admin.get("/api/v1/accounts/" + number(second) + "/grants").json().at("items").at(0);
  CHECK(admin.remove("/api/v1/grants/" + number(granted.at("id").as_int64())).status == 204);
  // Nobody takes a role from himself; the machine's command line may, but for the last one.
  auto operator_login = admin.post("/api/v1/accounts", R"({"login":"third.admin","role":"administrator"})");
  const std::string code(operator_login.json().at("one_time_password").as_string());
  auto third = alone.client();
  REQUIRE(third.login("third.admin", code).status == 200);
  REQUIRE(third.put("/api/v1/session/password", R"({"old":")" + code + R"(","new":")" + Installation::password + "\"}")
              .status == 204);
  CHECK(third.patch("/api/v1/accounts/" + number(account_of(admin, login_of("administrator"))), R"({"enabled":false})")
            .status == 200);
  CHECK(third.patch("/api/v1/accounts/" + number(account_of(third, "third.admin")), R"({"enabled":false})").status ==
        403);
}

TEST_CASE("roles of the year: copied as drafts, approved by an order") {
  Installation school;
  school.create_school();
  school.start();
  const auto admin = school.as("administrator");
  const auto year = [&](const std::string& name, bool current) {
    const auto made = admin.post(records("school.year"),
                                 R"({"name":")" + name + R"(","current":)" + (current ? "true" : "false") + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return made.json().at("id").as_int64();
  };
  const auto answer = admin.get(records("school.year")).json();
  std::time_t seconds = std::time(nullptr) + 3 * 3600;
  std::tm today{};
  gmtime_r(&seconds, &today);
  const int begins = today.tm_year + 1900 - (today.tm_mon < 8);
  const auto named = [](int first) { return std::to_string(first) + "/" + std::to_string(first + 1); };
  std::int64_t now = 0;
  for (const auto& item : answer.at("items").as_array())
    if (item.at("name").as_string() == named(begins)) now = item.at("id").as_int64();
  if (!now) now = year(named(begins), true);
  const auto next = year(named(begins + 1), false);

  REQUIRE(admin.post("/api/v1/accounts", R"({"login":"the.deputy","role":"deputy"})").status == 201);
  REQUIRE(school.run({"user", "create", "--login", "by.command", "--role", "deputy"}).code == 0);
  REQUIRE(school.run({"user", "create", "--login", "one.day", "--role", "deputy", "--until", "2099-01-02"}).code == 0);
  const auto listed = admin.get("/api/v1/role-grants?year=" + number(now)).json();
  std::map<std::string, std::string> until;
  for (const auto& item : listed.at("items").as_array())
    if (item.at("until").is_string())
      until[std::string(item.at("login").as_string())] = std::string(item.at("until").as_string());
  const auto end_of_year = std::to_string(begins + 1) + "-08-31";
  CHECK(until["the.deputy"] == end_of_year);
  CHECK(until["by.command"] == end_of_year);
  CHECK(until["one.day"] == "2099-01-02");

  const auto body = R"({"from":)" + number(now) + R"(,"to":)" + number(next) + "}";
  const auto copied = admin.post("/api/v1/role-grants/drafts", body);
  REQUIRE_MESSAGE(copied.status == 201, copied.body);
  CHECK(copied.json().at("drafts").as_int64() >= 1);
  CHECK(admin.post("/api/v1/role-grants/drafts", body).json().at("drafts").as_int64() == 0);
  const auto before = admin.get("/api/v1/role-grants?year=" + number(next)).json();
  CHECK(before.at("drafts").as_array().size() >= 1);
  const auto count = [&](const json::value& list) {
    int found = 0;
    for (const auto& item : list.at("items").as_array()) found += item.at("login").as_string() == "the.deputy";
    return found;
  };
  CHECK(count(before) == 0);  // a new year begins without
  CHECK(admin.post("/api/v1/role-grants/approve", R"({"year":)" + number(next) + R"(,"order":""})").status == 422);
  const auto approved = admin.post("/api/v1/role-grants/approve",
                                   R"({"year":)" + number(next) + R"(,"order":"12-к","order_date":"2026-08-28"})");
  REQUIRE_MESSAGE(approved.status == 200, approved.body);
  const auto after = admin.get("/api/v1/role-grants?year=" + number(next)).json();
  CHECK(count(after) == 1);
  CHECK(after.at("drafts").as_array().empty());
  CHECK(admin
            .post("/api/v1/role-grants/approve",
                  R"({"year":)" + number(next) + R"(,"order":"13","order_date":"2026-08-28"})")
            .code() == "no_drafts");
}

TEST_CASE("why: the roles that give a record and those that do not") {
  const auto homeroom = filled().as("homeroom_teacher");
  const auto own = homeroom.first("people.student");
  const auto why = homeroom.get("/api/v1/explain?registry=people.student&id=" + number(own));
  REQUIRE_MESSAGE(why.status == 200, why.body);
  CHECK(why.json().at("allowed").as_bool());
  CHECK(why.json().at("reasons").at(0).at("relation").as_string() == "классный руководитель");
  const auto foreign = homeroom.get("/api/v1/explain?registry=people.student&id=999999").json();
  CHECK_FALSE(foreign.at("allowed").as_bool());
  // Of somebody else only who manages accounts asks.
  const auto admin = filled().as("administrator");
  const auto account = number(account_of(admin, login_of("guardian")));
  CHECK(homeroom.get("/api/v1/explain?registry=people.student&account=" + account).status == 403);
  const auto parent = admin.get("/api/v1/explain?registry=people.employee&action=update&account=" + account);
  REQUIRE_MESSAGE(parent.status == 200, parent.body);
  CHECK_FALSE(parent.json().at("allowed").as_bool());
  const auto roles = admin.get("/api/v1/roles").json();
  CHECK(roles.at("items").as_array().size() == 10);
  CHECK(filled().as("deputy").get("/api/v1/roles").status == 403);
}
