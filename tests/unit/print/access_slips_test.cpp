#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "paper.hpp"
#include "print/access_forms.hpp"
#include "print/document.hpp"

using namespace eschool::print;
using namespace eschool::test;

namespace {

constexpr auto school = "Проверочный лицей";
constexpr auto address = "https://lyceum5.example.ru/";

std::vector<WayIn> people(std::size_t count) {
  std::vector<WayIn> ways;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto number = std::to_string(i);
    ways.push_back({"Щербакова Анна" + number, number + "А", "shcherbakova.a" + number, "7KQM4TXP9R" + number});
  }
  return ways;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Words that lie on a cut or too near to it.
std::vector<std::string> cut(const std::vector<Word>& words) {
  constexpr double width = page_width / 2, height = page_height / 5, near = 4;
  const auto crosses = [](double from, double to, double step) {
    return std::floor((from - near) / step) != std::floor((to + near) / step);
  };
  std::vector<std::string> found;
  for (const auto& word : words)
    if (crosses(word.left, word.right, width) || crosses(word.top, word.bottom, height)) found.push_back(word.text);
  return found;
}

void check_whole(const Paper& paper) {
  const auto words = paper.words();
  CHECK(outside(words, 5) == std::vector<std::string>{});
  CHECK(cut(words) == std::vector<std::string>{});
  CHECK(collisions(words) == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("ten slips a page, each with all that its owner needs") {
  for (const auto& [count, pages] : {std::pair{1, 1}, {10, 1}, {11, 2}, {40, 4}}) {
    CAPTURE(count);
    const auto ways = people(static_cast<std::size_t>(count));
    const auto pdf = access_slips(school, address, ways);
    CHECK(pdf.starts_with("%PDF-"));
    const Paper paper(pdf);
    CHECK(paper.pages() == pages);
    CHECK(paper.title() == "Листки доступа");
    const auto text = paper.text();
    for (const auto& way : ways) {
      CAPTURE(way.name);
      for (const auto& part :
           {way.name + ' ', ' ' + way.group + ' ', ' ' + way.login + ' ', way.one_time_password + ' '})
        CHECK(holds(text, part));
    }
    check_whole(paper);
    const auto codes = paper.codes(pages);
    CHECK(codes == std::vector<std::string>(static_cast<std::size_t>((count - 1) % 10 + 1), address));
  }
}

TEST_CASE("the login and the password are set so that no letter is taken for another") {
  const auto fonts = Paper(access_slips(school, address, people(1))).fonts();
  CHECK(holds(fonts, "PTSans-Regular"));
  CHECK(holds(fonts, "PTSans-Bold"));
  CHECK(holds(fonts, "PTMono-Regular"));
  CHECK(holds(fonts, "PTMono-Bold"));
}

TEST_CASE("the longest texts are broken and set smaller, never cut") {
  auto ways = people(10);
  std::string name;
  for (int i = 0; i < 30; ++i) name += "Длиннофамильная" + std::to_string(i) + (i % 3 ? "-" : " ");
  ways[0].name = name;
  ways[1].login = std::string(100, 'w');
  ways[2].one_time_password = std::string(50, 'W');
  ways[3] = {"Щ" + std::string(120, 'M'), std::string(50, 'Q'), std::string(100, 'g'), std::string(50, 'G')};
  std::string long_school;
  for (int i = 0; i < 10; ++i) long_school += "муниципальное бюджетное общеобразовательное учреждение ";
  const auto long_address = "https://" + std::string(190, 'a') + '/';
  const Paper paper(access_slips(long_school, long_address, ways));
  CHECK(paper.pages() == 1);
  check_whole(paper);
  std::string letters;
  for (const auto& word : paper.words()) letters += word.text;
  for (int i = 0; i < 30; ++i) CHECK(holds(letters, "Длиннофамильная" + std::to_string(i)));
  const auto count = [&](char letter) { return std::count(letters.begin(), letters.end(), letter); };
  CHECK(count('w') == 100);
  CHECK(count('W') == 50);
  CHECK(count('G') == 50);
  CHECK(count('Q') >= 50);
  CHECK(count('a') >= 190 * 10);
  CHECK(paper.codes(1) == std::vector<std::string>(10, long_address));
}

TEST_CASE("whoever has no class has no empty line for one") {
  CHECK(holds(Paper(access_slips(school, address, {{"Ли Ян", "1А", "li", "7KQM"}})).text(), "Класс"));
  CHECK(!holds(Paper(access_slips(school, address, {{"Ли Ян", "", "li", "7KQM"}})).text(), "Класс"));
}
