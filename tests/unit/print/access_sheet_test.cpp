#include <doctest/doctest.h>

#include <algorithm>

#include "paper.hpp"
#include "print/access_forms.hpp"

using namespace eschool::print;
using namespace eschool::test;

namespace {

std::vector<WayIn> people(std::size_t count) {
  std::vector<WayIn> ways;
  for (std::size_t i = 1; i <= count; ++i)
    ways.push_back({"Щербакова-Преображенская Екатерина Константиновна №" + std::to_string(i), i % 2 ? "5А" : "5Б",
                    "shcherbakova.a" + std::to_string(i), "SECRET"});
  return ways;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

Paper sheet(const std::vector<WayIn>& ways) { return Paper(access_sheet("Проверочный лицей", "30.11.2025", ways)); }

}  // namespace

TEST_CASE("a sheet of many pages: the header on each, their number, the signature once") {
  const auto paper = sheet(people(100));
  CHECK(paper.title() == "Ведомость выдачи одноразовых паролей");
  const auto pages = paper.pages();
  CHECK(pages == 5);
  const auto text = paper.text();
  CHECK(times(text, "Фамилия, имя, отчество") == static_cast<std::size_t>(pages));
  CHECK(times(text, "Выдано (дата)") == static_cast<std::size_t>(pages));
  for (int page = 1; page <= pages; ++page) CHECK(times(text, "стр. " + std::to_string(page) + " из 5") == 1);
  CHECK(times(text, "Выдал(а):") == 1);
  CHECK(times(text, "Проверочный лицей") == 1);
  CHECK(times(text, "Классы: 5А, 5Б") == 1);
  CHECK(times(text, "Дата: 30.11.2025") == 1);
  CHECK(times(text, "SECRET") == 0);
  for (int i = 1; i <= 100; ++i) {
    CHECK(times(text, "Константиновна №" + std::to_string(i) + ' ') == 1);
    CHECK(times(text, "shcherbakova.a" + std::to_string(i) + ' ') == 1);
  }
  const auto words = paper.words();
  CHECK(outside(words, 8) == std::vector<std::string>{});
  CHECK(collisions(words) == std::vector<std::string>{});
}

TEST_CASE("no row is split over pages") {
  auto ways = people(60);
  for (auto& way : ways) way.name = "Первая " + way.name + " и ещё несколько слов до последней";
  const auto words = sheet(ways).words();
  std::vector<int> firsts, lasts;
  for (const auto& word : words) {
    if (word.text == "Первая") firsts.push_back(word.page);
    if (word.text == "последней") lasts.push_back(word.page);
  }
  CHECK(firsts.size() == 60);
  CHECK(firsts == lasts);
  CHECK(firsts.back() > 1);
}

TEST_CASE("whoever signs the sheet signs it below a row of it") {
  // Around the number of rows with which a page has no room for it any more.
  for (std::size_t count = 24; count <= 34; ++count) {
    CAPTURE(count);
    std::vector<WayIn> ways(count, {"Ли Ян", "", "li", ""});
    const auto words = sheet(ways).words();
    const auto last = words.back().page;
    const auto on_last = [&](const std::string& text) {
      return std::any_of(words.begin(), words.end(),
                         [&](const Word& word) { return word.page == last && word.text == text; });
    };
    CHECK(on_last("Выдал(а):"));
    CHECK(on_last("Ли"));
    REQUIRE(outside(words, 8).empty());
    REQUIRE(collisions(words).empty());
  }
}

TEST_CASE("one class is named as one, none not at all") {
  CHECK(times(sheet({{"Ли Ян", "5А", "li", ""}}).text(), "Класс: 5А") == 1);
  const auto staff = sheet({{"Ли Ян", "", "li", ""}}).text();
  CHECK(times(staff, "Класс") == 1);  // the header of the column
}
