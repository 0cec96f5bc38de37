#include "print/table.hpp"

#include <doctest/doctest.h>

#include "paper.hpp"

using namespace eschool::print;
using eschool::test::Paper;

namespace {

constexpr double least = 8;

std::vector<Column> columns() { return {{"Номер", 20, Align::right}, {"Имя", 60}}; }

}  // namespace

TEST_CASE("a page ends before the row that has no room, and takes one row at least") {
  Document document("Таблица");
  Table table(document, 20, least, columns());
  for (int i = 1; i <= 10; ++i) table.add({std::to_string(i), "Имя"});
  CHECK(table.rows() == 10);
  CHECK(table.end_of_page(0, least * 4.01) == 3);  // under the header
  CHECK(table.end_of_page(0, least * 3.99) == 2);
  CHECK(table.end_of_page(3, least * 4.01) == 6);
  CHECK(table.end_of_page(8, 1000) == 10);
  CHECK(table.end_of_page(4, 0) == 5);
  CHECK(table.end_of_page(10, 1000) == 10);
}

TEST_CASE("a row grows with its longest cell") {
  Document document("Таблица");
  Table table(document, 20, least, columns());
  table.add({"1", "Имя"});
  CHECK(table.draw(20, 0, 1) == doctest::Approx(20 + 2 * least));
  table.add({"2", "Имя настолько длинное, что в одну строку столбца не входит никак, и в две не входит"});
  const auto bottom = table.draw(100, 0, 2);
  CHECK(bottom > 100 + 4 * least - 2);
  table.draw(bottom, 1, 2);
  const auto words = Paper(document.finish()).words();
  CHECK(eschool::test::collisions(words).empty());
  for (const auto& word : words) {
    CHECK(word.left >= 20);
    CHECK(word.right <= 100);
  }
}

TEST_CASE("each part that is drawn has the header above it") {
  Document document("Таблица");
  Table table(document, 20, least, columns());
  for (int i = 1; i <= 3; ++i) table.add({std::to_string(i), "Имя" + std::to_string(i)});
  table.draw(20, 0, 2);
  document.next_page();
  table.draw(20, 2, 3);
  const auto text = Paper(document.finish()).text();
  CHECK(text == "Номер Имя 1 Имя1 2 Имя2 Номер Имя 3 Имя3 ");
}
