// What a school does for its people as a whole: ways in for a class, roles of its own, completeness, consents, what is
// held on one person and its end, guides.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

Installation& filled() { return shared_installation(); }

std::string number(std::int64_t id) { return std::to_string(id); }
std::string text(const json::value& value) { return std::string(value.as_string()); }

json::object answered(const Response& reply, int status = 200) {
  REQUIRE_MESSAGE(reply.status == status, reply.body);
  return reply.json().as_object();
}

const json::object& named(const json::array& items, std::string_view key, std::string_view value) {
  for (const auto& item : items)
    if (item.at(key).as_string() == value) return item.as_object();
  FAIL("nothing is named " << value);
  throw std::logic_error("unreachable");
}

std::int64_t own_class(const Client& homeroom) {
  const auto student = homeroom.first("people.student");
  return homeroom.get(records("people.student", student)).json().at("class").at("id").as_int64();
}

std::string parents_of(std::int64_t class_id, const std::string& more = "") {
  return R"({"role":"guardian","registry":"people.guardianship","field":"guardian","filter":"student.class = )" +
         number(class_id) + " and not restricted\"" + more + "}";
}

}  // namespace

TEST_CASE("a class teacher gives pupils and parents of the own class a way in, and nobody else") {
  const auto homeroom = filled().as("homeroom_teacher");
  const auto pupils = answered(homeroom.get("/api/v1/accounts/holders?role=student")).at("items").as_array();
  REQUIRE(!pupils.empty());
  const auto mine = homeroom.ids("people.student");
  CHECK(pupils.size() == mine.size());

  const auto issued = answered(homeroom.post("/api/v1/accounts/issue", R"({"role":"student"})"));
  const auto& items = issued.at("items").as_array();
  REQUIRE(!items.empty());
  std::set<std::string> logins;
  for (const auto& item : items)
    if (item.at("done").as_string() == "created") {
      logins.insert(text(item.at("login")));
      CHECK(text(item.at("one_time_password")).size() >= 12);
    }
  CHECK(!logins.empty());
  // Who has a way in by now is left alone.
  CHECK(answered(homeroom.post("/api/v1/accounts/issue", R"({"role":"student"})")).at("items").as_array().empty());
  const auto waiting = answered(homeroom.get("/api/v1/accounts/holders?role=student")).at("items").as_array();
  for (const auto& item : waiting) CHECK(item.at("state").as_string() != "none");

  // The one-time password opens the door once, and what stands behind it is the pupil's own record.
  const auto& first = items.front();
  auto pupil = filled().client();
  REQUIRE(pupil.login(text(first.at("login")), text(first.at("one_time_password"))).status == 200);
  CHECK(pupil.get("/api/v1/session").json().at("must_change_password").as_bool());

  // Each password that was given out stands in the security log, by whom.
  const auto log = answered(filled().as("administrator").get("/api/v1/security-log?deed=account_created&limit=500"));
  CHECK(std::any_of(log.at("items").as_array().begin(), log.at("items").as_array().end(), [&](const auto& entry) {
    return entry.at("login").as_string() == text(first.at("login")) &&
           entry.at("by").as_string() == login_of("homeroom_teacher");
  }));

  const auto class_id = own_class(homeroom);
  const auto parents = answered(homeroom.post("/api/v1/accounts/issue", parents_of(class_id)));
  CHECK(!parents.at("items").as_array().empty());
  const auto again = answered(homeroom.post("/api/v1/accounts/issue", parents_of(class_id, R"(,"again":true)")));
  for (const auto& item : again.at("items").as_array()) CHECK(item.at("done").as_string() == "reissued");

  const auto other = R"({"role":"student","filter":"class != )" + number(class_id) + "\"}";
  CHECK(answered(homeroom.post("/api/v1/accounts/issue", other)).at("items").as_array().empty());
  CHECK(homeroom.post("/api/v1/accounts/issue", R"({"role":"teacher"})").status == 403);
  CHECK(homeroom.post("/api/v1/accounts/issue", R"({"role":"student","registry":"people.employee"})").status == 422);
  for (const auto* role : {"teacher", "student", "guardian", "deputy", "hr", "operator"})
    CHECK(filled().as(role).post("/api/v1/accounts/issue", R"({"role":"student"})").status == 403);
}

TEST_CASE("whoever issues ways in has them as a PDF, and nobody else") {
  const std::string print = "/api/v1/accounts/print";
  const auto body = [](const json::array& items, const json::value& form = "slips",
                       const json::value& address = "https://lyceum5.example.ru/") {
    return json::serialize(json::object{{"form", form}, {"address", address}, {"items", items}});
  };
  const json::object one{
      {"name", "Ли Ян"}, {"group", "5А"}, {"login", "li.ian"}, {"one_time_password", "7KQM4TXP9R2W"}};
  const auto homeroom = filled().as("homeroom_teacher");
  for (const auto* form : {"slips", "sheet"})
    for (const auto* role : {"homeroom_teacher", "administrator", "sysadmin"}) {
      const auto reply = filled().as(role).post(print, body({one}, form));
      REQUIRE_MESSAGE(reply.status == 200, reply.body);
      CHECK(reply.body.starts_with("%PDF-"));
      CHECK(reply.header("content-type") == "application/pdf");
      CHECK(reply.header("content-disposition").starts_with("attachment; filename*=UTF-8''"));
      CHECK(reply.header("cache-control") == "no-store");
    }
  for (const auto* role : {"teacher", "student", "guardian", "deputy", "director", "hr", "operator"})
    CHECK(filled().as(role).post(print, body({one})).status == 403);
  CHECK(filled().client().post(print, body({one})).status == 401);

  const auto with = [&](std::string_view member, const json::value& value) {
    auto item = one;
    item[member] = value;
    return body({one, item});
  };
  const auto refused = [&](const std::string& text, std::string_view field) {
    CAPTURE(text.substr(0, 200));
    const auto reply = homeroom.post(print, text);
    REQUIRE(reply.status == 422);
    CHECK(reply.header("content-type").starts_with("application/problem+json"));
    CHECK(reply.json().at("errors").at(0).at("field").as_string() == field);
  };
  const auto letters = [](std::size_t count) {
    std::string text;
    while (count--) text += "щ";
    return json::value(text);
  };
  refused(with("name", letters(401)), "items[1].name");
  CHECK(homeroom.post(print, with("name", letters(400))).status == 200);
  refused(with("group", letters(51)), "items[1].group");
  refused(with("login", letters(101)), "items[1].login");
  refused(with("one_time_password", letters(51)), "items[1].one_time_password");
  for (const auto* hidden : {"a\nb", "a\tb", "a\x01", "a\u202Eb", "a\u00ADb", "a\u2028"})
    refused(with("name", hidden), "items[1].name");
  CHECK(homeroom.post(print, with("name", "Мамедов\u00A0Али  оглы")).status == 200);
  for (const auto* member : {"name", "login", "one_time_password"}) {
    refused(with(member, nullptr), "items[1]." + std::string(member));
    refused(with(member, 7), "items[1]." + std::string(member));
  }
  CHECK(homeroom.post(print, with("group", nullptr)).status == 200);
  refused(body({one, 7}), "items[1]");
  refused(body({}), "items");
  refused(body(json::array(2001, one), "sheet"), "items");
  CHECK(homeroom.post(print, body(json::array(2000, one), "sheet")).status == 200);
  refused(body({one}, "poster"), "form");
  refused(body({one}, nullptr), "form");
  for (const json::value& address : {json::value(nullptr), json::value("javascript:alert(1)"), json::value("https://"),
                                     json::value("https://a b"), json::value("http://" + std::string(194, 'a'))})
    refused(body({one}, "slips", address), "address");
  // The list to sign tells neither.
  json::object without = one;
  without.erase("one_time_password");
  CHECK(homeroom.post(print, body({without}, "sheet", nullptr)).status == 200);
  CHECK(homeroom.post(print, "[]").status == 400);
}

TEST_CASE("who issues for pupils takes over no account of more weight") {
  const auto admin = filled().as("administrator");
  const auto homeroom = filled().as("homeroom_teacher");
  // A parent of the class who is also an administrator.
  const auto holders =
      answered(homeroom.get("/api/v1/accounts/holders?role=guardian&registry=people.guardianship"
                            "&field=guardian&filter=" +
                            encode("student.class = " + number(own_class(homeroom)))));
  const auto person = holders.at("items").as_array().front().at("person").as_int64();
  const auto& account = holders.at("items").as_array().front().at("account");
  const auto id =
      account.is_null()
          ? answered(admin.post("/api/v1/accounts", R"({"login":"mother.and.chief","person":)" + number(person) + "}"),
                     201)
                .at("id")
                .as_int64()
          : account.as_int64();
  const auto grant =
      answered(admin.post("/api/v1/accounts/" + number(id) + "/grants", R"({"role":"administrator"})"), 201).at("id");
  const auto body =
      R"({"role":"guardian","registry":"people.guardianship","field":"guardian","again":true,"persons":[)" +
      number(person) + "]}";
  const auto refused = answered(homeroom.post("/api/v1/accounts/issue", body));
  CHECK(refused.at("items").as_array().empty());
  REQUIRE(refused.at("left").as_array().size() == 1);
  CHECK(admin.remove("/api/v1/grants/" + number(grant.as_int64())).status == 204);
}

TEST_CASE("a role of the school's own: in force at once, gone when nobody holds it") {
  const auto admin = filled().as("administrator");
  auto role = answered(admin.get("/api/v1/roles/teacher"));
  role["label"] = "Библиотекарь";
  role["rights"].as_object()["people.student"] = json::array{json::object{{"read", {"all"}}, {"reads", "staff"}}};
  const auto with = [&](const json::object& body) { return json::serialize(body); };
  answered(admin.put("/api/v1/roles/own.librarian", with(role)));
  CHECK(admin.put("/api/v1/roles/teacher", with(role)).status == 422);

  const auto made = answered(admin.post("/api/v1/accounts", R"({"login":"librarian","role":"own.librarian"})"), 201);
  auto librarian = filled().client();
  REQUIRE(librarian.login("librarian", text(made.at("one_time_password"))).status == 200);
  REQUIRE(librarian
              .put("/api/v1/session/password",
                   R"({"old":")" + text(made.at("one_time_password")) + R"(","new":"полка-формуляр-пыль-57"})")
              .status < 300);
  REQUIRE(librarian.login("librarian", "полка-формуляр-пыль-57").status == 200);
  const auto before = librarian.ids("people.student").size();
  CHECK(before == filled().as("administrator").ids("people.student").size());

  role["rights"].as_object().erase("people.student");
  answered(admin.put("/api/v1/roles/own.librarian", with(role)));
  CHECK(librarian.get(records("people.student")).status == 403);

  json::object wrong{{"label", "Неверная"}, {"rights", {{"people.student", {{"read", {"nobody"}}}}}}};
  const auto refused = admin.put("/api/v1/roles/own.wrong", with(wrong));
  CHECK(refused.status == 422);
  CHECK(refused.body.find("rights.people.student.read") != std::string::npos);

  CHECK(admin.remove("/api/v1/roles/own.librarian").code() == "role_held");
  const auto account = number(made.at("id").as_int64());
  const auto grants = answered(admin.get("/api/v1/accounts/" + account + "/grants")).at("items").as_array();
  REQUIRE(admin.remove("/api/v1/grants/" + number(grants.front().at("id").as_int64())).status == 204);
  CHECK(admin.remove("/api/v1/roles/own.librarian").status == 204);
  for (const auto* other : {"deputy", "sysadmin", "operator", "director"})
    CHECK(filled().as(other).put("/api/v1/roles/own.x", with(role)).status == 403);
}

TEST_CASE("completeness: what is missing, what is amiss, whose it is") {
  const auto admin = filled().as("administrator");
  const auto student = admin.first("people.student");
  const auto before = answered(admin.get("/api/v1/completeness/people.student?by=class"));
  const auto missing = [](const json::object& state, std::string_view field) {
    return named(state.at("fields").as_array(), "name", field).at("missing").as_int64();
  };
  const auto snils = answered(admin.get(records("people.student", student))).at("snils");
  REQUIRE(admin.patch(records("people.student", student), R"({"snils":null})").status == 200);
  const auto after = answered(admin.get("/api/v1/completeness/people.student?by=class"));
  CHECK(missing(after, "snils") == missing(before, "snils") + (snils.is_null() ? 0 : 1));
  // The filter of the gap finds the record.
  const auto gap = text(named(after.at("fields").as_array(), "name", "snils").at("filter"));
  const auto found = admin.ids("people.student", gap);
  CHECK(static_cast<std::int64_t>(found.size()) == missing(after, "snils"));
  CHECK(std::find(found.begin(), found.end(), student) != found.end());
  CHECK(missing(answered(admin.get(records("people.student", student) + "/completeness")), "snils") == 1);
  REQUIRE(admin.patch(records("people.student", student), json::serialize(json::object{{"snils", snils}})).status ==
          200);

  std::int64_t records_of_groups = 0;
  for (const auto& group : after.at("groups").as_array()) records_of_groups += group.at("records").as_int64();
  CHECK(records_of_groups == after.at("records").as_int64());

  const auto& alone = named(before.at("checks").as_array(), "id", "no_guardian");
  CHECK(static_cast<std::int64_t>(admin.ids("people.student", text(alone.at("filter"))).size()) ==
        alone.at("broken").as_int64());

  // A class teacher's figure is that of the class; a parent has none of the leaders' figures.
  const auto homeroom = filled().as("homeroom_teacher");
  CHECK(answered(homeroom.get("/api/v1/completeness/people.student")).at("records").as_int64() ==
        static_cast<std::int64_t>(homeroom.ids("people.student").size()));
  // Of what he reads a part of only, nothing is said to be missing: of colleagues he does not see the examinations.
  const auto asked = [](const json::value& whole, std::string_view check) {
    const auto& checks = whole.at("checks").as_array();
    return std::any_of(checks.begin(), checks.end(),
                       [&](const auto& one) { return one.at("id").as_string() == check; });
  };
  CHECK(asked(answered(admin.get("/api/v1/completeness/people.employee")), "clearance_over"));
  CHECK_FALSE(asked(answered(homeroom.get("/api/v1/completeness/people.employee")), "clearance_over"));
  CHECK_FALSE(asked(answered(homeroom.get("/api/v1/completeness/school.class")), "people_empty"));
  CHECK(asked(answered(homeroom.get("/api/v1/completeness/people.student")), "no_guardian"));
  CHECK(answered(admin.get("/api/v1/completeness")).at("registries").as_array().size() > 5);
  CHECK(answered(filled().as("guardian").get("/api/v1/completeness")).at("registries").as_array().size() < 4);
  CHECK(filled().as("guardian").get("/api/v1/completeness/people.employment").status == 403);
  CHECK(homeroom.get("/api/v1/completeness/people.student?by=snils").status == 400);
}

TEST_CASE("summaries count what the caller reads") {
  const auto admin = filled().as("administrator");
  const auto all = static_cast<std::int64_t>(admin.ids("people.student").size());
  for (const auto* by : {"sex", "class", "class.grade", "birth_date:year", "class.homeroom_teacher"}) {
    const auto bars = answered(admin.get("/api/v1/records/people.student/summary?by=" + std::string(by)));
    CHECK(bars.at("total").as_int64() == all);
    for (const auto& bar : bars.at("items").as_array()) CHECK(!text(bar.at("label")).empty());
  }
  const auto grades = answered(admin.get("/api/v1/records/people.student/summary?by=class.grade"));
  std::int64_t last = 0;
  for (const auto& bar : grades.at("items").as_array()) {
    if (bar.at("value").is_null()) continue;
    CHECK(std::stoll(text(bar.at("value"))) > last);
    last = std::stoll(text(bar.at("value")));
  }
  // Groups of health are none of a teacher's.
  CHECK(filled().as("teacher").get("/api/v1/records/people.student/summary?by=health_group").status == 400);
  CHECK(admin.get("/api/v1/records/people.student/summary?by=sex:year").status == 400);
  CHECK(admin.get("/api/v1/records/people.student/summary?by=nothing").status == 400);
}

TEST_CASE("consents stand on the card of the facet and belong to the person") {
  const auto admin = filled().as("administrator");
  const auto student = admin.first("people.student");
  const auto saved = admin.patch(records("people.student", student),
                                 R"({"consents":[{"purpose":"photo","given_on":"2026-09-01","given_by":"мать"}]})");
  REQUIRE_MESSAGE(saved.status == 200, saved.body);
  const auto card = answered(admin.get(records("people.student", student)));
  REQUIRE(card.at("consents").as_array().size() == 1);
  const auto person = card.at("person").at("id").as_int64();
  CHECK(card.at("consents").at(0).at("person").at("id").as_int64() == person);
  // The teacher of another class does not learn of it; withdrawn, it is in the other list.
  CHECK(filled().as("teacher").ids("people.consent").empty());
  const auto consent = number(card.at("consents").at(0).at("id").as_int64());
  REQUIRE(admin.patch(records("people.consent") + "/" + consent, R"({"withdrawn_on":"2026-10-01"})").status == 200);
  CHECK(admin.ids("people.consent", "withdrawn_on != null").size() == 1);
}

TEST_CASE("what is held on a person, and its end") {
  auto& school = filled();
  const auto admin = school.as("administrator");
  const auto made = answered(
      admin.post(records("people.student"),
                 R"({"surname":"Забытов","given_name":"Пётр","birth_date":"2014-05-06","snils":"112-233-445 95",
                     "file_no":"З-777","health_limits":"очки"})"),
      201);
  const auto student = made.at("id").as_int64();
  const auto person = made.at("person").at("id").as_int64();
  const auto path = "/api/v1/persons/" + number(person);
  const auto whole = answered(admin.get(path + "/dossier"));
  CHECK(text(whole.at("display")).find("Забытов") != std::string::npos);
  const auto& sections = whole.at("sections").as_array();
  CHECK(named(sections, "registry", "people.person").at("records").as_array().size() == 1);
  CHECK(text(named(sections, "registry", "people.student").at("records").at(0).at("file_no")) == "З-777");
  for (const auto* role : {"deputy", "operator", "hr", "homeroom_teacher", "guardian"})
    CHECK(school.as(role).get(path + "/dossier").status == 403);

  CHECK(admin.post(path + "/erase", R"({"act":"№ 1 от 01.11.2026"})").code() == "person_active");
  REQUIRE(admin.remove(records("people.student", student)).status == 200);
  CHECK(admin.post(path + "/erase", R"({"act":""})").status == 422);
  CHECK(admin.post(path + "/erase", R"({"act":"№ 1 от 01.11.2026"})").code() == "before_term");
  answered(admin.post(path + "/erase", R"({"act":"№ 1 от 01.11.2026","before_term":true})"));
  CHECK(admin.post(path + "/erase", R"({"act":"№ 2","before_term":true})").code() == "erased");

  const auto shell = admin.get(records("people.person", person));
  CHECK(shell.body.find("Забытов") == std::string::npos);
  CHECK(shell.body.find("112-233-445") == std::string::npos);
  const auto history = admin.get(records("people.student", student) + "/history");
  CHECK(history.body.find("З-777") == std::string::npos);
  CHECK(history.body.find("очки") == std::string::npos);
  CHECK(admin.get("/api/v1/security-log?deed=erased").body.find("№ 1 от 01.11.2026") != std::string::npos);
  // The chain of the history is whole all the same.
  const auto verified = school.run({"audit", "verify", "--school", "test"});
  CHECK_MESSAGE(verified.code == 0, (verified.out + verified.error));
}

TEST_CASE("the term of keeping: who left long ago is listed and erased, who left lately is neither; twins go along") {
  const auto admin = filled().as("administrator");
  const auto class_id = number(admin.first("school.class"));
  const auto left = [&](const std::string& surname, const std::string& until) {
    const auto made =
        answered(admin.post(records("people.student"), R"({"surname":")" + surname + R"(","given_name":"Ян"})"), 201);
    const auto id = made.at("id").as_int64();
    answered(
        admin.post(records("people.class_membership"), R"({"student":)" + number(id) + R"(,"class":)" + class_id +
                                                           R"(,"since":"2015-09-01","entry":"admitted","until":")" +
                                                           until + R"(","exit":"graduated"})"),
        201);
    return made.at("person").at("id").as_int64();
  };
  const auto old = left("Давнев", "2019-05-25"), late = left("Недавнев", "2026-05-25");
  const auto twin = answered(admin.post(records("people.person"), R"({"surname":"Давнев","given_name":"Яник"})"), 201)
                        .at("id")
                        .as_int64();
  answered(admin.post("/api/v1/persons/merge", R"({"kept":)" + number(old) + R"(,"merged":)" + number(twin) + "}"));
  const auto listed = [&] {
    std::set<std::int64_t> found;
    const auto answer = answered(admin.get("/api/v1/persons/expired"));
    for (const auto& item : answer.at("items").as_array()) found.insert(item.at("person").as_int64());
    return found;
  };
  CHECK(listed().contains(old));
  CHECK_FALSE(listed().contains(late));
  const auto erase = [&](std::int64_t person) {
    return admin.post("/api/v1/persons/" + number(person) + "/erase", R"({"act":"№ 5"})");
  };
  CHECK(erase(late).code() == "before_term");
  answered(erase(old));
  CHECK_FALSE(listed().contains(old));
  const auto gone = admin.get(records("people.person", twin));
  CHECK(gone.body.find("Яник") == std::string::npos);
  CHECK(admin.get(records("people.person", twin) + "/history").body.find("Яник") == std::string::npos);
  CHECK(filled().run({"audit", "verify", "--school", "test"}).code == 0);
}

TEST_CASE("whoever manages accounts sees where somebody is signed in, and ends it") {
  const auto admin = filled().as("administrator");
  const auto deputy = filled().as("deputy");
  std::string account;
  const auto accounts = answered(admin.get("/api/v1/accounts"));
  for (const auto& item : accounts.at("items").as_array())
    if (item.at("login").as_string() == login_of("deputy")) account = number(item.at("id").as_int64());
  REQUIRE(!account.empty());
  const auto path = "/api/v1/accounts/" + account + "/sessions";
  CHECK(!answered(admin.get(path)).at("items").as_array().empty());
  CHECK(deputy.get(path).status == 403);
  CHECK(admin.remove(path).status == 204);
  CHECK(deputy.get("/api/v1/session").status == 401);
  CHECK(answered(admin.get(path)).at("items").as_array().empty());
}

TEST_CASE("guides: of the enabled plugins, for the reader's role, found by words") {
  const auto titles = [](const Client& reader, const std::string& q = "") {
    std::set<std::string> found;
    const auto answer = answered(reader.get("/api/v1/guides" + (q.empty() ? "" : "?q=" + encode(q))));
    for (const auto& item : answer.at("items").as_array()) found.insert(text(item.at("title")));
    return found;
  };
  const auto admin = filled().as("administrator");
  const auto guardian = filled().as("guardian");
  CHECK(titles(admin).contains("Сотрудники"));
  CHECK(titles(admin).contains("Файл «Ученики»: столбцы"));
  CHECK(titles(guardian).contains("Родителям и ученикам"));
  CHECK_FALSE(titles(guardian).contains("Сотрудники"));
  CHECK_FALSE(titles(guardian).contains("Памятка по безопасности"));
  CHECK(titles(admin, "одноразовых паролей").empty());
  CHECK(titles(admin, "одноразовые пароли").contains("Учётные записи и листки доступа"));
  const auto list = answered(admin.get("/api/v1/guides")).at("items").as_array();
  for (const auto& item : list) {
    const auto chapter = answered(admin.get("/api/v1/guides/" + encode(text(item.at("id")))));
    CHECK(!text(chapter.at("html")).empty());
  }
  const auto file = answered(admin.get("/api/v1/guides/file.people.student"));
  CHECK(text(file.at("html")).find("<table>") != std::string::npos);
  CHECK(text(file.at("html")).find("личного дела") != std::string::npos);
  CHECK(guardian.get("/api/v1/guides/file.people.student").status == 404);
}
