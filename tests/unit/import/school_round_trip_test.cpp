// What the school exports of the institution, its rooms, property and calendar it reads again without a difference.
#include <doctest/doctest.h>

#include "desk.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/registry/import/export.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::book;
using importing::test::Desk;
using importing::test::parsed;
using importing::test::sheet;

namespace {

struct Office : Desk {
  Office() : Desk(test::school_catalogue()) {}
  registry::Written put(const std::string& registry, registry::Values values) {
    return create(registry, std::move(values));
  }
  /// Exports, imports again, and answers what that did.
  ImportResult again(const std::string& registry, tabular::Format format) {
    const auto bytes = export_table(*database->read(), asker, catalogue, query, catalogue.at(registry),
                                    registry::ListRequest{}, format);
    auto result = import(registry, parsed(bytes));
    for (const auto& remark : result.errors.items)
      MESSAGE(registry << " " << remark.row << " " << remark.column << " " << remark.code << " " << remark.message);
    return result;
  }
};

}  // namespace

TEST_CASE("an exported registry of the school, imported again, changes nothing") {
  using Text = std::string;
  Office office;
  const auto full = office.put("school.institution", {{"full_name", Text("Лицей № 1")},
                                                      {"short_name", Text("Лицей № 1")},
                                                      {"type", Text("Лицей")},
                                                      {"inn", Text("7707083893")},
                                                      {"okved", Text("85.14")},
                                                      {"settlement_account", Text("03234643607010005800")},
                                                      {"bik", Text("016015102")},
                                                      {"bank", Text("ОТДЕЛЕНИЕ РОСТОВ-НА-ДОНУ")},
                                                      {"deputy_ict", Text("Зуев Олег Ильич")},
                                                      {"founded_on", Text("1965-09-01")},
                                                      {"social", Text("https://vk.com/school")}});
  office.put("school.permit", {{"institution", full.id},
                               {"kind", Text("licence")},
                               {"series", Text("61Л01")},
                               {"number", Text("0003001")},
                               {"issued_on", Text("2015-03-02")},
                               {"issuer", Text("Ростобрнадзор")}});
  const auto house = office.put("school.building", {{"name", Text("Главный")}, {"floors", std::int64_t{3}}});
  const auto room = office.put("school.room", {{"number", Text("201")},
                                               {"building", house.id},
                                               {"kind", Text("computer")},
                                               {"area", 54.5},
                                               {"board", Text("interactive")},
                                               {"projector", std::int64_t{1}},
                                               {"computers", std::int64_t{12}},
                                               {"passport_on", Text("2026-08-20")},
                                               {"bookable", std::int64_t{1}}});
  const auto kind = office.put("school.asset_kind", {{"name", Text("проектор")}, {"group", Text("av")}});
  office.put("school.asset", {{"inventory_no", Text("0001")},
                              {"name", Text("Проектор Epson")},
                              {"kind", kind.id},
                              {"commissioned_on", Text("2020-09-01")},
                              {"cost", 45999.9},
                              {"state", Text("written_off")},
                              {"written_off_on", Text("2026-01-15")},
                              {"write_off_act", Text("Акт № 3")},
                              {"building", house.id},
                              {"room", room.id}});
  office.put("school.room_equipment", {{"room", room.id}, {"name", Text("Экран")}, {"quantity", std::int64_t{2}}});
  const auto year = office.put("school.year", {{"name", Text("2026/2027")},
                                               {"starts_on", Text("2026-09-01")},
                                               {"ends_on", Text("2027-08-31")},
                                               {"current", std::int64_t{1}}});
  const auto plan =
      office.put("school.period_plan", {{"year", year.id}, {"name", Text("Четверти")}, {"kind", Text("quarter")}});
  office.put("school.period", {{"plan", plan.id},
                               {"number", std::int64_t{1}},
                               {"name", Text("1 четверть")},
                               {"starts_on", Text("2026-09-01")},
                               {"ends_on", Text("2026-10-25")}});
  office.put("school.vacation", {{"year", year.id},
                                 {"name", Text("Осенние")},
                                 {"kind", Text("autumn")},
                                 {"starts_on", Text("2026-10-26")},
                                 {"ends_on", Text("2026-11-01")}});
  office.put("school.day_off", {{"date", Text("2026-11-04")}, {"kind", Text("non_working")}});
  const auto shift = office.put("school.shift", {{"number", std::int64_t{1}}, {"name", Text("1 смена")}});
  office.put(
      "school.bell",
      {{"shift", shift.id}, {"lesson", std::int64_t{1}}, {"starts_at", Text("08:00")}, {"ends_at", Text("08:40")}});
  office.put("school.work_week", {{"year", year.id}, {"days", std::int64_t{5}}, {"shift", shift.id}});
  const auto level = office.put("school.award_level", {{"name", Text("школьный")}, {"rank", std::int64_t{10}}});
  office.put("school.award_kind", {{"name", Text("грамота")}, {"level", level.id}});
  office.put("school.post", {{"name", Text("учитель")}, {"category", Text("teaching")}});
  office.put("school.departure_reason", {{"name", Text("переезд")}, {"whose", Text("student")}});
  const auto before = office.count("es_history");
  for (const auto* registry :
       {"school.institution", "school.permit", "school.building", "school.room", "school.asset_kind", "school.asset",
        "school.room_equipment", "school.year", "school.period_plan", "school.period", "school.vacation",
        "school.day_off", "school.shift", "school.bell", "school.work_week", "school.award_level", "school.award_kind",
        "school.post", "school.departure_reason"})
    for (const auto format : {tabular::Format::xlsx, tabular::Format::csv}) {
      CAPTURE(std::string(registry));
      const auto result = office.again(registry, format);
      CHECK(result.applied);
      CHECK(result.unchanged == 1);
      CHECK(result.created + result.updated + result.rejected == 0);
    }
  CHECK(office.count("es_history") == before);
}

TEST_CASE("property is read from a list as schools keep it") {
  Office office;
  office.put("school.building", {{"name", std::string("Главный")}});
  office.put("school.asset_kind", {{"name", std::string("проектор")}, {"group", std::string("av")}});
  const auto list =
      book({sheet("Основные средства", {{"Инв. №", "Наименование объекта", "Категория", "Кол-во", "Дата ввода",
                                         "Балансовая стоимость", "Состояние", "Здание", "Ответственный"},
                                        {"0001", "Проектор Epson", "Проектор", "1", "01.09.2020", "45999,90",
                                         "исправен", "Главный", "Зуев Олег Ильич"},
                                        {"0002", "Парта", "стол", "10", "", "", "", "", ""}})});
  // Day and act of writing off matter only where it happened: their columns may be absent.
  const auto result = office.import("school.asset", list);
  for (const auto& remark : result.errors.items)
    MESSAGE(remark.row << " " << remark.column << " " << remark.code << " " << remark.message);
  // A kind that the dictionary lacks is told, not made: it would be a second spelling of one that is there.
  CHECK(result.rejected == 1);
  REQUIRE(result.errors.items.size() == 1);
  CHECK(result.errors.items[0].row == 3);
  CHECK(office.count("school_asset") == 0);
}
