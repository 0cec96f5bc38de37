// Rows that live with a record: written with it, shown whole, and never lost unseen.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "installation.hpp"
#include "replies.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

const Installation& shared() { return shared_installation(); }

/// A lesson plan of its own, which is a record with many child rows.
std::int64_t lesson_plan(const Client& client, const std::string& name) {
  static const auto subject = create(client, "curriculum.subject", R"({"name":"Черчение"})");
  return create(client, "curriculum.lesson_plan",
                R"({"kind":"model","grade":8,"name":")" + name + R"(","subject":)" + std::to_string(subject) + "}");
}

std::string topic(int number, std::int64_t plan = 0) {
  auto text = R"({"number":)" + std::to_string(number) + R"(,"title":"Тема )" + std::to_string(number) + "\"";
  if (plan) text += R"(,"plan":)" + std::to_string(plan);
  return text + "}";
}

/// New records in batches, one for each number.
template <class Values>
void add_rows(const Client& client, const std::string& registry, int from, int to, Values values) {
  while (from <= to) {
    std::string operations;
    for (const int end = std::min(to, from + 499); from <= end; ++from)
      operations += (operations.empty() ? "" : ",") + std::string(R"({"op":"create","registry":")") + registry +
                    R"(","values":)" + values(from) + "}";
    const auto reply = client.post("/api/v1/batch", R"({"operations":[)" + operations + "]}");
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
  }
}

void add_topics(const Client& client, std::int64_t plan, int from, int to) {
  add_rows(client, "curriculum.topic", from, to, [&](int number) { return topic(number, plan); });
}

std::size_t topics_of(const Client& client, std::int64_t plan) {
  return client.ids("curriculum.topic", "plan = " + std::to_string(plan)).size();
}

Headers if_match(std::int64_t version) { return {{"If-Match", std::to_string(version)}}; }

}  // namespace

TEST_CASE("child rows are written with their parent, or nothing is") {
  const auto client = shared().as("administrator");
  const auto student = create(client, "people.student", R"({"surname":"Сыч","given_name":"Ян"})");
  const auto other = create(client, "people.student", R"({"surname":"Сыч","given_name":"Ия"})");
  const auto body = [](std::int64_t id, const char* kinship) {
    return R"({"student":)" + std::to_string(id) + R"(,"kinship":")" + kinship + R"("})";
  };
  const auto made = client.post(records("people.guardian"), R"({"surname":"Сыч","given_name":"Ольга","children":[)" +
                                                                body(student, "mother") + "]}");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  const auto path = records("people.guardian", number(made, "id"));
  auto rows = client.get(path).json().at("children").as_array();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].at("student").at("display").as_string() == "Сыч Ян");

  // A wrong row: the name of the row in the complaint, and the change of the parent is undone too.
  const auto wrong = client.patch(path, R"({"given_name":"Олеся","children":[)" + body(student, "тётушка") + "]}");
  CHECK(fields(wrong) == Names{"children[0].kinship:enum"});
  CHECK(text(client.get(path), "given_name") == "Ольга");

  // What is left out goes, what has no number is new.
  CHECK(client.patch(path, R"({"children":[)" + body(other, "mother") + "]}").status == 200);
  rows = client.get(path).json().at("children").as_array();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].at("student").at("id").as_int64() == other);
  check_problem(client.post(records("people.guardian"), R"({"surname":"Сыч","given_name":"Пётр","children":{}})"), 422,
                "invalid");
}

TEST_CASE("a record shows all its rows, and what was read may be sent back whole") {
  const auto client = shared().as("administrator");
  const auto plan = lesson_plan(client, "Шестьсот тем");
  const auto path = records("curriculum.lesson_plan", plan);
  add_topics(client, plan, 1, 600);
  const auto read = client.get(path);
  const auto document = read.json();
  CHECK(document.at("topics").as_array().size() == 600);
  CHECK(document.at("child_rows").at("topics").at("shown").as_int64() == 600);
  CHECK(document.at("child_rows").at("topics").at("whole").as_bool());
  const auto again = client.patch(path, read.body, if_match(number(read, "version")));
  CHECK(again.status == 200);
  CHECK(again.body == read.body);
  CHECK(topics_of(client, plan) == 600);
}

TEST_CASE("a list too long to be shown whole says so, and is not written as a whole") {
  const auto client = shared().as("administrator");
  const auto employee = create(client, "people.employee", R"({"surname":"Лауреатов","given_name":"Ян"})");
  const auto path = records("people.employee", employee);
  const auto award = R"({"employee":)" + std::to_string(employee) + R"(,"kind":"school","title":"Грамота"})";
  add_rows(client, "people.award", 1, 5001, [&](int) { return award; });
  const auto read = client.get(path).json();
  CHECK(read.at("awards").as_array().size() == 5000);
  CHECK(read.at("child_rows").at("awards").at("shown").as_int64() == 5000);
  CHECK_FALSE(read.at("child_rows").at("awards").at("whole").as_bool());
  CHECK(read.at("child_rows").at("courses").at("whole").as_bool());

  const auto version = read.at("version").as_int64();
  json::object body{{"awards", json::array{read.at("awards").at(0)}}, {"child_rows", read.at("child_rows")}};
  for (const auto& headers : {if_match(version), Headers{}}) {
    const auto refused = client.patch(path, json::serialize(body), headers);
    CHECK(fields(refused) == Names{"awards:too_many_rows"});
    CHECK(refused.body.find("больше 5000 строк") != std::string::npos);
  }
  CHECK(client.ids("people.award", "employee = " + std::to_string(employee)).size() == 5001);
  // All else of the record is written as ever.
  CHECK(client.patch(path, R"({"post":"учитель"})", if_match(version)).status == 200);
}

TEST_CASE("rows that somebody else added are not lost unseen") {
  const auto client = shared().as("administrator");
  const auto plan = lesson_plan(client, "Двое правят");
  const auto path = records("curriculum.lesson_plan", plan);
  add_topics(client, plan, 1, 2);
  const auto read = client.get(path);
  const auto version = number(read, "version");
  const auto third = create(client, "curriculum.topic", topic(3, plan));
  CHECK(number(client.get(path), "version") == version);  // If-Match alone would let it through

  for (const auto& headers : {if_match(version), Headers{}}) {
    const auto stale = client.patch(path, read.body, headers);
    check_problem(stale, 412, "stale");
    CHECK(text(stale, "detail").find("«Темы уроков»") != std::string::npos);
    CHECK(stale.json().at("your_rows").at("topics").at("state") ==
          read.json().at("child_rows").at("topics").at("state"));
    CHECK(stale.json().at("current").at("topics").as_array().size() == 3);
    CHECK(stale.json().at("current").at("child_rows").at("topics").at("state") !=
          read.json().at("child_rows").at("topics").at("state"));
  }
  CHECK(client.patch(path, read.body, if_match(version)).json().at("your_version").as_int64() == version);
  CHECK(topics_of(client, plan) == 3);

  // A changed row is another state too: a list sent back whole would undo the change.
  const auto seen = client.get(path);
  CHECK(client.patch(records("curriculum.topic", third), R"({"note":"перенесена"})").status == 200);
  check_problem(client.patch(path, seen.body, if_match(version)), 412, "stale");
  CHECK(text(client.get(records("curriculum.topic", third)), "note") == "перенесена");

  // The parent's own fields need no such proof, nor does a list that leaves nothing out.
  CHECK(client.patch(path, R"({"hours":34})", if_match(version)).status == 200);
  const auto now = client.get(path).json();
  const auto next = now.at("version").as_int64();
  auto rows = now.at("topics").as_array();
  rows.push_back(json::parse(topic(4)));
  CHECK(client.patch(path, json::serialize(json::object{{"topics", rows}}), if_match(next)).status == 200);

  // With If-Match rows are left out by whoever has seen them, and without it as ever.
  const auto fresh = client.get(path).json();
  json::object some{{"topics", json::array{fresh.at("topics").at(0)}}};
  const auto unproved = client.patch(path, json::serialize(some), if_match(next));
  check_problem(unproved, 428, "rows_unseen");
  CHECK(text(unproved, "detail").find("«Темы уроков»: 3") != std::string::npos);
  CHECK(topics_of(client, plan) == 4);
  some["child_rows"] = fresh.at("child_rows");
  CHECK(client.patch(path, json::serialize(some), if_match(next)).status == 200);
  CHECK(topics_of(client, plan) == 1);
  CHECK(client.patch(path, R"({"topics":[]})").status == 200);
  CHECK(topics_of(client, plan) == 0);
  CHECK(fields(client.patch(path, R"({"child_rows":5})")) == Names{"child_rows:type"});
  CHECK(fields(client.patch(path, R"({"child_rows":{"topics":{"state":7}}})")) == Names{"child_rows.topics:type"});
  // Whoever may not write is told that, and not what changed.
  check_problem(shared().as("director").patch(path, read.body), 403, "denied");
}

TEST_CASE("a row is named by a number or is new") {
  const auto client = shared().as("administrator");
  const auto plan = lesson_plan(client, "Номера строк");
  const auto path = records("curriculum.lesson_plan", plan);
  add_topics(client, plan, 1, 1);
  const auto row = client.ids("curriculum.topic", "plan = " + std::to_string(plan)).at(0);
  const auto list = [&](const std::string& id, int number) {
    return R"({"topics":[{"number":)" + std::to_string(number) + R"(,"title":"Тема","id":)" + id + "}]}";
  };
  for (const auto& id : {"\"" + std::to_string(row) + "\"", std::to_string(row) + ".0", std::string("true"),
                         std::string("-1"), std::string("18446744073709551615")}) {
    CAPTURE(id);
    CHECK(fields(client.patch(path, list(id, 2))) == Names{"topics[0].id:type"});
  }
  CHECK(client.ids("curriculum.topic", "plan = " + std::to_string(plan)) == std::vector{row});
  // A new row may take the place of one that goes.
  CHECK(client.patch(path, list("null", 1)).status == 200);
  CHECK(topics_of(client, plan) == 1);
  CHECK(client.ids("curriculum.topic", "plan = " + std::to_string(plan)) != std::vector{row});
}

TEST_CASE("a topic's number is its own in the plan") {
  const auto client = shared().as("administrator");
  const auto plan = lesson_plan(client, "Номера тем");
  create(client, "curriculum.topic", topic(900, plan));
  const auto second = client.post(records("curriculum.topic"), topic(900, plan));
  check_problem(second, 422, "invalid");
  CHECK(fields(second) == Names{"plan:not_unique"});
  CHECK(list_of(second, "errors").at(0).at("message").as_string() ==
        "в реестре «Темы уроков» уже есть запись с такими же значениями полей «План», «№ п/п»");
  create(client, "curriculum.topic", topic(900, lesson_plan(client, "Номера других тем")));
}

TEST_CASE("a record in the archive offers nothing that would be refused") {
  const auto client = shared().as("administrator");
  const auto plan = lesson_plan(client, "В архив");
  const auto path = records("curriculum.lesson_plan", plan);
  const auto told = [&] { return client.get(path + "/rights").json(); };
  CHECK(told() == json::parse(R"({"update":true,"archive":true,
    "children":{"topics":{"create":true,"update":true,"archive":true}}})"));
  REQUIRE(client.remove(path).status == 200);
  CHECK(told() == json::parse(R"({"update":false,"archive":false,
    "children":{"topics":{"create":false,"update":false,"archive":false}}})"));
  CHECK(client.post(records("curriculum.topic"), topic(1, plan)).status == 422);

  // The rows of the person stay open when the pupil goes: they are the person's.
  const auto pupil = create(client, "people.student", R"({"surname":"Архивов","given_name":"Пётр"})");
  REQUIRE(client.remove(records("people.student", pupil)).status == 200);
  const auto of_pupil = client.get(records("people.student", pupil) + "/rights").json();
  CHECK_FALSE(of_pupil.at("update").as_bool());
  CHECK_FALSE(of_pupil.at("children").at("achievements").at("create").as_bool());
  CHECK(of_pupil.at("children").at("consents").at("create").as_bool());
}
