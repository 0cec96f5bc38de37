#include "people/t2_card.hpp"

#include <doctest/doctest.h>

using namespace eschool::people;

namespace {

Card card(const std::string& name) {
  Card made;
  made.organisation = "МБОУ «Лицей»";
  made.codes = {{"Табельный номер", "17"}};
  made.name = name;
  made.parts.push_back({"I. ОБЩИЕ СВЕДЕНИЯ", {{"1. Фамилия", name}}, {}, {}});
  made.parts.push_back({"VII. НАГРАДЫ", {}, {"Название", "Дата"}, {{name, "01.09.2020"}}});
  made.parts.push_back({"VIII. ОТПУСК", {}, {"Вид", "Начало"}, {}});
  return made;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("the form's title and codes") {
  const auto page = card_page(card("Маслова Вера"), "../t2.css");
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.find("0301002") != std::string::npos);
  CHECK(page.find("Унифицированная форма № Т-2") != std::string::npos);
  CHECK(page.find("<link rel=\"stylesheet\" href=\"../t2.css\">") != std::string::npos);
  CHECK(page.find("<td>17</td>") != std::string::npos);
}

TEST_CASE("no text becomes markup, wherever it stands") {
  const std::string evil = "<script>alert('x')</script>&\"<img src=x onerror=y>";
  const auto page = card_page(card(evil), "\"><b>");
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page.find("<b>") == std::string::npos);
  // In the title, in a line, in a table and at the signature.
  CHECK(count(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;") == 4);
  CHECK(page.find(" style=") == std::string::npos);
  CHECK(page.find("<style") == std::string::npos);
}

TEST_CASE("an empty table is printed with lines to fill in") {
  const auto page = card_page(card("Маслова Вера"), "t2.css");
  CHECK(count(page, "<tr class=\"blank\">") == 2);
}

TEST_CASE("as rows") {
  const auto rows = card_rows(card("Маслова Вера"));
  CHECK(rows.front() == std::vector<std::string>{"Унифицированная форма № Т-2", "Форма по ОКУД", "0301002"});
  CHECK(rows.back() == std::vector<std::string>{"VII. НАГРАДЫ", "1", "Название: Маслова Вера; Дата: 01.09.2020"});
}
