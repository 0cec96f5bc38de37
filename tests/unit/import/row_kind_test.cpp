#include "kernel/registry/import/row_kind.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using tabular::Cell;

namespace {

tabular::Row row(std::initializer_list<const char*> texts) {
  tabular::Row made{7, {}};
  for (const auto* text : texts) made.cells.push_back(*text ? Cell::of_text(text) : Cell{});
  return made;
}

/// A plan with a number, a title and, when asked for, a carried section; the file has number and title.
struct Table {
  std::vector<schema::ImportColumn> columns{
      {"№", {}, "number", {}}, {"Тема", {}, "title", {}}, {"Раздел", {}, "section", {}, true}};
  schema::Field number, title, section;
  SheetPlan plan;
  std::vector<MappedColumn> mapped{{0, 0, "№", {}}, {1, 1, "Тема", {}}};
  tabular::Sheet sheet;

  explicit Table(bool carried = true) {
    number.type = schema::FieldType::integer;
    number.required = title.required = true;
    plan.columns = {{columns.data(), 0, &number, {}}, {&columns[1], 0, &title, {}}};
    if (carried) plan.columns.push_back({&columns[2], 0, &section, {}});
  }
  std::optional<Heading> heading(const tabular::Row& row) const { return heading_of(sheet, row, plan, mapped); }
  bool total(const tabular::Row& row) const { return is_total(row, plan, mapped); }
};

}  // namespace

TEST_CASE("a sum begins with the word for it and lacks what a record must have") {
  const Table table;
  CHECK(table.total(row({"", "Итого", "102"})));
  CHECK(table.total(row({"ИТОГО за 1 четверть:", "", "16"})));
  CHECK(table.total(row({"Всего:", "", "102"})));
  CHECK_FALSE(table.total(row({"", "Итоговая контрольная работа", "2"})));
  CHECK_FALSE(table.total(row({"1", "Итого"})));
  CHECK_FALSE(table.total(row({"", ""})));
  Table turned;  // the title stands first
  turned.mapped = {{1, 0, "№", {}}, {0, 1, "Тема", {}}};
  CHECK_FALSE(turned.total(row({"Всего понемногу", "5", "1"})));
  CHECK(turned.total(row({"Всего", "", "102"})));
}

TEST_CASE("a heading stands alone in its row, where no record has a text or merged with what is beside it") {
  Table table;
  const auto heading = table.heading(row({"Квадратные корни", ""}));
  REQUIRE(heading);
  CHECK(heading->cell == 0);
  CHECK(heading->column == 2);
  CHECK(table.heading(row({"", "—", "Квадратные корни"})));  // under no known column
  CHECK_FALSE(table.heading(row({"1", "Квадратные корни"})));
  CHECK_FALSE(table.heading({7, {Cell::of_number(5)}}));

  // Under the titles it may be a lesson whose number was forgotten, unless it is merged.
  CHECK_FALSE(table.heading(row({"", "Контрольная работа"})));
  table.sheet.merged = {{7, 7, 1, 3}};
  CHECK(table.heading(row({"", "Квадратные корни"})));
  table.sheet.merged = {{6, 6, 1, 3}};
  CHECK_FALSE(table.heading(row({"", "Квадратные корни"})));

  // Where the file has sections of its own, they stand in their column.
  table.mapped.push_back({2, 2, "Раздел", {}});
  CHECK(table.heading(row({"", "", "Квадратные корни"})));
  CHECK_FALSE(table.heading(row({"Тема без номера", "", ""})));

  CHECK_FALSE(Table(false).heading(row({"Квадратные корни", ""})));
}
