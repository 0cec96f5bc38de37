// The HTTP contract of design §7, over a real connection to the real binary.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "installation.hpp"
#include "replies.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

const Installation& shared() { return shared_installation(); }

/// A new account without a one-time password, and a client that has its token.
Client fresh_account(const Installation& installation, const std::string& login, const std::string& role,
                     const std::string& person = {}) {
  std::vector<std::string> arguments{"user", "create", "--login", login, "--role", role, "--password-stdin"};
  if (!person.empty()) arguments.insert(arguments.end(), {"--person", person});
  const auto output = installation.run(arguments, std::string(Installation::password) + "\n");
  REQUIRE_MESSAGE(output.code == 0, output.error);
  auto client = installation.client();
  REQUIRE(client.login(login, Installation::password).status == 200);
  return client;
}

/// The delay that one wrong password earns.
void wait_out() { std::this_thread::sleep_for(std::chrono::milliseconds(1100)); }

std::string one_time_password(const Installation& installation, const std::string& login, const std::string& role) {
  const auto output = installation.run({"user", "create", "--login", login, "--role", role, "--json"});
  REQUIRE_MESSAGE(output.code == 0, output.error);
  return std::string(json::parse(output.out).at("one_time_password").as_string());
}

Headers cookie_of(const Response& login) {
  const auto set = login.header("set-cookie");
  return {{"Cookie", set.substr(0, set.find(';'))}};
}

Headers with(Headers headers, const std::string& name, const std::string& value) {
  headers.emplace_back(name, value);
  return headers;
}

std::string credentials(const std::string& login, const std::string& password) {
  return json::serialize(json::object{{"login", login}, {"password", password}});
}

}  // namespace

TEST_CASE("without a session nothing is shown") {
  const auto nobody = shared().client();
  for (const auto* path :
       {"/api/v1/session", "/api/v1/schemas", "/api/v1/records/people.student", "/api/v1/records/people.student/1",
        "/api/v1/openapi.json", "/api/v1/plugins", "/api/v1/jobs/x", "/api/v1/accounts"})
    check_problem(nobody.get(path), 401, "unauthenticated");
  check_problem(nobody.post(records("people.student"), "{}"), 401, "unauthenticated");
  check_problem(nobody.post("/api/v1/batch", "{}"), 401, "unauthenticated");
  CHECK(nobody.get("/healthz").status == 200);
  CHECK(nobody.get("/readyz").status == 200);
  CHECK(nobody.get("/readyz").body.find("people") == std::string::npos);
  CHECK(nobody.get("/metrics").body.find("eschool_requests_total") != std::string::npos);
  check_problem(nobody.get("/api/v1/nowhere"), 404, "no_route");
  const auto method = nobody.request("PUT", "/healthz");
  check_problem(method, 405, "method");
  CHECK(method.header("allow").find("GET") != std::string::npos);
}

TEST_CASE("a token opens the API until it is given back") {
  auto client = shared().client();
  check_problem(client.login("nobody-of-that-name", "не тот пароль 1"), 401, "bad_credentials");
  client.set_token("nonsense");
  check_problem(client.get("/api/v1/session"), 401, "unauthenticated");

  client = shared().client();
  const auto reply = client.login(login_of("director"), Installation::password);
  REQUIRE(reply.status == 200);
  CHECK(reply.header("set-cookie").empty());
  const auto me = client.get("/api/v1/session");
  CHECK(me.json().at("user").at("login").as_string() == login_of("director"));
  CHECK(me.json().at("user").at("name").as_string() == "Позднякова Эльвира Никитична");
  CHECK(me.json().at("roles").at(0).at("id").as_string() == "director");
  CHECK(me.json().at("rights").at("people.student").as_array() == json::array{"read"});
  // A token is no cookie and a cookie no token.
  CHECK(shared()
            .client()
            .request("GET", "/api/v1/session", {}, {{"Cookie", "eschool_session=" + text(reply, "token")}})
            .status == 401);
  CHECK(client.remove("/api/v1/session").status == 204);
  check_problem(client.get("/api/v1/session"), 401, "unauthenticated");
}

TEST_CASE("a cookie session proves its unsafe requests") {
  const auto browser = shared().client();
  const auto login = browser.post("/api/v1/session", credentials(login_of("operator"), Installation::password));
  REQUIRE(login.status == 200);
  const auto set = login.header("set-cookie");
  CHECK(set.find("HttpOnly") != std::string::npos);
  CHECK(set.find("SameSite=") != std::string::npos);
  CHECK_FALSE(login.json().as_object().contains("token"));
  const auto cookie = cookie_of(login);
  const auto csrf = text(login, "csrf");
  const auto session = browser.request("GET", "/api/v1/session", {}, cookie);
  CHECK(session.status == 200);
  CHECK(text(session, "csrf") == csrf);

  const std::string body = R"({"surname":"Кукин","given_name":"Семён"})";
  check_problem(browser.post(records("people.person"), body, cookie), 403, "csrf");
  check_problem(browser.post(records("people.person"), body, with(cookie, "X-CSRF-Token", "wrong")), 403, "csrf");
  check_problem(browser.post(records("people.person"), body, with(cookie, "Sec-Fetch-Site", "cross-site")), 403,
                "csrf");
  CHECK(browser.post(records("people.person"), body, with(cookie, "X-CSRF-Token", csrf)).status == 201);
  CHECK(browser.post(records("people.person"), body, with(cookie, "Sec-Fetch-Site", "same-origin")).status == 201);

  check_problem(browser.remove("/api/v1/session", cookie), 403, "csrf");
  CHECK(browser.remove("/api/v1/session", with(cookie, "X-CSRF-Token", csrf)).status == 204);
  check_problem(browser.request("GET", "/api/v1/session", {}, cookie), 401, "unauthenticated");
}

TEST_CASE("a session ends by itself") {
  Installation own;
  REQUIRE(own.run({"school", "create", "--id", "test", "--name", "Школа"}).code == 0);
  own.start();
  const auto client = fresh_account(own, "admin", "administrator");
  const auto browser = own.client();
  const auto cookie = cookie_of(browser.post("/api/v1/session", credentials("admin", Installation::password)));
  CHECK(client.get("/api/v1/session").status == 200);
  CHECK(browser.request("GET", "/api/v1/session", {}, cookie).status == 200);
  REQUIRE(own.stop() == 0);

  // The clock can not be turned: the sessions are made old instead, while nobody has the database.
  CHECK(own.touch("UPDATE es_session SET expires_at = '2020-01-01T00:00:00Z', last_seen_at = '2020-01-01T00:00:00Z'") ==
        2);

  own.start();
  const auto changed = own.client();
  check_problem(changed.request("GET", "/api/v1/session", {}, cookie), 401, "unauthenticated");
  check_problem(changed.request("GET", "/api/v1/session", {}, {{"Authorization", "Bearer " + client.token()}}), 401,
                "unauthenticated");
  CHECK(changed.post("/api/v1/session", credentials("admin", Installation::password)).status == 200);
}

TEST_CASE("the first password is used once and changed") {
  const auto code = one_time_password(shared(), "newcomer", "teacher");
  auto client = shared().client();
  const auto login = client.login("newcomer", code);
  REQUIRE(login.status == 200);
  CHECK(login.json().at("must_change_password").as_bool());
  check_problem(client.get(records("people.student")), 403, "password_change_required");
  check_problem(client.post(records("people.student"), "{}"), 403, "password_change_required");
  CHECK(client.get("/api/v1/session").status == 200);

  const auto change = [&](const std::string& before, const std::string& after) {
    return client.put("/api/v1/session/password", json::serialize(json::object{{"old", before}, {"new", after}}));
  };
  CHECK(fields(change(code, "123456")) == Names{"new:weak"});
  CHECK(fields(change("wrong-code", "синий трактор едет 5")) == Names{"old:wrong"});
  wait_out();
  CHECK(fields(change(code, code)).at(0).starts_with("new:"));
  CHECK(change(code, "синий трактор едет 5").status == 204);

  check_problem(shared().client().login("newcomer", code), 401, "bad_credentials");
  wait_out();
  auto again = shared().client();
  const auto second = again.login("newcomer", "синий трактор едет 5");
  REQUIRE(second.status == 200);
  CHECK_FALSE(second.json().at("must_change_password").as_bool());
  CHECK(again.get(records("people.student")).status == 200);

  // A reset ends the sessions and asks for a change again.
  const auto reset = shared().run({"user", "reset", "--login", "newcomer", "--json"});
  REQUIRE(reset.code == 0);
  check_problem(again.get("/api/v1/session"), 401, "unauthenticated");
}

TEST_CASE("a password guessed too often waits, in Russian") {
  one_time_password(shared(), "guessed", "teacher");
  check_problem(shared().client().login("guessed", "мимо мимо мимо"), 401, "bad_credentials");
  // The first delays are 1, 2, 4 s: a slow machine may outlast one of them, and never all.
  auto second = shared().client().login("guessed", "мимо мимо мимо");
  for (int i = 0; i < 5 && second.status == 401; ++i) second = shared().client().login("guessed", "мимо мимо мимо");
  check_problem(second, 429, "too_many_attempts");
  CHECK(std::stoi(second.header("retry-after")) > 0);
  // Others behind the same address are not held up.
  CHECK(shared().as("hr").get("/api/v1/session").status == 200);
}

TEST_CASE("a record is made, read, changed, archived") {
  const auto client = shared().as("operator");
  const auto made =
      client.post(records("people.student"),
                  R"({"surname":"Ёжиков","given_name":"Лев","birth_date":"2015-02-03","phone":"8 921 555-44-33"})");
  REQUIRE(made.status == 201);
  const auto id = number(made, "id");
  CHECK(made.header("location") == records("people.student", id));
  CHECK(number(made, "version") == 1);
  CHECK(text(made, "phone") == "+79215554433");

  const auto path = records("people.student", id);
  const auto read = client.get(path);
  CHECK(read.body == made.body);
  CHECK(read.header("content-type").starts_with("application/json"));

  const auto changed = client.patch(path, R"({"given_name":"Леонид"})", {{"If-Match", "\"1\""}});
  REQUIRE(changed.status == 200);
  CHECK(number(changed, "version") == 2);

  // Somebody saw version 1: both versions come back, nothing is overwritten.
  const auto stale = client.patch(path, R"({"given_name":"Лука"})", {{"If-Match", "1"}});
  check_problem(stale, 412, "stale");
  CHECK(stale.json().at("your_version").as_int64() == 1);
  CHECK(stale.json().at("current").at("version").as_int64() == 2);
  CHECK(stale.json().at("current").at("given_name").as_string() == "Леонид");
  check_problem(client.patch(path, R"({"given_name":"Лука"})", {{"If-Match", "abc"}}), 400, "if_match");

  // What was read may be sent back whole and changes nothing.
  CHECK(number(client.patch(path, changed.body), "version") == 2);

  const auto brief = client.patch(path, R"({"given_name":"Леон"})", {{"Prefer", "return=minimal"}});
  CHECK(brief.json().as_object().size() == 2);

  const auto history = client.get(path + "/history");
  REQUIRE(history.status == 200);
  const auto items = list_of(history, "items");
  REQUIRE(items.size() == 4);  // the person and the pupil were made, the person changed twice
  CHECK(items[0].at("action").as_string() == "update");
  CHECK(items[0].at("before").at("given_name").as_string() == "Леонид");
  CHECK(items[0].at("after").at("given_name").as_string() == "Леон");
  CHECK(items[0].at("by").as_string() == login_of("operator"));
  CHECK(items[0].at("by_name").as_string().empty());

  check_problem(client.remove(path), 403, "denied");
  const auto deputy = shared().as("deputy");
  check_problem(deputy.remove(path, {{"If-Match", "1"}}), 412, "stale");
  const auto archived = deputy.remove(path);
  CHECK(archived.status == 200);
  CHECK(archived.json().at("archived").as_bool());
  check_problem(client.patch(path, R"({"given_name":"Лука"})"), 409, "archived");
  CHECK(client.ids("people.student", "surname = 'Ёжиков'").empty());
}

TEST_CASE("a batch is written whole or not at all") {
  const auto client = shared().as("administrator");
  const auto good = client.post("/api/v1/batch", R"({"operations":[
    {"op":"create","registry":"school.building","values":{"name":"Корпус батча"}},
    {"op":"create","registry":"people.person","values":{"surname":"Батчев","given_name":"Пётр"}}]})");
  REQUIRE_MESSAGE(good.status == 200, good.body);
  const auto person = good.json().at("results").at(1).at("id").as_int64();

  const auto bad = client.post("/api/v1/batch", R"({"operations":[
    {"op":"update","registry":"people.person","id":)" +
                                                    std::to_string(person) + R"(,"values":{"given_name":"Павел"}},
    {"op":"create","registry":"school.building","values":{"name":"Не бывать"}},
    {"op":"create","registry":"people.person","values":{"given_name":"Безфамильный"}}]})");
  check_problem(bad, 422, "invalid");
  CHECK(fields(bad) == Names{"operations[2].values.surname:required"});
  CHECK(client.ids("school.building", "name = 'Не бывать'").empty());
  CHECK(text(client.get(records("people.person", person)), "given_name") == "Пётр");

  check_problem(
      client.post("/api/v1/batch", R"({"operations":[{"op":"update","registry":"people.person","id":)" +
                                       std::to_string(person) + R"(,"version":9,"values":{"given_name":"Павел"}}]})"),
      412, "stale");
  check_problem(client.post("/api/v1/batch", R"({"operations":[]})"), 400, "operations");
  check_problem(client.post("/api/v1/batch", R"({"operations":[{"op":"drop","registry":"people.person"}]})"), 400,
                "operations");
  check_problem(client.post("/api/v1/batch", R"({"operations":[{"op":"archive","registry":"no.such","id":1}]})"), 404,
                "unknown_registry");
  // The rights of each operation are asked.
  check_problem(shared()
                    .as("operator")
                    .post("/api/v1/batch", R"({"operations":[{"op":"archive","registry":"people.person","id":)" +
                                               std::to_string(person) + "}]}"),
                403, "denied");
}

TEST_CASE("a repeated request with its key is done once") {
  const auto client = shared().as("administrator");
  const std::string body = R"({"name":"Корпус один раз"})";
  const Headers key{{"Idempotency-Key", "b6f1"}};
  const auto first = client.post(records("school.building"), body, key);
  const auto second = client.post(records("school.building"), body, key);
  CHECK(first.status == 201);
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  REQUIRE_FALSE(first.header("location").empty());
  CHECK(second.header("location") == first.header("location"));
  CHECK(client.ids("school.building", "name = 'Корпус один раз'").size() == 1);
  check_problem(client.post(records("people.person"), R"({"surname":"А","given_name":"Б"})", key), 422,
                "idempotency_key");
  check_problem(client.post(records("school.building"), R"({"name":"Другой корпус"})", key), 422, "idempotency_key");
  // The key is the account's own.
  CHECK(shared().as("operator").post(records("school.building"), R"({"name":"Корпус оператора"})", key).status == 201);
  // A refused request leaves its key free.
  const Headers other{{"Idempotency-Key", "c7a2"}};
  check_problem(client.post(records("school.building"), "{}", other), 422, "invalid");
  CHECK(client.post(records("school.building"), R"({"name":"Со второго раза"})", other).status == 201);
}

TEST_CASE("a repeated request does nothing twice, and what it answered of passwords is kept nowhere") {
  const auto client = shared().as("administrator");
  const Headers key{{"Idempotency-Key", "d8b3"}};
  const std::string body = R"({"login":"once-only","role":"guardian"})";
  const auto first = client.post("/api/v1/accounts", body, key);
  CHECK(first.status == 201);
  const std::string code(first.json().at("one_time_password").as_string());
  CHECK(code.size() > 6);
  const auto second = client.post("/api/v1/accounts", body, key);
  check_problem(second, 409, "reply_not_kept");
  CHECK(second.body.find(code) == std::string::npos);
}

TEST_CASE("what did not change is not sent again") {
  const auto client = shared().as("director");
  const auto path = records("people.student") + "?limit=3";
  const auto first = client.get(path);
  const auto tag = first.header("etag");
  REQUIRE_FALSE(tag.empty());
  const auto again = client.request("GET", path, {}, {{"If-None-Match", tag}});
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK(client.request("GET", path, {}, {{"If-None-Match", "\"0\""}}).status == 200);
  // The same address answers another role otherwise, and no cache may mix them up.
  CHECK(shared().as("teacher").request("GET", path, {}, {{"If-None-Match", tag}}).status == 200);
  CHECK(first.header("cache-control") == "no-store");
}

TEST_CASE("a request that means nothing is told so") {
  const auto client = shared().as("administrator");
  check_problem(client.get(records("people.nobody")), 404, "unknown_registry");
  check_problem(client.get(records("es_account")), 404, "unknown_registry");
  check_problem(client.get(records("people.student") + "/0"), 404, "not_found");
  check_problem(client.get(records("people.student") + "/abc"), 404, "not_found");
  check_problem(client.get(records("people.student", 999999)), 404, "not_found");
  check_problem(client.get(records("people.student") + "/99999999999999999999"), 404, "not_found");
  const auto list = [&](const std::string& query) { return client.get(records("people.student") + "?" + query); };
  check_problem(list("filter=" + encode("no_such = 1")), 400, "unknown_filter");
  check_problem(list("filter=" + encode("surname = 5")), 400, "unknown_filter");
  check_problem(list("filter=" + encode("surname = 'x")), 400, "filter_syntax");
  check_problem(list("filter=" + encode("surname = 'x'); DROP TABLE people_person; --")), 400, "filter_syntax");
  check_problem(list("sort=no_such"), 400, "unknown_sort");
  check_problem(list("fields=no_such"), 400, "unknown_field");
  check_problem(list("limit=0"), 400, "limit");
  check_problem(list("limit=501"), 400, "limit");
  check_problem(list("limit=x"), 400, "limit");
  check_problem(list("after=xyz"), 400, "cursor");
  check_problem(list("page=2"), 400, "unknown_parameter");
  // A cursor of another order.
  const auto next = text(list("sort=surname&limit=1"), "next");
  check_problem(list("sort=surname,birth_date&limit=1&after=" + encode(next)), 400, "cursor");
}

TEST_CASE("a body that is not what it should be is refused whole") {
  const auto client = shared().as("administrator");
  const auto path = records("people.student");
  check_problem(client.post(path, "{"), 400, "malformed_json");
  check_problem(client.post(path, "[]"), 400, "malformed_json");
  check_problem(client.post(path, "\"x\""), 400, "malformed_json");
  check_problem(client.post(path, ""), 400, "malformed_json");
  check_problem(client.post(path, "{\"surname\":\"\xFF\"}"), 400, "malformed_json");
  check_problem(client.post(path, std::string(100, '[')), 400, "malformed_json");
  // Where the mistake is, in Russian.
  const auto told = [&](const std::string& body) { return text(client.post(path, body), "detail"); };
  CHECK(told("{\"surname\":\"Ёж\",\n \"имя\": x}") ==
        "Тело запроса не разобрано как JSON: ошибка здесь — строка 2, знак 9.");
  CHECK(told("{\"surname\":") == "Тело запроса не разобрано как JSON: текст обрывается.");
  CHECK(told("") == "Тело запроса пустое: нужен объект JSON.");
  CHECK(told(std::string(100, '[')) ==
        "Тело запроса не разобрано как JSON: вложенность больше 32 (строка 1, знак 33).");
  CHECK(told("{} {}") == "Тело запроса не разобрано как JSON: ошибка здесь — строка 1, знак 4.");
  check_problem(client.post(path, R"({"surname":"А","given_name":"Б"})", {{"Content-Type", "text/plain"}}), 415,
                "media_type");
  const auto wrong = client.post(path, R"({"surname":5,"birth_date":"2014-02-30","no_such":1,"class":"5А"})");
  check_problem(wrong, 422, "invalid");
  CHECK(fields(wrong) == Names{"surname:type", "birth_date:date", "no_such:unknown_field", "class:type"});
  for (const auto& error : list_of(wrong, "errors")) CHECK_FALSE(error.at("message").as_string().empty());
  CHECK(fields(client.post(path, R"({"surname":"А","given_name":"Б","snils":"112-233-445 96"})")) ==
        Names{"snils:snils_checksum"});
  CHECK(fields(client.post(path, R"({"given_name":"Б"})")) == Names{"surname:required"});
  CHECK(fields(client.post(path, R"({"surname":"А","given_name":"Б","class":999999})")) ==
        Names{"class:no_such_record"});
  check_problem(client.post(path, R"({"surname":")" + std::string(2 * 1024 * 1024, 'x') + R"("})"), 413,
                "body_too_large");
  // After all this the server is as well as before.
  CHECK(client.get(path).status == 200);
}

TEST_CASE("headers beyond their limits are refused before anything else is looked at") {
  const auto client = shared().as("administrator");
  const auto path = records("people.student");
  check_problem(client.request("GET", path, {}, {{"X-Long", std::string(20'000, 'a')}}), 431, "headers_too_large");
  Headers many;
  for (int i = 0; i < 200; ++i) many.emplace_back("X-" + std::to_string(i), "a");
  check_problem(client.request("GET", path, {}, many), 431, "too_many_headers");
  CHECK(client.get(path + "?q=" + std::string(20'000, 'a')).status == 414);
  CHECK(client.get(path).status == 200);
}

TEST_CASE("what is not the caller's answers as if it were not there") {
  const auto guardian = shared().as("guardian");
  const auto administrator = shared().as("administrator");
  const auto mine = guardian.ids("people.student");
  REQUIRE(mine.size() >= 1);
  std::int64_t foreign = 0;
  for (const auto id : administrator.ids("people.student"))
    if (std::find(mine.begin(), mine.end(), id) == mine.end()) foreign = id;
  const auto unseen = guardian.get(records("people.student", foreign));
  const auto missing = guardian.get(records("people.student", 999999));
  check_problem(unseen, 404, "not_found");
  CHECK(unseen.body == missing.body);
  check_problem(guardian.patch(records("people.student", foreign), R"({"phone":null})"), 404, "not_found");
  check_problem(guardian.remove(records("people.student", foreign)), 404, "not_found");
  check_problem(guardian.get(records("people.student", foreign) + "/history"), 403, "denied");
  const auto teacher = shared().as("homeroom_teacher");
  std::set<std::int64_t> seen;
  for (const auto id : teacher.ids("people.student")) seen.insert(id);
  for (const auto id : administrator.ids("people.student"))
    if (!seen.contains(id)) {
      check_problem(teacher.get(records("people.student", id) + "/history"), 404, "not_found");
      break;
    }
}

TEST_CASE("history names what references led to, and the person behind an account") {
  const auto administrator = shared().as("administrator");
  const auto made = [&](const std::string& name) {
    return create(administrator, "school.class", R"({"name":")" + name + R"("})");
  };
  const auto first = made("7Ы"), second = made("7Э");
  const auto teller = create(administrator, "people.person", R"({"surname":"Летописцева","given_name":"Анна"})");
  const auto client = fresh_account(shared(), "teller", "operator", std::to_string(teller));
  const auto pupil = create(client, "people.student",
                            R"({"surname":"Переводов","given_name":"Ян","class":)" + std::to_string(first) + "}");
  const auto path = records("people.student", pupil);
  REQUIRE(client.patch(path, R"({"class":)" + std::to_string(second) + "}", {{"If-Match", "1"}}).status == 200);
  const auto newest = list_of(administrator.get(path + "/history"), "items").at(0);
  CHECK(newest.at("before").at("class") == boost::json::value{{"id", first}, {"display", "7Ы"}});
  CHECK(newest.at("after").at("class") == boost::json::value{{"id", second}, {"display", "7Э"}});
  CHECK(newest.at("by").as_string() == "teller");
  CHECK(newest.at("by_name").as_string() == "Летописцева Анна");
}

TEST_CASE("history shows of a record no more than the record itself") {
  const auto administrator = shared().as("administrator");
  const auto pupil =
      create(administrator, "people.student", R"({"surname":"Тайнов","given_name":"Ян","health_group":"5"})");
  const auto path = records("people.student", pupil);
  const auto deputy = shared().as("deputy").get(path + "/history");
  REQUIRE(deputy.status == 200);
  CHECK(deputy.body.find("Тайнов") != std::string::npos);
  CHECK(deputy.body.find("health_group") == std::string::npos);
  CHECK(administrator.get(path + "/history").body.find("health_group") != std::string::npos);

  // A deputy who is a parent reads the health of the own child, and of no other child, now or in the past.
  const auto person = create(administrator, "people.person", R"({"surname":"Двойкина","given_name":"Роль"})");
  const auto parent = create(administrator, "people.guardian", R"({"person":)" + std::to_string(person) + "}");
  const auto child =
      create(administrator, "people.student", R"({"surname":"Двойкин","given_name":"Лев","health_group":"4"})");
  create(administrator, "people.guardianship",
         R"({"student":)" + std::to_string(child) + R"(,"guardian":)" + std::to_string(parent) + "}");
  auto both = fresh_account(shared(), "both", "deputy", std::to_string(person));
  std::int64_t account = 0;
  for (const auto& item : list_of(administrator.get("/api/v1/accounts"), "items"))
    if (item.at("login").as_string() == "both") account = item.at("id").as_int64();
  REQUIRE(
      administrator.post("/api/v1/accounts/" + std::to_string(account) + "/grants", R"({"role":"guardian"})").status ==
      201);

  CHECK(both.get(records("people.student", child)).body.find("health_group") != std::string::npos);
  CHECK(both.get(path).body.find("health_group") == std::string::npos);
  CHECK(both.get(records("people.student", child) + "/history").body.find("health_group") != std::string::npos);
  CHECK(both.get(path + "/history").body.find("health_group") == std::string::npos);
}

TEST_CASE("plugins are seen and switched by who manages them") {
  const auto administrator = shared().as("administrator");
  const auto list = administrator.get("/api/v1/plugins");
  REQUIRE(list.status == 200);
  std::set<std::string> running;
  for (const auto& item : list_of(list, "items"))
    if (item.at("state").as_string() == "running" && item.at("enabled").as_bool())
      running.insert(std::string(item.at("id").as_string()));
  CHECK(running.contains("school"));
  CHECK(running.contains("people"));
  const auto refused = administrator.put("/api/v1/plugins/people", R"({"enabled":false})");
  check_problem(refused, 409, "cannot_disable");
  check_problem(administrator.put("/api/v1/plugins/nothing", R"({"enabled":true})"), 404, "unknown_plugin");
  check_problem(administrator.put("/api/v1/plugins/people", R"({"enabled":1})"), 400, "enabled");
  check_problem(shared().as("director").get("/api/v1/plugins"), 403, "denied");
  check_problem(shared().as("director").put("/api/v1/plugins/people", R"({"enabled":false})"), 403, "denied");
  CHECK(administrator.get(records("people.student")).status == 200);
}

TEST_CASE("the description of the API is whole") {
  const auto client = shared().as("administrator");
  const auto reply = client.get("/api/v1/openapi.json");
  REQUIRE(reply.status == 200);
  const auto document = reply.json();
  CHECK(document.at("openapi").as_string().starts_with("3.1"));
  const auto& paths = document.at("paths").as_object();
  for (const auto& item : list_of(client.get("/api/v1/schemas"), "items")) {
    const std::string id(item.at("id").as_string());
    CHECK(paths.contains("/api/v1/records/" + id));
    CHECK(paths.contains("/api/v1/records/" + id + "/{id}"));
    CHECK(document.at("components").at("schemas").as_object().contains(id));
  }
  CHECK(paths.contains("/api/v1/session"));
  CHECK(paths.contains("/api/v1/batch"));
  // Every reference inside leads somewhere.
  for (std::size_t at = reply.body.find("\"$ref\":\""); at != std::string::npos;
       at = reply.body.find("\"$ref\":\"", at + 1)) {
    const auto start = at + 8;
    const auto pointer = reply.body.substr(start + 1, reply.body.find('"', start) - start - 1);
    json::error_code failure;
    CHECK_MESSAGE(document.find_pointer(pointer, failure), pointer);
  }
}

TEST_CASE("schemas show what the role reads") {
  const auto names = [](const Client& client) {
    Names found;
    for (const auto& item : list_of(client.get("/api/v1/schemas"), "items"))
      found.emplace_back(item.at("id").as_string());
    std::sort(found.begin(), found.end());
    return found;
  };
  const auto fields_of = [](const Client& client, const std::string& registry) {
    std::set<std::string> found;
    for (const auto& field : list_of(client.get("/api/v1/schemas/" + registry), "fields"))
      found.insert(std::string(field.at("name").as_string()));
    return found;
  };
  // What the regulation's table of rights says is read, and nothing else: the table is read here without the compiler.
  const auto said_of = [](std::string_view role) {
    Names found;
    std::ifstream file(ESCHOOL_SOURCE_DIR "/etc/roles.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto table = json::parse(text);
    for (const auto& item : table.at("roles").as_array())
      if (item.at("id").as_string() == role)
        for (const auto& [registry, right] : item.at("rights").as_object())
          if (right.as_object().contains("read")) found.emplace_back(registry);
    std::sort(found.begin(), found.end());
    return found;
  };
  for (const char* role : {"administrator", "hr", "student"}) {
    CAPTURE(role);
    REQUIRE(said_of(role).size() > 5);
    CHECK(names(shared().as(role)) == said_of(role));
  }
  const auto teacher = shared().as("teacher");
  CHECK(fields_of(teacher, "people.student").contains("birth_date"));
  CHECK_FALSE(fields_of(teacher, "people.student").contains("phone"));
  CHECK_FALSE(fields_of(teacher, "people.student").contains("health_group"));
  CHECK(fields_of(shared().as("deputy"), "people.student").contains("phone"));
  CHECK_FALSE(fields_of(shared().as("deputy"), "people.student").contains("health_group"));
  CHECK(fields_of(shared().as("homeroom_teacher"), "people.student").contains("health_group"));
  check_problem(teacher.get("/api/v1/schemas/people.guardian"), 404, "not_found");

  // A new form begins with what its field is meant for, if that is one record which the caller reads.
  const auto preset = [](const Client& client, const std::string& registry, const std::string& name) -> json::value {
    for (const auto& field : list_of(client.get("/api/v1/schemas/" + registry), "fields"))
      if (field.at("name").as_string() == name)
        return field.as_object().contains("preset") ? field.at("preset").at("display") : json::value(nullptr);
    return "no such field";
  };
  CHECK(preset(teacher, "curriculum.lesson_plan", "teacher") == "Барсукова Елена Вячеславовна");
  CHECK(preset(teacher, "curriculum.lesson_plan", "year") == "2026/2027");
  CHECK(preset(shared().as("administrator"), "curriculum.lesson_plan", "teacher") == nullptr);
  CHECK(preset(shared().as("director"), "curriculum.lesson_plan", "year") == nullptr);  // he makes none

  // What a card shows of other registries is by their rights, and so are its columns.
  const auto related = [](const Client& client, const std::string& registry) {
    std::map<std::string, json::value> found;
    const auto views = client.get("/api/v1/schemas/" + registry).json().at("views");
    for (const auto& list : views.at("related").as_array())
      found[std::string(list.at("registry").as_string())] = list.at("list");
    return found;
  };
  CHECK(related(shared().as("operator"), "people.student").at("people.guardianship") ==
        json::value{"guardian", "kinship", "guardian.phone", "guardian.email", "may_pick_up", "restricted"});
  CHECK(related(teacher, "people.student").empty());
  CHECK(related(teacher, "school.class").at("people.student") ==
        json::value{"surname", "given_name", "patronymic", "birth_date"});
  CHECK(related(shared().as("hr"), "school.class").empty());
}

TEST_CASE("the order of filling is told, with what is there and what comes next") {
  const auto& school = shared();
  const auto administrator = school.as("administrator");
  const auto reply = administrator.get("/api/v1/fill-order");
  REQUIRE(reply.status == 200);
  std::map<std::string, json::object> steps;
  std::map<std::string, int> place;
  for (const auto& item : list_of(reply, "items")) {
    const std::string id(item.at("registry").as_string());
    place[id] = static_cast<int>(place.size());
    steps[id] = item.as_object();
  }
  CHECK(place.at("school.award_level") < place.at("school.award_kind"));
  CHECK(place.at("school.building") < place.at("school.room"));
  CHECK(place.at("people.student") < place.at("people.guardianship"));
  for (const auto& [id, step] : steps)
    for (const auto& needed : step.at("needs").as_array()) {
      CAPTURE(id);
      CHECK(place.at(std::string(needed.as_string())) < place.at(id));
    }
  // Shipped dictionaries are full from the first start.
  CHECK(steps.at("school.post").at("shipped").as_bool());
  CHECK(steps.at("school.post").at("records").as_int64() > 40);
  CHECK_FALSE(steps.at("school.room").at("shipped").as_bool());
  CHECK(administrator
            .get(records("school.post") + "?filter=name%20%3D%20%27%D1%83%D1%87%D0%B8%D1%82%D0%B5%D0%BB%D1%8C%27")
            .json()
            .at("items")
            .as_array()
            .size() == 1);
  // Of what the role does not read nothing is told.
  const auto pupil = school.as("student").get("/api/v1/fill-order");
  REQUIRE(pupil.status == 200);
  CHECK(pupil.json().at("next").is_null());
  for (const auto& item : list_of(pupil, "items")) {
    CHECK(item.at("registry").as_string() != "school.room");
    CHECK_FALSE(item.at("create").as_bool());
  }
}

TEST_CASE("a job is its owner's") {
  const auto one = shared().as("operator"), other = fresh_account(shared(), "operator-two", "operator");
  const auto started = one.post(records("people.student") + "/import?dry_run=1", "Фамилия;Имя\nИванов;Пётр\n",
                                {{"Content-Type", "text/csv"}});
  REQUIRE_MESSAGE(started.status == 202, started.body);
  const auto job = "/api/v1/jobs/" + text(started, "job");
  CHECK(one.get(job).status == 200);
  check_problem(other.get(job), 404, "not_found");
  check_problem(other.remove(job), 404, "not_found");
  check_problem(shared().as("administrator").get(job), 404, "not_found");
  check_problem(one.get("/api/v1/jobs/nothing"), 404, "not_found");
  check_problem(shared().as("teacher").post(records("people.student") + "/import", "x", {{"Content-Type", "text/csv"}}),
                403, "denied");
}

TEST_CASE("accounts are kept by who manages them, and no rights grow by it") {
  const auto sysadmin = shared().as("sysadmin"), administrator = shared().as("administrator");
  check_problem(shared().as("director").get("/api/v1/accounts"), 403, "denied");
  const auto made = sysadmin.post("/api/v1/accounts", R"({"login":"helper"})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  const auto account = "/api/v1/accounts/" + std::to_string(number(made, "id"));
  check_problem(sysadmin.post(account + "/grants", R"({"role":"administrator"})"), 403, "denied");
  check_problem(sysadmin.post(account + "/grants", R"({"role":"no_such"})"), 422, "invalid");
  const auto grant = administrator.post(account + "/grants", R"({"role":"teacher","order":"12-к"})");
  REQUIRE_MESSAGE(grant.status == 201, grant.body);
  CHECK(administrator.get(account + "/grants").json().at("items").as_array().size() == 1);

  auto helper = shared().client();
  REQUIRE(helper.login("helper", text(made, "one_time_password")).status == 200);
  REQUIRE(helper
              .put("/api/v1/session/password", json::serialize(json::object{{"old", text(made, "one_time_password")},
                                                                            {"new", "зелёный крокодил 8"}}))
              .status == 204);
  CHECK(helper.get(records("people.student")).status == 200);
  // A role ends at once; so does an account.
  CHECK(administrator.remove("/api/v1/grants/" + std::to_string(number(grant, "id"))).status == 204);
  check_problem(helper.get(records("people.student")), 403, "denied");
  CHECK(administrator.patch(account, R"({"enabled":false})").status == 200);
  check_problem(helper.get("/api/v1/session"), 401, "unauthenticated");
  check_problem(shared().client().login("helper", "зелёный крокодил 8"), 401, "bad_credentials");
}
