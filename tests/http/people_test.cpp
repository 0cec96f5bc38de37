// What the plugin `people` does around records, over HTTP: movements of pupils, dismissal, merging of persons, and the
// answers of its routes.
#include <doctest/doctest.h>

#include <chrono>
#include <ctime>

#include "installation.hpp"
#include "tabular/reader.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

/// A day so far from today, in the school's zone near enough: the tests look at days, not at hours.
std::string day(int from_today) {
  const auto moment = std::chrono::system_clock::now() + std::chrono::hours(3 + 24 * from_today);
  const auto seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[11];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

class School {
 public:
  School() {
    installation_.create_school();
    installation_.start();
    admin_ = installation_.as("administrator");
  }
  const Client& admin() const { return *admin_; }

  std::int64_t make(const std::string& registry, const std::string& body) const {
    const auto reply = admin().post(records(registry), body);
    REQUIRE_MESSAGE(reply.status == 201, reply.body);
    return reply.json().at("id").as_int64();
  }
  json::object card(const std::string& registry, std::int64_t id) const {
    const auto reply = admin().get(records(registry, id));
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    return reply.json().as_object();
  }
  /// The number of a class of this school year.
  std::int64_t school_class(const std::string& name, const std::string& more = {}) const {
    return make("school.class", R"({"name":")" + name + "\"" + more + "}");
  }
  std::int64_t person_of(const std::string& registry, std::int64_t id) const {
    return card(registry, id).at("person").at("id").as_int64();
  }
  /// An account of the person with a password of its own.
  Client account(const std::string& login, const std::string& role, std::int64_t person) const {
    const auto made = admin().post("/api/v1/accounts", R"({"login":")" + login + R"(","role":")" + role +
                                                           R"(","person":)" + std::to_string(person) + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const std::string code(made.json().at("one_time_password").as_string());
    auto client = installation_.client();
    REQUIRE(client.login(login, code).status == 200);
    const auto changed =
        client.put("/api/v1/session/password", R"({"old":")" + code + R"(","new":")" + Installation::password + "\"}");
    REQUIRE_MESSAGE(changed.status == 204, changed.body);
    return client;
  }
  Response login(const std::string& login) const { return installation_.client().login(login, Installation::password); }

 private:
  Installation installation_;
  std::optional<Client> admin_;
};

School& school() {
  static School instance;
  return instance;
}

std::string number(std::int64_t id) { return std::to_string(id); }

/// "5А admitted - moved" of each record of a pupil's movements, in order.
std::vector<std::string> movements(std::int64_t student) {
  std::vector<std::string> list;
  const auto reply = school().admin().get(records("people.class_membership") +
                                          "?sort=since,id&filter=" + encode("student = " + number(student)));
  const auto document = reply.json();
  for (const auto& item : document.at("items").as_array()) {
    const auto text = [&](const char* name) {
      const auto& value = item.at(name);
      return value.is_null() ? std::string("-") : std::string(value.as_string());
    };
    list.push_back(std::string(item.at("class").at("display").as_string()) + " " + text("entry") + " " + text("exit"));
  }
  return list;
}
using Movements = std::vector<std::string>;

std::string display(const json::value& reference) {
  return reference.is_null() ? std::string() : std::string(reference.at("display").as_string());
}

std::string codes(const Response& reply) {
  std::string text;
  if (reply.status != 422) return text;
  const auto document = reply.json();
  for (const auto& error : document.at("errors").as_array())
    text += (text.empty() ? "" : " ") + std::string(error.at("field").as_string()) + ":" +
            std::string(error.at("code").as_string());
  return text;
}

}  // namespace

TEST_CASE("a pupil's class in the card and in the movements agree") {
  auto& at = school();
  const auto a = at.school_class("5А"), b = at.school_class("5Б");
  const auto anna = at.make("people.student", R"({"surname":"Ёлкина","given_name":"Анна","class":)" + number(a) +
                                                  R"(,"admission_order_no":"17","admission_order_date":"2020-08-25"})");
  CHECK(movements(anna) == Movements{"5А admitted -"});

  SUBCASE("a class set in the card") {
    REQUIRE(at.admin().patch(records("people.student", anna), R"({"class":)" + number(b) + "}").status == 200);
    CHECK(movements(anna) == Movements{"5А admitted moved", "5Б moved -"});
    CHECK(display(at.card("people.student", anna).at("class")) == "5Б");
  }
  SUBCASE("a class set in the card by mistake, and set back on the same day") {
    const auto set = [&](std::int64_t to) {
      REQUIRE(at.admin().patch(records("people.student", anna), R"({"class":)" + number(to) + "}").status == 200);
    };
    set(b);
    set(a);
    CHECK(movements(anna) == Movements{"5А admitted -"});
    CHECK(display(at.card("people.student", anna).at("class")) == "5А");
    // With an order it was a movement, and so is coming back.
    set(b);
    const auto moved = at.admin().first("people.class_membership", "student = " + number(anna) + " and until = null");
    REQUIRE(at.admin().patch(records("people.class_membership", moved), R"({"entry_order_no":"31"})").status == 200);
    set(a);
    CHECK(movements(anna) == Movements{"5А admitted moved", "5Б moved moved", "5А moved -"});
  }
  SUBCASE("a movement told in the register") {
    at.make("people.class_membership", R"({"student":)" + number(anna) + R"(,"class":)" + number(b) + R"(,"since":")" +
                                           day(-1) + R"(","entry":"moved","entry_order_no":"20"})");
    CHECK(movements(anna) == Movements{"5А admitted moved", "5Б moved -"});
    CHECK(display(at.card("people.student", anna).at("class")) == "5Б");
  }
  SUBCASE("out of the school, and back") {
    const auto row = at.admin().first("people.class_membership", "student = " + number(anna));
    const auto out = at.admin().patch(records("people.class_membership", row),
                                      R"({"until":")" + day(-2) + R"(","exit":"left","exit_to":"Лицей № 1"})");
    REQUIRE_MESSAGE(out.status == 200, out.body);
    auto card = at.card("people.student", anna);
    CHECK(card.at("class").is_null());
    CHECK(std::string(card.at("left_on").as_string()) == day(-2));
    REQUIRE(at.admin().patch(records("people.student", anna), R"({"class":)" + number(a) + "}").status == 200);
    card = at.card("people.student", anna);
    CHECK(card.at("left_on").is_null());
    CHECK(movements(anna) == Movements{"5А admitted left", "5А returned -"});
  }
  SUBCASE("a record that was a mistake") {
    const auto wrong = at.make("people.class_membership", R"({"student":)" + number(anna) + R"(,"class":)" + number(b) +
                                                              R"(,"since":")" + day(0) + R"(","entry":"moved"})");
    CHECK(display(at.card("people.student", anna).at("class")) == "5Б");
    REQUIRE(at.admin().remove(records("people.class_membership", wrong)).status == 200);
    CHECK(at.card("people.student", anna).at("class").is_null());
  }
  SUBCASE("dates that do not fit") {
    const auto row = at.admin().first("people.class_membership", "student = " + number(anna));
    CHECK(codes(at.admin().patch(records("people.class_membership", row), R"({"until":"2020-01-01"})")) ==
          "until:ends_before");
    CHECK(codes(at.admin().patch(records("people.class_membership", row), R"({"exit":"left"})")) == "until:no_day");
    CHECK(codes(at.admin().patch(records("people.student", anna), R"({"left_on":"2026-01-01"})")) ==
          "left_on:readonly");
  }
  // A class with pupils, now or before, stays.
  CHECK(at.admin().remove(records("school.class", a)).code() == "referred");
  for (const auto id : {a, b})
    at.admin().patch(records("school.class", id),
                     R"({"name":"1)" + std::string(id == a ? "А" : "Б") + number(id) + "\"}");
}

TEST_CASE("a subgroup has pupils of its class") {
  auto& at = school();
  const auto six = at.school_class("6А"), seven = at.school_class("7А");
  const auto pupil =
      at.make("people.student", R"({"surname":"Жуков","given_name":"Пётр","class":)" + number(six) + "}");
  const auto own = at.make("people.subgroup", R"({"class":)" + number(six) + R"(,"name":"Английский"})");
  const auto other = at.make("people.subgroup", R"({"class":)" + number(seven) + R"(,"name":"Английский"})");
  at.make("people.subgroup_member", R"({"subgroup":)" + number(own) + R"(,"student":)" + number(pupil) + "}");
  CHECK(codes(at.admin().post(records("people.subgroup_member"), R"({"subgroup":)" + number(other) + R"(,"student":)" +
                                                                     number(pupil) + "}")) == "student:other_class");
}

TEST_CASE("dismissal waits for the classes to be handed over, and closes the account after its day") {
  auto& at = school();
  const auto employee =
      at.make("people.employee", R"({"surname":"Орлова","given_name":"Нина","hired_on":"2015-09-01"})");
  const auto led = at.school_class("8А", R"(,"homeroom_teacher":)" + number(employee));
  const auto client = at.account("orlova", "teacher", at.person_of("people.employee", employee));
  CHECK(client.get(records("people.student")).status == 200);

  const auto dismiss = [&](const std::string& on) {
    return at.admin().patch(records("people.employee", employee),
                            R"({"dismissed_on":")" + on + R"(","dismissal_order_no":"5-к"})");
  };
  const auto refused = dismiss(day(-1));
  CHECK(codes(refused) == "dismissed_on:homeroom_teacher");
  CHECK(refused.body.find("8А") != std::string::npos);
  REQUIRE(at.admin().patch(records("school.class", led), R"({"homeroom_teacher":null})").status == 200);
  CHECK(codes(dismiss("2015-08-31")) == "dismissed_on:before_hired");

  // The last day itself is a working day.
  REQUIRE(dismiss(day(0)).status == 200);
  CHECK(client.get(records("people.student")).status == 200);
  REQUIRE(dismiss(day(-1)).status == 200);
  CHECK(client.get(records("people.student")).code() == "account_ended");
  CHECK(at.login("orlova").code() == "account_ended");
  // Taken on again.
  REQUIRE(at.admin().patch(records("people.employee", employee), R"({"dismissed_on":null})").status == 200);
  CHECK(client.get(records("people.student")).status == 200);
  CHECK(at.login("orlova").status == 200);
}

TEST_CASE("a dismissed employee whose child studies here stays a parent") {
  auto& at = school();
  const auto employee = at.make("people.employee", R"({"surname":"Зуева","given_name":"Ия"})");
  const auto person = at.person_of("people.employee", employee);
  at.make("people.guardian", R"({"person":)" + number(person) + "}");
  const auto client = at.account("zueva", "teacher", person);
  const auto accounts = at.admin().get("/api/v1/accounts").json();
  for (const auto& account : accounts.at("items").as_array())
    if (account.at("login") == "zueva")
      REQUIRE(at.admin()
                  .post("/api/v1/accounts/" + number(account.at("id").as_int64()) + "/grants", R"({"role":"guardian"})")
                  .status == 201);
  CHECK(client.get(records("people.student")).status == 200);
  REQUIRE(at.admin().patch(records("people.employee", employee), R"({"dismissed_on":")" + day(-1) + "\"}").status ==
          200);
  const auto me = client.get("/api/v1/session").json();
  REQUIRE(me.at("roles").as_array().size() == 1);
  CHECK(me.at("roles").at(0).at("id") == "guardian");
}

TEST_CASE("length of service") {
  auto& at = school();
  const auto employee =
      at.make("people.employee", R"({"surname":"Соболев","given_name":"Лев","hired_on":"2020-09-01"})");
  const auto ask = [&](const std::string& more) {
    return at.admin().get("/api/v1/people/employees/" + number(employee) + "/experience" + more);
  };
  auto reply = ask("?on=2026-08-31");
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
  CHECK(reply.json().at("basis") == "card");
  CHECK(reply.json().at("here").at("text") == "6 лет");
  at.make("people.employment",
          R"({"employee":)" + number(employee) +
              R"(,"post":"инженер","starts_on":"2010-01-01","ends_on":"2011-06-30","here":false})");
  at.make("people.employment",
          R"({"employee":)" + number(employee) + R"(,"post":"учитель","starts_on":"2020-09-01","teaching":true})");
  reply = ask("?on=2026-08-31");
  CHECK(reply.json().at("basis") == "employments");
  CHECK(reply.json().at("total").at("text") == "7 лет 6 месяцев");
  CHECK(reply.json().at("teaching").at("text") == "6 лет");
  CHECK(reply.json().at("here").at("years") == 6);
  CHECK(ask("?on=" + encode("вчера")).status == 422);
  CHECK(at.admin().get("/api/v1/people/employees/999999/experience").status == 404);
  // Who sees the name and the post does not see the dates behind the sum.
  const auto colleague =
      at.account("colleague", "teacher", at.make("people.person", R"({"surname":"Гусев","given_name":"Ян"})"));
  CHECK(colleague.get("/api/v1/people/employees/" + number(employee) + "/experience").status == 403);
  CHECK(colleague.get("/api/v1/people/employees/" + number(employee) + "/t2").status == 403);
  CHECK(colleague.get("/api/v1/people/employees/" + number(employee) + "/t2.xlsx").status == 403);
  const auto own = at.account("sobolev", "teacher", at.person_of("people.employee", employee));
  CHECK(own.get("/api/v1/people/employees/" + number(employee) + "/experience").status == 200);
  CHECK(own.get("/api/v1/people/employees/" + number(employee) + "/t2").status == 200);
}

TEST_CASE("reminders are of what the caller may read") {
  auto& at = school();
  const auto employee = at.make(
      "people.employee", R"({"surname":"Яшин","given_name":"Лев","staff_group":"teaching","hired_on":"2015-09-01"})");
  at.make("people.attestation",
          R"({"employee":)" + number(employee) + R"(,"decided_on":"2015-10-01","result":"conformity"})");
  at.make("people.clearance", R"({"employee":)" + number(employee) + R"(,"kind":"medical","passed_on":")" + day(-10) +
                                  R"(","valid_until":")" + day(20) + "\"}");
  const auto of = [&](const Client& client, const std::string& more = {}) {
    std::string text;
    const auto reply = client.get("/api/v1/people/reminders" + more);
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    const auto document = reply.json();
    for (const auto& item : document.at("items").as_array())
      if (item.at("employee") == employee)
        text += std::string(item.at("topic").as_string()) + " " + std::string(item.at("state").as_string()) + "; ";
    return text;
  };
  CHECK(of(at.admin()) == "course missing; criminal_record missing; attestation overdue; medical soon; ");
  CHECK(of(at.admin(), "?days=10") == "course missing; criminal_record missing; attestation overdue; ");
  CHECK(at.admin().get("/api/v1/people/reminders?days=-1").status == 422);
  // The deputy reads no papers of health; a pupil's mother reads none of these at all.
  const auto deputy =
      at.account("deputy", "deputy", at.make("people.person", R"({"surname":"Белов","given_name":"Ян"})"));
  CHECK(of(deputy) == "course missing; attestation overdue; ");
  const auto mother =
      at.account("mother", "guardian", at.make("people.person", R"({"surname":"Белова","given_name":"Ия"})"));
  const auto refused = mother.get("/api/v1/people/reminders");
  CHECK(refused.status == 403);
  CHECK(refused.code() == "denied");
  CHECK(refused.body.find("dismissed_on") == std::string::npos);
  REQUIRE(at.admin().patch(records("people.employee", employee), R"({"dismissed_on":")" + day(-1) + "\"}").status ==
          200);
  CHECK(of(at.admin()) == "");
}

TEST_CASE("the card Т-2 as a page and as a workbook") {
  auto& at = school();
  const auto employee = at.make(
      "people.employee", R"({"surname":"Маслова","given_name":"Вера","personnel_no":"0042","snils":"112-233-445 95",)"
                         R"("extra_notes":"<script>alert(1)</script>"})");
  at.make("people.family_member",
          R"({"employee":)" + number(employee) + R"(,"kinship":"сын","full_name":"Маслов <b>Тим</b>"})");
  const auto page = at.admin().get("/api/v1/people/employees/" + number(employee) + "/t2");
  REQUIRE_MESSAGE(page.status == 200, page.body);
  CHECK(page.header("content-type") == "text/html; charset=utf-8");
  CHECK(page.header("content-security-policy") ==
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  CHECK(page.body.find("0301002") != std::string::npos);
  CHECK(page.body.find("<td>0042</td>") != std::string::npos);
  CHECK(page.body.find("<script") == std::string::npos);
  CHECK(page.body.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
  CHECK(page.body.find("Маслов &lt;b&gt;Тим&lt;/b&gt;") != std::string::npos);
  CHECK(at.admin().get("/api/v1/people/t2.css").header("content-type") == "text/css; charset=utf-8");

  const auto file = at.admin().get("/api/v1/people/employees/" + number(employee) + "/t2.xlsx");
  REQUIRE_MESSAGE(file.status == 200, file.body);
  const auto read = eschool::tabular::read(file.body);
  const auto* workbook = std::get_if<eschool::tabular::Workbook>(&read);
  REQUIRE(workbook);
  bool number_seen = false;
  for (const auto& row : workbook->sheets.at(0).rows)
    number_seen |= row.cells.size() > 2 && row.cells[1].text == "Табельный номер" && row.cells[2].text == "0042";
  CHECK(number_seen);
}

TEST_CASE("numbers for the charts of a pupil") {
  auto& at = school();
  const auto pupil = at.make("people.student", R"({"surname":"Рябов","given_name":"Глеб"})");
  for (const auto& [level, on] :
       {std::pair{"school", "2025-10-01"}, {"region", "2026-02-01"}, {"region", "2026-10-01"}})
    at.make("people.achievement", R"({"student":)" + number(pupil) +
                                      R"(,"title":"Олимпиада","kind":"olympiad","level":")" + level +
                                      R"(","received_on":")" + on + R"(","result":"prize"})");
  const auto charts = at.admin().get("/api/v1/people/students/" + number(pupil) + "/charts").json().at("achievements");
  CHECK(charts.at("total") == 3);
  CHECK(
      json::serialize(charts.at("years")) ==
      R"([{"year":"2025/2026","total":2,"levels":{"region":1,"school":1}},{"year":"2026/2027","total":1,"levels":{"region":1}}])");
  CHECK(charts.at("results").at("prize") == 3);
  CHECK(at.admin().get("/api/v1/people/students/999999/charts").status == 404);
}

TEST_CASE("two records of one person: found, looked at, merged, and taken apart again") {
  auto& at = school();
  const auto& admin = at.admin();
  const auto room = at.school_class("9А");
  // The teacher was loaded with the staff; the mother of a pupil with the parents, a letter otherwise and with a phone.
  const auto employee = at.make(
      "people.employee",
      R"({"surname":"Королёва","given_name":"Алла","patronymic":"Юрьевна","birth_date":"1980-02-03","post":"учитель"})");
  const auto kept = at.person_of("people.employee", employee);
  const auto guardian = at.make(
      "people.guardian",
      R"({"surname":"Королева","given_name":"Алла","patronymic":"Юрьевна","birth_date":"1980-02-03","phone":"+79210000055"})");
  const auto merged = at.person_of("people.guardian", guardian);
  const auto child =
      at.make("people.student", R"({"surname":"Королёв","given_name":"Ян","class":)" + number(room) + "}");
  const auto bond = at.make("people.guardianship", R"({"guardian":)" + number(guardian) + R"(,"student":)" +
                                                       number(child) + R"(,"kinship":"mother"})");
  const auto account = at.account("korolyova", "guardian", merged);
  CHECK(account.get(records("people.student", child)).status == 200);

  bool found = false;
  const auto pairs = admin.get("/api/v1/people/duplicates").json();
  for (const auto& pair : pairs.at("items").as_array())
    found |=
        pair.at("first").at("id") == kept && pair.at("second").at("id") == merged && pair.at("score").as_int64() >= 90;
  CHECK(found);
  CHECK(account.get("/api/v1/people/duplicates").status == 403);

  const auto preview = admin.get("/api/v1/persons/merge?kept=" + number(kept) + "&merged=" + number(merged));
  REQUIRE_MESSAGE(preview.status == 200, preview.body);
  const auto seen = preview.json();
  CHECK(seen.at("account") == "moves");
  REQUIRE(seen.at("fields").as_array().size() == 1);
  CHECK(seen.at("fields").at(0).at("field") == "people.person.surname");
  CHECK(seen.at("fields").at(0).at("wins") == "kept");
  REQUIRE(seen.at("moves").as_array().size() == 1);
  CHECK(seen.at("moves").at(0).at("registry") == "people.guardian");
  // Looking changes nothing.
  CHECK(at.card("people.guardian", guardian).at("person").at("id") == merged);

  const auto both = R"("kept":)" + number(kept) + R"(,"merged":)" + number(merged);
  CHECK(account.post("/api/v1/persons/merge", "{" + both + "}").status == 403);
  CHECK(admin.post("/api/v1/persons/merge", "{" + both + R"(,"kept_version":77})").code() == "stale");
  const auto done =
      admin.post("/api/v1/persons/merge", "{" + both + R"(,"choices":{"people.person.surname":"merged"}})");
  REQUIRE_MESSAGE(done.status == 200, done.body);
  const auto merge = done.json().at("merge").as_int64();

  CHECK(at.card("people.guardian", guardian).at("person").at("id") == kept);
  auto person = at.card("people.person", kept);
  CHECK(person.at("phone") == "+79210000055");
  CHECK(person.at("surname") == "Королева");
  CHECK(admin.ids("people.person", "id = " + number(merged)).empty());
  CHECK(at.login("korolyova").json().at("user").at("person") == kept);
  const auto history = admin.get(records("people.person", kept) + "/history").body;
  CHECK(history.find("\"merge\"") != std::string::npos);

  const auto undone = admin.post("/api/v1/persons/merges/" + number(merge) + "/undo", "{}");
  REQUIRE_MESSAGE(undone.status == 204, undone.body);
  CHECK(at.card("people.guardian", guardian).at("person").at("id") == merged);
  person = at.card("people.person", kept);
  CHECK(person.at("phone").is_null());
  CHECK(person.at("surname") == "Королёва");
  CHECK(admin.ids("people.person", "id = " + number(merged)).size() == 1);
  CHECK(at.login("korolyova").json().at("user").at("person") == merged);
  CHECK(admin.post("/api/v1/persons/merges/" + number(merge) + "/undo", "{}").code() == "undone");

  // A change after it keeps a merge from being taken back.
  const auto again = admin.post("/api/v1/persons/merge", "{" + both + "}").json().at("merge").as_int64();
  REQUIRE(admin.patch(records("people.person", kept), R"({"phone":"+79210000056"})").status == 200);
  CHECK(admin.post("/api/v1/persons/merges/" + number(again) + "/undo", "{}").code() == "changed_since");
  CHECK(at.card("people.guardianship", bond).at("guardian").at("id") == guardian);
}

TEST_CASE("merging parents of one child keeps one bond, and a restriction that either had") {
  auto& at = school();
  const auto& admin = at.admin();
  const auto child = at.make("people.student", R"({"surname":"Дроздов","given_name":"Юрий"})");
  const auto make = [&](const char* name) {
    return at.make("people.guardian", std::string(R"({"surname":")") + name + R"(","given_name":"Илья"})");
  };
  const auto one = make("Дроздов"), two = make("Дроздов");
  const auto bond =
      at.make("people.guardianship", R"({"guardian":)" + number(one) + R"(,"student":)" + number(child) + "}");
  at.make("people.guardianship", R"({"guardian":)" + number(two) + R"(,"student":)" + number(child) +
                                     R"(,"kinship":"father","restricted":true})");
  const auto both = R"({"kept":)" + number(at.person_of("people.guardian", one)) + R"(,"merged":)" +
                    number(at.person_of("people.guardian", two)) + "}";
  const auto done = admin.post("/api/v1/persons/merge", both);
  REQUIRE_MESSAGE(done.status == 200, done.body);
  CHECK(admin.ids("people.guardianship", "student = " + number(child)) == std::vector<std::int64_t>{bond});
  CHECK(at.card("people.guardianship", bond).at("restricted") == true);
  CHECK(at.card("people.guardianship", bond).at("kinship") == "father");
  REQUIRE(admin.post("/api/v1/persons/merges/" + number(done.json().at("merge").as_int64()) + "/undo", "{}").status ==
          204);
  CHECK(admin.ids("people.guardianship", "student = " + number(child)).size() == 2);
  CHECK(at.card("people.guardianship", bond).at("restricted") == false);

  // A parent and the child are two.
  const auto wrong =
      admin.post("/api/v1/persons/merge", R"({"kept":)" + number(at.person_of("people.guardian", one)) +
                                              R"(,"merged":)" + number(at.person_of("people.student", child)) + "}");
  CHECK(wrong.code() == "different_people");
}

TEST_CASE("who is referred to stays") {
  auto& at = school();
  const auto employee = at.make("people.employee", R"({"surname":"Ильин","given_name":"Егор"})");
  at.school_class("10А", R"(,"homeroom_teacher":)" + number(employee));
  CHECK(at.admin().remove(records("people.employee", employee)).code() == "referred");
  CHECK(at.admin().remove(records("people.person", at.person_of("people.employee", employee))).code() == "referred");
}

TEST_CASE("a restriction is told with its mark") {
  auto& at = school();
  const auto child = at.make("people.student", R"({"surname":"Титов","given_name":"Лев"})");
  const auto father = at.make("people.guardian", R"({"surname":"Титов","given_name":"Олег"})");
  const auto body = R"({"guardian":)" + number(father) + R"(,"student":)" + number(child) +
                    R"(,"restriction_document":"решение суда")";
  CHECK(codes(at.admin().post(records("people.guardianship"), body + "}")) == "restricted:restriction_mark");
  CHECK(at.admin().post(records("people.guardianship"), body + R"(,"restricted":true})").status == 201);
}
