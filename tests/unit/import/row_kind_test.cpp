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

/// A plan with the columns a, b and, when asked for, a carried c; the file has those of `cells`, by letter.
struct Table {
  std::vector<schema::ImportColumn> columns{{"А", {}, "a", {}}, {"Б", {}, "b", {}}, {"В", {}, "c", {}, true}};
  SheetPlan plan;
  explicit Table(bool carried) {
    for (std::size_t i = 0; i < (carried ? 3U : 2U); ++i) plan.columns.push_back({&columns[i], 0, nullptr, {}});
  }
};

}  // namespace

TEST_CASE("a sum is what begins with the word for it") {
  CHECK(is_total(row({"", "Итого", "102"})));
  CHECK(is_total(row({"ИТОГО за 1 четверть:", "16"})));
  CHECK(is_total(row({"Всего:", "102"})));
  CHECK_FALSE(is_total(row({"Итоговая контрольная работа", "2"})));
  CHECK_FALSE(is_total(row({"1", "Итого"})));
  CHECK_FALSE(is_total(row({"", ""})));
}

TEST_CASE("a heading stands alone in its row, in the carried column when the file has one") {
  const Table table(true);
  const std::vector<MappedColumn> two{{0, 0, "А", {}}, {1, 1, "Б", {}}};
  auto heading = heading_of(row({"Квадратные корни", ""}), table.plan, two);
  REQUIRE(heading);
  CHECK(heading->cell == 0);
  CHECK(heading->column == 2);
  heading = heading_of(row({"", "Квадратные корни", "—"}), table.plan, two);
  REQUIRE(heading);
  CHECK(heading->cell == 1);
  CHECK_FALSE(heading_of(row({"1", "Квадратные корни"}), table.plan, two));
  CHECK_FALSE(heading_of({7, {Cell::of_number(5)}}, table.plan, two));

  auto three = two;
  three.push_back({2, 2, "В", {}});
  CHECK(heading_of(row({"", "", "Квадратные корни"}), table.plan, three));
  CHECK_FALSE(heading_of(row({"", "Тема без номера", ""}), table.plan, three));

  const Table plain(false);
  CHECK_FALSE(heading_of(row({"Квадратные корни", ""}), plain.plan, two));
}
