#include <doctest/doctest.h>

#include <chrono>

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
