#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::Desk;
using importing::test::sample;

namespace {

void check_clean(const ImportResult& result) {
  CAPTURE(result.registry);
  for (const auto& remark : result.errors.items)
    MESSAGE(remark.row << " " << remark.column << " " << remark.code << " " << remark.message);
  CHECK(result.rejected == 0);
  CHECK(result.errors.items.empty());
  CHECK(result.applied);
}

void no_warnings(const ImportResult& result) {
  for (const auto& remark : result.warnings.items)
    MESSAGE(remark.row << " " << remark.column << " " << remark.code << " " << remark.message);
  CHECK(result.warnings.items.empty());
}

}  // namespace

TEST_CASE("the four sample files give the school they describe, and giving them again changes nothing") {
  Desk desk(test::school_catalogue());

  auto result = desk.import("school.institution", sample("Учреждение.xlsx"));
  check_clean(result);
  CHECK(result.rows == 26);
  CHECK(result.created == 1);
  CHECK(result.unknown_columns.empty());
  REQUIRE(result.sheets.size() == 1);
  CHECK(result.sheets[0].sheet == "Классы");
  CHECK(result.sheets[0].rows == 4);
  CHECK(result.sheets[0].created == 4);
  CHECK(result.sheets[0].warnings.items.size() == 4);  // the teachers are not there yet
  CHECK(result.sheets[0].records.at("school.room").created == 4);
  CHECK(desk.text("SELECT phone FROM school_institution") == "+78630000214");
  CHECK(desk.text("SELECT license_date FROM school_institution") == "2016-02-09");
  CHECK(desk.count("es_pending_reference") == 4);

  result = desk.import("people.employee", sample("Сотрудники.xlsx"));
  check_clean(result);
  no_warnings(result);
  CHECK(result.rows == 40);
  CHECK(result.created == 40);
  CHECK(result.unknown_columns == std::vector<std::string>{"№ п/п"});
  CHECK(result.resolved.size() == 4);
  CHECK(desk.count("es_pending_reference") == 0);
  CHECK(desk.text("SELECT p.surname FROM school_class c JOIN people_employee e ON e.id = c.homeroom_teacher"
                  " JOIN people_person p ON p.id = e.person WHERE c.name = '11А'") == "Борисенко");

  result = desk.import("people.student", sample("Ученики.xlsx"));
  check_clean(result);
  no_warnings(result);
  CHECK(result.rows == 110);
  CHECK(result.created == 110);

  result = desk.import("people.guardian", sample("Родители.xlsx"));
  check_clean(result);
  no_warnings(result);
  CHECK(result.rows == 207);
  CHECK(result.created == 207);
  CHECK(result.records.at("people.guardian").created == 185);
  CHECK(result.records.at("people.person").created == 180);

  CHECK(desk.count("people_person") == 330);
  CHECK(desk.count("people_employee") == 40);
  CHECK(desk.count("people_student") == 110);
  CHECK(desk.count("people_guardian") == 185);
  CHECK(desk.count("people_guardianship") == 207);
  CHECK(desk.count("school_class") == 4);
  CHECK(desk.count("people_guardian g JOIN people_employee e ON e.person = g.person") == 5);

  const auto entries = desk.count("es_history");
  for (const auto& [registry, file] : {std::pair{"school.institution", "Учреждение.xlsx"},
                                       {"people.employee", "Сотрудники.xlsx"},
                                       {"people.student", "Ученики.xlsx"},
                                       {"people.guardian", "Родители.xlsx"}}) {
    CAPTURE(registry);
    const auto again = desk.import(registry, sample(file));
    check_clean(again);
    no_warnings(again);
    CHECK(again.created + again.updated == 0);
    CHECK(again.records.empty());
    CHECK(again.changes.items.empty());
  }
  CHECK(desk.count("es_history") == entries);
}

TEST_CASE("the sample lesson plans: sections above or beside, hours with their unit, a sum below") {
  Desk desk(test::school_catalogue());
  desk.create("school.year", {{"name", std::string("2026/2027")}, {"current", std::int64_t{1}}});
  desk.create("curriculum.subject", {{"name", std::string("Алгебра")}});
  const auto plan = [&](const char* name) {
    return desk
        .create("curriculum.lesson_plan", {{"name", std::string(name)},
                                           {"year", std::int64_t{1}},
                                           {"subject", std::int64_t{1}},
                                           {"grade", std::int64_t{8}}})
        .id;
  };
  struct File {
    const char *name, *section;
    int rows, sections;
    double hours;
    std::size_t headings, totals;
  };
  for (const auto& file : {File{"КТП_алгебра_8.xlsx", "Квадратные корни (15 ч.)", 74, 9, 102, 9, 1},
                           File{"КТП_русский_5.xlsx", "Общие сведения о языке", 103, 13, 170, 0, 0}}) {
    CAPTURE(file.name);
    ImportOptions options;
    options.standing = {{"plan", plan(file.name), {}}};
    auto result = desk.import("curriculum.topic", sample(file.name), options);
    check_clean(result);
    no_warnings(result);
    CHECK(result.rows == file.rows);
    CHECK(result.created == file.rows);
    CHECK(result.unknown_columns.empty());
    std::size_t headings = 0;
    for (const auto& row : result.passed_over.items) headings += row.kind == "heading";
    CHECK(headings == file.headings);
    CHECK(result.passed_over.items.size() - headings == file.totals);
    const auto of_plan = " FROM curriculum_topic WHERE plan = " + std::to_string(options.standing[0].record);
    CHECK(std::stod(desk.text("SELECT CAST(sum(hours) AS TEXT)" + of_plan)) == file.hours);
    CHECK(desk.text("SELECT CAST(count(DISTINCT section) AS TEXT)" + of_plan) == std::to_string(file.sections));
    CHECK(desk.text("SELECT section" + of_plan + " AND number = 2") == file.section);
    CHECK(desk.text("SELECT CAST(count(*) AS TEXT)" + of_plan + " AND section IS NULL") == "0");

    result = desk.import("curriculum.topic", sample(file.name), options);
    CHECK(result.unchanged == file.rows);
    CHECK_FALSE(result.blocked());
  }
  CHECK(desk.refusal("curriculum.topic", sample("КТП_алгебра_8.xlsx")).starts_with("missing_columns"));
}

TEST_CASE("a lesson plan that is brought into line with its file leaves the other plans alone") {
  Desk desk(test::school_catalogue());
  desk.create("curriculum.subject", {{"name", std::string("Алгебра")}});
  const auto plan = [&](const char* name) {
    return desk
        .create("curriculum.lesson_plan", {{"name", std::string(name)},
                                           {"kind", std::string("model")},
                                           {"subject", std::int64_t{1}},
                                           {"grade", std::int64_t{8}}})
        .id;
  };
  const auto first = plan("Первый"), second = plan("Второй");
  const auto topics = [](std::initializer_list<std::initializer_list<const char*>> rows) {
    return importing::test::book({importing::test::sheet("КТП", rows)});
  };
  const auto three = topics({{"№", "Тема"}, {"1", "Один"}, {"2", "Два"}, {"3", "Три"}});
  ImportOptions options;
  for (const auto id : {first, second}) {
    options.standing = {{"plan", id, {}}};
    CHECK(desk.import("curriculum.topic", three, options).created == 3);
  }
  options.mode = ImportMode::synchronise;
  options.to_archive = 1;
  const auto result = desk.import("curriculum.topic", topics({{"№", "Тема"}, {"1", "Один"}, {"3", "Три"}}), options);
  CHECK(result.applied);
  CHECK(result.archived == 1);
  CHECK(desk.text("SELECT plan || ' ' || number FROM curriculum_topic WHERE archived = 1") ==
        std::to_string(second) + " 2");

  // So does a file that names its plan, or one whose plan is named by its text.
  options.standing.clear();
  const auto named = desk.import("curriculum.topic", topics({{"План", "№", "Тема"}, {"Второй", "1", "Один"}}), options);
  CHECK(named.archived == 1);
  options.standing = {{"plan", 0, "Первый"}};
  options.to_archive = 2;
  CHECK(desk.import("curriculum.topic", topics({{"№", "Тема"}, {"1", "Один"}}), options).archived == 2);
  CHECK(desk.count("curriculum_topic WHERE archived = 0") == 2);
}
