// The journal of imports over HTTP: who sees it, what an undo brings back, headers that are remembered.
#include <doctest/doctest.h>

#include "imports.hpp"
#include "tabular/writer.hpp"

using namespace eschool::test;
namespace json = boost::json;
namespace tabular = eschool::tabular;

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string workbook(const std::string& sheet, const Rows& rows) {
  std::vector<tabular::Column> columns;
  for (const auto& header : rows.front()) columns.push_back({.header = header});
  std::vector<std::vector<tabular::Cell>> cells;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    cells.emplace_back();
    for (const auto& value : rows[i]) cells.back().push_back(tabular::Cell::of_text(value));
  }
  return tabular::write_xlsx(sheet, columns, cells);
}

const auto rooms = workbook("Аудитории", {{"Номер", "Этаж"}, {"901", "9"}, {"902", "9"}});

const Headers bytes{{"Content-Type", "application/octet-stream"}};

json::array journal(const Client& client) {
  const auto response = client.get("/api/v1/imports");
  REQUIRE(response.status == 200);
  return response.json().at("items").as_array();
}

json::value undo(const Client& client, std::int64_t id, const std::string& options = {}) {
  return finished(client, client.remove("/api/v1/imports/" + std::to_string(id) + options));
}

}  // namespace

TEST_CASE("an import stands in the journal with its file, and whoever made it takes it back") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator");
  const auto before = operating.ids("school.room");
  const auto result = import_by_http(operating, "school.room", rooms, "?name=%D0%B7%D0%B0%D0%BB%D1%8B.xlsx");
  const auto id = result.at("import").as_int64();
  CHECK(operating.ids("school.room").size() == before.size() + 2);

  const auto entry = journal(operating).front().as_object();
  CHECK(entry.at("id") == id);
  CHECK(entry.at("file_name") == "залы.xlsx");
  CHECK(entry.at("file_hash").as_string().size() == 64);
  CHECK(entry.at("created") == 2);
  CHECK(entry.at("by").as_string() == login_of("operator"));
  CHECK(entry.at("may_undo") == true);

  const auto undone = undo(operating, id);
  CHECK(undone.at("state") == "done");
  CHECK(undone.at("result").at("archived") == 2);
  CHECK(operating.ids("school.room") == before);
  CHECK(journal(operating).front().as_object().contains("undone_at"));
  CHECK(undo(operating, id).at("problem").at("code") == "already_undone");
  history_entries(school);  // checks the chain
}

TEST_CASE("nobody else but an administrator takes it back, and who may not import sees no journal") {
  Installation school;
  school.fill();
  school.start();
  const auto administrator = school.as("administrator");
  const auto id = import_by_http(administrator, "school.room", rooms).at("import").as_int64();
  const auto operating = school.as("operator");
  CHECK(journal(operating).front().as_object().at("may_undo") == false);
  CHECK(operating.remove("/api/v1/imports/" + std::to_string(id)).status == 403);
  for (const auto* role : {"student", "guardian", "director"}) {
    CHECK_MESSAGE(school.as(role).get("/api/v1/imports").status == 403, role);
    CHECK_MESSAGE(school.as(role).remove("/api/v1/imports/" + std::to_string(id)).status == 403, role);
  }
  // A teacher loads the own lesson plans: of others' files he hears nothing.
  CHECK(journal(school.as("teacher")).empty());
  CHECK(school.as("teacher").remove("/api/v1/imports/" + std::to_string(id)).status == 404);
  // The personnel office loads employees: of rooms it hears nothing.
  const auto personnel = school.as("hr");
  for (const auto& entry : journal(personnel)) CHECK(entry.at("registry") == "people.employee");
  CHECK(personnel.remove("/api/v1/imports/" + std::to_string(id)).status == 404);

  const auto own = import_by_http(operating, "school.room", workbook("Аудитории", {{"Номер", "Этаж"}, {"903", "9"}}));
  CHECK(undo(administrator, own.at("import").as_int64()).at("state") == "done");
}

TEST_CASE("a record that was changed since stands in the way, with its name") {
  Installation school;
  school.fill();
  school.start();
  const auto administrator = school.as("administrator");
  const auto id = import_by_http(administrator, "school.room", rooms).at("import").as_int64();
  const auto room = administrator.get("/api/v1/records/school.room?filter=number%3D'901'")
                        .json()
                        .at("items")
                        .at(0)
                        .at("id")
                        .as_int64();
  REQUIRE(administrator.patch("/api/v1/records/school.room/" + std::to_string(room), R"({"floor":8})").status == 200);
  const auto failed = undo(administrator, id);
  CHECK(failed.at("state") == "failed");
  CHECK(failed.at("problem").at("code") == "undo_conflicts");
  CHECK(failed.at("problem").at("conflicts").at(0).at("display") == "901");
  CHECK(administrator.get("/api/v1/records/school.room?filter=number%3D'902'").json().at("items").as_array().size() ==
        1);

  const auto partly = undo(administrator, id, "?accept=partly");
  CHECK(partly.at("result").at("archived") == 1);
  CHECK(administrator.get("/api/v1/records/school.room?filter=number%3D'901'").json().at("items").as_array().size() ==
        1);
}

TEST_CASE("columns are told once and known in the next import") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator");
  const auto file = workbook("Аудитории", {{"Номер", "Ярус"}, {"901", "9"}});
  const auto headers = [&] {
    return finished(operating, operating.post("/api/v1/records/school.room/import/headers", file, bytes)).at("result");
  };
  auto reading = headers();
  CHECK(reading.at("columns").at(1).at("how") == "unknown");
  CHECK(reading.at("columns").at(1).at("sample") == "9");

  const std::string told = "headers=%7B%22%D0%AF%D1%80%D1%83%D1%81%22%3A%22floor%22%7D";  // {"Ярус":"floor"}
  import_by_http(operating, "school.room", file, "?dry_run=1&" + told);
  CHECK(headers().at("columns").at(1).at("how") == "unknown");  // nothing was loaded, nothing is remembered
  CHECK(import_by_http(operating, "school.room", file, "?" + told).at("created") == 1);
  reading = headers();
  CHECK(reading.at("columns").at(1).at("how") == "told");
  CHECK(reading.at("columns").at(1).at("to") == "floor");
  CHECK(import_by_http(operating, "school.room", file).at("unchanged") == 1);
}

TEST_CASE("parameters that mean nothing are refused") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator");
  for (const auto* options : {"?mode=replace", "?headers=x", "?decisions=%7B%22a%22%3A1%7D", "?to_archive=x"})
    CHECK_MESSAGE(
        operating.post(std::string("/api/v1/records/school.room/import") + options, rooms, bytes).status == 400,
        options);
}

TEST_CASE("what is not one's own any more is not taken back by its importer") {
  Installation school;
  school.fill();
  school.start();
  const auto administrator = school.as("administrator"), teacher = school.as("teacher");
  const auto employee = [&](const std::string& surname) {
    return administrator.first("people.employee", "surname = '" + surname + "'");
  };
  const auto plan = administrator
                        .post(records("curriculum.lesson_plan"),
                              json::serialize(json::object{{"name", "Алгебра, 8А"},
                                                           {"kind", "model"},
                                                           {"subject", administrator.first("curriculum.subject")},
                                                           {"grade", 8},
                                                           {"teacher", employee("Барсукова")}}))
                        .json()
                        .at("id")
                        .as_int64();
  const auto loaded = import_by_http(teacher, "curriculum.topic", "№;Тема\n1;Корень\n2;Степень\n",
                                     "?set=" + encode(R"({"plan":)" + std::to_string(plan) + "}"));
  REQUIRE(loaded.at("created") == 2);
  REQUIRE(administrator
              .patch(records("curriculum.lesson_plan", plan),
                     json::serialize(json::object{{"teacher", employee("Соловьев")}}))
              .status == 200);
  const auto refused = undo(teacher, loaded.at("import").as_int64());
  CHECK(refused.at("problem").at("code") == "undo_conflicts");
  CHECK(administrator.ids("curriculum.topic", "plan = " + std::to_string(plan)).size() == 2);

  // A role that has ended takes its imports along.
  const auto accounts = administrator.get("/api/v1/accounts?limit=500").json();
  std::int64_t account = 0;
  for (const auto& item : accounts.at("items").as_array())
    if (item.at("login").as_string() == login_of("teacher")) account = item.at("id").as_int64();
  const auto grant =
      administrator.post("/api/v1/accounts/" + std::to_string(account) + "/grants", R"({"role":"operator"})");
  REQUIRE_MESSAGE(grant.status == 201, grant.body);
  const auto made = import_by_http(teacher, "school.room", rooms).at("import").as_int64();
  REQUIRE(journal(teacher).front().as_object().at("may_undo") == true);
  REQUIRE(administrator.remove("/api/v1/grants/" + std::to_string(grant.json().at("id").as_int64())).status == 204);
  CHECK(journal(teacher).front().as_object().at("may_undo") == false);
  CHECK(teacher.remove("/api/v1/imports/" + std::to_string(made)).status == 403);
  CHECK(undo(administrator, made).at("state") == "done");
}

TEST_CASE("what one teacher says of his columns holds for his files alone, a left out column for nobody else") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator"), administrator = school.as("administrator");
  const auto file = workbook("Аудитории", {{"Номер", "Ярус", "Этаж", "Название"}, {"901", "7", "9", "Зал"}});
  const auto how = [&](const Client& client, std::size_t column) {
    return std::string(finished(client, client.post("/api/v1/records/school.room/import/headers", file, bytes))
                           .at("result")
                           .at("columns")
                           .at(column)
                           .at("how")
                           .as_string());
  };
  const auto headers = [](const char* told) { return "?headers=" + encode(told); };
  import_by_http(operating, "school.room", file, headers(R"({"Этаж":""})"));
  CHECK(how(operating, 2) == "skipped");
  CHECK(how(administrator, 2) == "header");
  // Who loads files for the whole school says it for everybody.
  import_by_http(operating, "school.room", file, headers(R"({"Ярус":"floor","Этаж":""})"));
  CHECK(how(administrator, 1) == "told");
  CHECK(refused_by_http(operating, "school.room", file, headers(R"({"Ярус":"нет такого"})")).at("code") == "headers");
}

TEST_CASE("a role that names no registry for its files loads none") {
  Installation school;
  school.fill();
  school.start();
  const auto administrator = school.as("administrator"), teacher = school.as("teacher");
  auto role = administrator.get("/api/v1/roles/teacher").json().as_object();
  CHECK(role.at("imports").as_array().size() == 1);
  role["label"] = "Читатель";
  role["imports"] = json::array{};
  role["capabilities"] = json::array{"import"};
  const auto made = administrator.put("/api/v1/roles/own.reader", json::serialize(role));
  REQUIRE_MESSAGE(made.status == 200, made.body);
  const auto accounts = administrator.get("/api/v1/accounts?limit=500").json();
  for (const auto& item : accounts.at("items").as_array())
    if (item.at("login").as_string() == login_of("teacher")) {
      const auto path = "/api/v1/accounts/" + std::to_string(item.at("id").as_int64()) + "/grants";
      REQUIRE(administrator.post(path, R"({"role":"own.reader"})").status == 201);
    }
  CHECK(teacher.get(records("curriculum.topic") + "/template").status == 200);  // by the role of a teacher
  CHECK(teacher.get(records("people.achievement") + "/template").status == 403);
}
