// How each kind of XLSX cell is read.
#include <doctest/doctest.h>

#include "package.hpp"
#include "tabular/excel_date.hpp"
#include "tabular/number_format.hpp"
#include "tabular/reader.hpp"

using namespace eschool::tabular;
using Kind = Cell::Kind;

namespace {

Workbook read_whole(const std::string& bytes) {
  auto result = read(bytes);
  if (const auto* problem = std::get_if<ReadProblem>(&result)) FAIL(problem->message);
  return std::get<Workbook>(std::move(result));
}

Sheet read_rows(const std::string& rows, const test::Members& extra = {}) {
  return read_whole(test::workbook_of_rows(rows, extra)).sheets.at(0);
}

const test::Members kStyles = {
    {"xl/styles.xml",
     "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='General'/><numFmt numFmtId='165' "
     "formatCode='[$-419]dd\\.mm\\.yyyy;@'/><numFmt numFmtId='166' formatCode='#,##0\" дней\"'/><numFmt "
     "numFmtId='167' formatCode='dd.mm.yyyy hh:mm'/></numFmts><cellStyleXfs><xf "
     "numFmtId='14'/></cellStyleXfs><cellXfs><xf "
     "numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='14'/><xf numFmtId='166'/><xf numFmtId='167'/><xf "
     "numFmtId='20'/></cellXfs></styleSheet>"}};

}  // namespace

TEST_CASE("kinds of cells") {
  const auto sheet = read_rows(
      "<row r='2'>"
      "<c r='A2' t='inlineStr'><is><t>Ёлкина </t></is></c>"
      "<c r='B2'><v>12345678901</v></c>"
      "<c r='C2' t='b'><v>1</v></c>"
      "<c r='D2' t='e'><f>1/0</f><v>#DIV/0!</v></c>"
      "<c r='E2' t='str'><f>A2&amp;\"!\"</f><v>Ёлкина !</v></c>"
      "<c r='F2' t='d'><v>2026-09-01T00:00:00</v></c>"
      "<c r='H2'><f>0.1+0.2</f><v>0.30000000000000004</v></c>"
      "</row>");
  REQUIRE(sheet.rows.size() == 1);
  CHECK(sheet.rows[0].number == 2);
  const auto& cells = sheet.rows[0].cells;
  REQUIRE(cells.size() == 8);
  CHECK(cells[0] == Cell{Kind::text, "Ёлкина ", 0, false});
  CHECK(cells[1] == Cell{Kind::number, "12345678901", 12345678901.0, false});
  CHECK(cells[2] == Cell{Kind::boolean, "ИСТИНА", 1, false});
  CHECK(cells[3] == Cell{Kind::formula_error, "#DIV/0!", 0, true});
  CHECK(cells[4] == Cell{Kind::text, "Ёлкина !", 0, true});
  CHECK(cells[5] == Cell{Kind::date, "2026-09-01", 0, false});
  CHECK(cells[6].kind == Kind::empty);
  CHECK(cells[7].text == "0.3");
  CHECK(cells[7].formula);
}

TEST_CASE("a formula without a saved value is told from an empty cell") {
  const auto cells = read_rows(
                         "<row r='1'>"
                         "<c r='A1'><f>B1+1</f></c><c r='B1'><f>1+1</f><v></v></c><c r='C1' s='1'/>"
                         "<c r='D1' t='str'><f>IF(A1,\"\",1)</f><v></v></c><c r='E1'><v>5</v></c></row>"
                         "<row r='2'><c r='D2' t='str'><f>IF(A2,\"\",1)</f><v></v></c></row>")
                         .rows;
  REQUIRE(cells.size() == 1);  // the formula of row 2 was computed, to nothing
  for (const std::size_t unsaved : {0U, 1U}) CHECK(cells[0].cells.at(unsaved) == Cell{Kind::empty, "", 0, true});
  for (const std::size_t empty : {2U, 3U}) CHECK(cells[0].cells.at(empty) == Cell{});
  CHECK(cells[0].cells.at(4).text == "5");
}

TEST_CASE("shared strings: rich text joined, phonetic left out, escapes undone") {
  const test::Members strings = {
      {"xl/sharedStrings.xml",
       "<x:sst xmlns:x='m'><x:si><x:r><x:t>Ива</x:t></x:r><x:r><x:t>нов</x:t></x:r><x:rPh sb='0' "
       "eb='1'><x:t>нет</x:t></x:rPh></x:si><x:si><x:t>a_x000D_b_x005F_x0041_</x:t></x:si></x:sst>"}};
  const auto sheet = read_rows("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>", strings);
  CHECK(sheet.rows.at(0).cells.at(0).text == "Иванов");
  CHECK(sheet.rows.at(0).cells.at(1).text == "a\rb_x0041_");
}

TEST_CASE("dates by style, in both systems") {
  const std::string row =
      "<row r='1'><c r='A1' s='1'><v>46266</v></c><c r='B1' s='2'><v>46266</v></c><c r='C1' s='3'><v>46266</v></c>"
      "<c r='D1' s='4'><v>46266.354166666664</v></c><c r='E1' s='5'><v>0.354166666666667</v></c><c r='F1' "
      "s='0'><v>46266</v></c><c r='G1' s='4'><v>46266</v></c><c r='H1' s='1'><v>46266.5</v></c></row>";
  const auto cells = read_rows(row, kStyles).rows.at(0).cells;
  CHECK(cells.at(0).kind == Kind::date);
  CHECK(cells.at(0).text == "2026-09-01");
  CHECK(cells.at(0).number == 46266);
  CHECK(cells.at(1).text == "2026-09-01");
  CHECK(cells.at(2).kind == Kind::number);
  CHECK(cells.at(3).text == "2026-09-01T08:30:00");
  CHECK(cells.at(4).text == "08:30:00");
  CHECK(cells.at(5).kind == Kind::number);
  CHECK(cells.at(6).text == "2026-09-01");
  CHECK(cells.at(7).text == "2026-09-01");

  auto of_1904 = kStyles;
  of_1904.emplace_back("xl/workbook.xml",
                       "<workbook><workbookPr date1904='true'/><sheets><sheet name='Л' r:id='rId1' "
                       "xmlns:r='r'/></sheets></workbook>");
  CHECK(read_rows("<row r='1'><c r='A1' s='1'><v>44804</v></c></row>", of_1904).rows.at(0).cells.at(0).text ==
        "2026-09-01");
}

TEST_CASE("serial_to_iso at the edges") {
  const auto date = [](double serial) { return serial_to_iso(serial, DateSystem::from1900, DateParts::date); };
  CHECK(date(1) == "1900-01-01");
  CHECK(date(59) == "1900-02-28");
  CHECK_FALSE(date(60));
  CHECK(date(61) == "1900-03-01");
  CHECK(date(2958465) == "9999-12-31");
  CHECK_FALSE(date(2958466));
  CHECK_FALSE(date(-1));
  CHECK(serial_to_iso(0, DateSystem::from1904, DateParts::date) == "1904-01-01");
  CHECK(serial_to_iso(61.9999999, DateSystem::from1900, DateParts::date_and_time) == "1900-03-02");
}

TEST_CASE("number formats that show dates") {
  CHECK(parts_of_format_code("dd.mm.yyyy") == DateParts::date);
  CHECK(parts_of_format_code("DD.MM.YYYY") == DateParts::date);
  CHECK(parts_of_format_code("mmm") == DateParts::date);
  CHECK(parts_of_format_code("h:mm") == DateParts::time);
  CHECK(parts_of_format_code("m/d/yy h:mm") == DateParts::date_and_time);
  CHECK(parts_of_format_code("[h]:mm:ss") == DateParts::none);
  CHECK(parts_of_format_code("General") == DateParts::none);
  CHECK(parts_of_format_code("0.00\" дd\"") == DateParts::none);
  CHECK(parts_of_format_code("#,##0\\d") == DateParts::none);
  CHECK(parts_of_format_code("[Red]0;dd") == DateParts::none);
  CHECK(parts_of_builtin_format(14) == DateParts::date);
  CHECK(parts_of_builtin_format(22) == DateParts::date_and_time);
  CHECK(parts_of_builtin_format(13) == DateParts::none);
  CHECK(parts_of_builtin_format(23) == DateParts::none);
}

TEST_CASE("styled but empty cells and rows do not count") {
  std::string rows = "<row r='1'><c r='A1'><v>1</v></c><c r='B1' s='1'/><c r='XFD1' s='1'/></row>";
  for (int row = 2; row < 60'000; ++row) rows += "<row r='" + std::to_string(row) + "'><c s='1'/></row>";
  rows += "<row r='60000'><c r='C60000' t='str'><f>\"\"</f><v></v></c></row>";
  Caps caps;
  caps.ratio = 1'000;
  const auto result = read(test::workbook_of_rows(rows), caps);
  REQUIRE(std::holds_alternative<Workbook>(result));
  const auto& sheet = std::get<Workbook>(result).sheets.at(0);
  CHECK(sheet.rows.size() == 1);
  CHECK(sheet.rows[0].cells.size() == 1);
}

TEST_CASE("rows and cells without addresses follow one another") {
  const auto sheet = read_rows("<row r='3'><c><v>1</v></c></row><row><c/><c><v>2</v></c></row>");
  CHECK(sheet.rows.at(1).number == 4);
  CHECK(sheet.rows.at(1).cells.at(1).text == "2");
}

TEST_CASE("merged ranges, hidden sheets, chart sheets left out, order of tabs") {
  auto members = test::workbook_members(
      "<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData><mergeCells><mergeCell "
      "ref='A1:C2'/></mergeCells>");
  members[1].second =
      "<workbook xmlns:r='r'><sheets><sheet name='Б' state='hidden' sheetId='5' r:id='rId1'/><sheet name='График' "
      "r:id='rId9'/><sheet name='А' r:id='rId8'/></sheets></workbook>";
  members[2].second =
      "<Relationships><Relationship Id='rId1' Type='t/worksheet' Target='../xl/./worksheets/sheet1.xml'/><Relationship "
      "Id='rId8' Type='t/worksheet' Target='/Xl/Worksheets/Other.xml'/><Relationship Id='rId9' Type='t/chartsheet' "
      "Target='chart.xml'/></Relationships>";
  members.emplace_back("xl/worksheets/other.xml", "<worksheet><sheetData/></worksheet>");
  const auto workbook = read_whole(test::zip(members));
  REQUIRE(workbook.sheets.size() == 2);
  CHECK(workbook.sheets[0].name == "Б");
  CHECK(workbook.sheets[0].hidden);
  CHECK(workbook.sheets[0].merged.at(0) == MergedRange{1, 2, 0, 2});
  CHECK(workbook.sheets[1].name == "А");
  CHECK(workbook.sheets[1].rows.empty());
}

TEST_CASE("column letters") {
  CHECK(column_letters(0) == "A");
  CHECK(column_letters(25) == "Z");
  CHECK(column_letters(26) == "AA");
  CHECK(column_letters(199) == "GR");
  CHECK(column_letters(16'383) == "XFD");
}
