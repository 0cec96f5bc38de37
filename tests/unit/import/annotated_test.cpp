#include "kernel/registry/import/annotated.hpp"

#include <doctest/doctest.h>

#include "tabular/reader.hpp"

using namespace eschool::importing;
using eschool::tabular::Cell;
using eschool::tabular::Workbook;

TEST_CASE("the file comes back with what is wrong beside its rows, each at its number") {
  Workbook workbook;
  auto& sheet = workbook.sheets.emplace_back();
  sheet.name = "Ученики";
  sheet.rows.push_back({1, {Cell::of_text("Список на сентябрь")}});
  sheet.rows.push_back({3, {Cell::of_text("Фамилия"), Cell::of_text("Дата рождения")}});
  sheet.rows.push_back({4, {Cell::of_text("Ёлкина"), Cell::of_date("2015-09-01")}});
  sheet.rows.push_back({5, {Cell::of_text("=Иванов"), Cell::of_text("31.02.2015")}});
  ImportResult result;
  result.sheet = "Ученики";
  result.errors.add({5, "Дата рождения", "check", "такой даты нет"});
  result.warnings.add({5, "", "note", "похож на Иванова"});

  const auto bytes = annotated_file(workbook, result);
  const auto read = eschool::tabular::read(bytes);
  REQUIRE(std::holds_alternative<Workbook>(read));
  const auto& back = std::get<Workbook>(read).sheets.at(0);
  CHECK(back.name == "Ученики");
  const auto row = [&](int number) {
    for (const auto& one : back.rows)
      if (one.number == number) return one.cells;
    return std::vector<Cell>();
  };
  CHECK(row(1).at(0).text == "Список на сентябрь");
  CHECK(row(1).at(2).text == "Замечания");
  CHECK(row(2).empty());
  CHECK(row(3).at(1).text == "Дата рождения");
  CHECK(row(4).size() == 2);
  CHECK(row(4).at(1).kind == Cell::Kind::date);
  CHECK(row(5).at(0).text == "=Иванов");
  CHECK(row(5).at(2).text == "ОШИБКА «Дата рождения»: такой даты нет; похож на Иванова");
}
