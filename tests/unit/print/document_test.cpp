#include "print/document.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <thread>
#include <vector>

#include "paper.hpp"

using namespace eschool::print;
using eschool::test::Paper;

TEST_CASE("a document is a PDF of A4 with its typefaces inside") {
  Document document("Проба & <пера>");
  document.text(20, 20, 100, "Съешь ещё этих мягких французских булок", {.size = 12});
  document.text(20, 40, 100, "7KQM4TXP9R2W", {.size = 12, .bold = true, .face = Face::mono});
  document.next_page();
  document.text(20, 20, 100, "Вторая страница", {});
  const auto pdf = document.finish();
  CHECK(pdf.starts_with("%PDF-"));

  const Paper paper(pdf);
  CHECK(paper.pages() == 2);
  CHECK(paper.title() == "Проба & <пера>");
  CHECK(paper.text() == "Съешь ещё этих мягких французских булок 7KQM4TXP9R2W Вторая страница ");
  const auto fonts = paper.fonts();
  CHECK(fonts.find("+PTSans-Regular") != std::string::npos);
  CHECK(fonts.find("+PTMono-Bold") != std::string::npos);
  // Name, type, encoding, then whether it is embedded.
  const std::regex line(R"(\+PT[A-Za-z-]+ .* (yes|no) (yes|no) (yes|no) )");
  for (std::sregex_iterator found(fonts.begin(), fonts.end(), line), end; found != end; ++found)
    CHECK((*found)[1] == "yes");
}

TEST_CASE("text is broken at its width, a long word inside of itself, and nothing is added to it") {
  Document document("Ширина");
  const auto one = document.height("слово", {}, 100);
  CHECK(document.height("слово слово", {}, 100) == doctest::Approx(one));
  CHECK(document.height("слово слово", {}, 12) == doctest::Approx(2 * one));
  CHECK(document.height("слово", {.size = 20}, 100) == doctest::Approx(2 * one).epsilon(0.01));

  // Twenty letters a line: a hyphen, which readers of text do not tell, would take the place of one.
  const std::string login(60, 'w');
  document.text(20, 20, 42.5, login, {.face = Face::mono});
  std::string read;
  for (const auto& word : Paper(document.finish()).words()) {
    CHECK(word.text.size() == 20);
    CHECK(word.left >= 19.9);
    CHECK(word.right <= 62.6);
    read += word.text;
  }
  CHECK(read == login);
}

TEST_CASE("text stands at its side") {
  Document document("Края");
  document.text(20, 20, 100, "слева", {});
  document.text(20, 40, 100, "справа", {}, Align::right);
  document.text(20, 60, 100, "посередине", {}, Align::center);
  const auto words = Paper(document.finish()).words();
  REQUIRE(words.size() == 3);
  CHECK(words[0].left == doctest::Approx(20).epsilon(0.01));
  CHECK(words[1].right == doctest::Approx(120).epsilon(0.01));
  CHECK((words[2].left + words[2].right) / 2 == doctest::Approx(70).epsilon(0.01));
}

TEST_CASE("codes are read as what was written") {
  const std::string address = "https://школа.рф/s/5/?a=1&b=2", other(200, 'a');
  Document document("Коды");
  document.qr_code(20, 20, 24, address);
  document.qr_code(20, 80, 24, address);
  document.qr_code(20, 140, 24, other);
  CHECK_THROWS_AS(document.qr_code(20, 20, 24, std::string(5000, 'a')), std::runtime_error);
  auto codes = Paper(document.finish()).codes(1);
  std::sort(codes.begin(), codes.end());
  CHECK(codes == std::vector<std::string>{other, address, address});
}

TEST_CASE("threads set documents at once") {
  const auto pages = [] {
    Document document("Нить");
    for (int i = 0; i < 200; ++i) document.text(20, i, 100, "Строка " + std::to_string(i), {});
    return document.finish();
  };
  std::vector<std::string> made(4);
  std::vector<std::thread> threads;
  for (auto& one : made) threads.emplace_back([&] { one = pages(); });
  for (auto& thread : threads) thread.join();
  const auto expected = Paper(pages()).text();
  for (const auto& one : made) CHECK(Paper(one).text() == expected);
}

// Run by itself, where fontconfig finds no PT: see CMakeLists.txt.
TEST_CASE("a missing typeface is told" * doctest::skip()) {
  try {
    const Document document("Без шрифта");
    FAIL("another typeface was taken");
  } catch (const MissingFont& missing) {
    const std::string text = missing.what();
    CHECK(text.find("PT Sans") != std::string::npos);
    CHECK(text.find("fonts-paratype") != std::string::npos);
  }
}
