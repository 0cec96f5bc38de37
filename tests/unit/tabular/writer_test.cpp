#include <doctest/doctest.h>

#include "package.hpp"
#include "tabular/reader.hpp"
#include "tabular/writer.hpp"

using namespace eschool::tabular;
using Kind = Cell::Kind;
using Rows = std::vector<std::vector<Cell>>;

namespace {

Workbook reread(const std::string& bytes) {
  auto result = read(bytes);
  if (const auto* problem = std::get_if<ReadProblem>(&result)) FAIL(problem->message);
  return std::get<Workbook>(std::move(result));
}

const std::vector<Column> kColumns = {{"Фамилия"}, {"Дата рождения", 14, true}, {"СНИЛС", 16, false, true}, {"Балл"}};

// Each begins like a formula for some spreadsheet, or holds what XML and CSV treat specially.
const std::vector<std::string> kAwkward = {"=1+1",
                                           "+7 (900) 000-00-00",
                                           "-5 а",
                                           "@SUM(A1)",
                                           "\t=1",
                                           "\r=1",
                                           "'=1",
                                           "''+",
                                           "\"кавычки\";и,\n",
                                           "<b>&amp;</b>",
                                           " =1",
                                           "_x0041_",
                                           "a\x01z",
                                           "👩‍🏫 ё",
                                           "http://x.ru",
                                           "00123",
                                           "ИСТИНА",
                                           "01.02.2026"};

}  // namespace

TEST_CASE("what write_xlsx writes, read gives back") {
  Rows rows = {
      {Cell::of_text("Ёлкина "), Cell::of_date("2014-02-28"), Cell::of_text("00000000000"), Cell::of_number(4.5)},
      {Cell{}, Cell::of_date("2026-09-01T08:30:00"), Cell{}, Cell::of_number(-3)},
      {Cell::of_text("Петров"), Cell::of_date("1899-05-05"), Cell{}, {Kind::boolean, "ЛОЖЬ", 0, false}}};
  const auto workbook = reread(write_xlsx("Ученики", kColumns, rows));
  REQUIRE(workbook.sheets.size() == 1);
  CHECK(workbook.sheets[0].name == "Ученики");
  const auto& read_rows = workbook.sheets[0].rows;
  REQUIRE(read_rows.size() == 4);
  CHECK(read_rows[0].cells.at(1).text == "Дата рождения");
  CHECK(read_rows[1].cells.at(0).text == "Ёлкина ");
  CHECK(read_rows[1].cells.at(1).kind == Kind::date);
  CHECK(read_rows[1].cells.at(1).text == "2014-02-28");
  CHECK(read_rows[1].cells.at(2).kind == Kind::text);
  CHECK(read_rows[1].cells.at(2).text == "00000000000");
  CHECK(read_rows[1].cells.at(3).number == 4.5);
  CHECK(read_rows[2].cells.at(1).text == "2026-09-01T08:30:00");
  CHECK(read_rows[3].cells.at(1) == Cell::of_text("1899-05-05"));
  CHECK(read_rows[3].cells.at(3).kind == Kind::boolean);
}

TEST_CASE("awkward text comes back as text from XLSX, none of it a formula") {
  Rows rows;
  for (const auto& text : kAwkward) rows.push_back({Cell::of_text(text)});
  const auto sheet = reread(write_xlsx("Л", {{Column{"=A1"}}}, rows)).sheets.at(0);
  REQUIRE(sheet.rows.size() == rows.size() + 1);
  CHECK(sheet.rows[0].cells[0] == Cell::of_text("=A1"));
  for (std::size_t i = 0; i < rows.size(); ++i) CHECK(sheet.rows[i + 1].cells.at(0).text == kAwkward[i]);
}

TEST_CASE("awkward text comes back from CSV, and none of it begins a formula there") {
  Rows rows;
  for (const auto& text : kAwkward)
    if (text.find('\x01') == std::string::npos) rows.push_back({Cell::of_text(text), Cell::of_text("x")});
  const auto csv = write_csv(std::vector<Column>{{"А"}, {"Б"}}, rows);
  for (const auto* live : {"\n=", "\n+", "\n-", "\n@", "\n\t", "\n\"=", "\n\"\r", ";="})
    CHECK_MESSAGE(csv.find(live) == std::string::npos, live);
  const auto sheet = reread(csv).sheets.at(0);
  REQUIRE(sheet.rows.size() == rows.size() + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) CHECK(sheet.rows[i + 1].cells.at(0).text == rows[i][0].text);
}

TEST_CASE("the bytes of a CSV") {
  const Rows rows = {{Cell::of_text("a;b"), Cell::of_date("2026-09-01"), Cell::of_number(-4.5)},
                     {Cell::of_text("-4.5"), Cell{}, Cell::of_number(1e6)}};
  CHECK(write_csv(std::vector<Column>{{"А"}, {"Б"}, {"В"}}, rows) ==
        "\xEF\xBB\xBF"
        "А;Б;В\r\n\"a;b\";01.09.2026;-4,5\r\n'-4.5;;1000000\r\n");
}

TEST_CASE("a template without rows keeps its header") {
  const auto sheet = reread(write_xlsx("Ученики", kColumns, Rows{})).sheets.at(0);
  REQUIRE(sheet.rows.size() == 1);
  CHECK(sheet.rows[0].cells.size() == 4);
}

TEST_CASE("sheet names and texts that Excel does not take are made to fit") {
  CHECK(reread(write_xlsx("5А/5Б: [список]?", kColumns, Rows{})).sheets.at(0).name == "5А 5Б   список  ");
  CHECK(reread(write_xlsx("", kColumns, Rows{})).sheets.at(0).name == "Лист1");
  const auto name = reread(write_xlsx(std::string(60, 'n') + "ё", kColumns, Rows{})).sheets.at(0).name;
  CHECK(name == std::string(31, 'n'));
  std::string longest;
  for (int i = 0; i < 40'000; ++i) longest += "ё";
  const Rows rows = {{Cell::of_text(longest)}};
  const auto text = reread(write_xlsx("Л", kColumns, rows)).sheets.at(0).rows.at(1).cells.at(0).text;
  CHECK(text.ends_with("ё… (обрезано)"));
  CHECK(text.size() < 2 * 32'767);
}
