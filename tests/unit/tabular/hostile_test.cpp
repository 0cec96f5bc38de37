// Files made to harm, each refused with a message that tells the operator what to do.
#include <doctest/doctest.h>

#include "package.hpp"
#include "tabular/reader.hpp"

using namespace eschool::tabular;

namespace {

ReadProblem problem_of(const std::string& bytes, const Caps& caps = {}) {
  auto result = read(bytes, caps);
  REQUIRE(std::holds_alternative<ReadProblem>(result));
  auto problem = std::get<ReadProblem>(std::move(result));
  CHECK(problem.message.size() > 40);
  return problem;
}

std::string many_rows(int count) {
  std::string rows;
  for (int row = 1; row <= count; ++row) {
    const auto number = std::to_string(row);
    rows += "<row r='" + number + "'><c r='A" + number + "' t='inlineStr'><is><t>Иванов</t></is></c><c r='B" + number +
            "'><v>" + number + "</v></c></row>";
  }
  return rows;
}

const std::string kOneRow = "<row r='1'><c r='A1'><v>1</v></c></row>";

}  // namespace

TEST_CASE("a truncated archive, at any length, is a problem and not a crash") {
  const auto whole = test::sample("Ученики.xlsx");
  for (std::size_t length = 4; length < whole.size(); length += 997)
    CHECK(problem_of(whole.substr(0, length)).code == "damaged");
  CHECK(problem_of("PK\x03\x04").code == "damaged");
}

TEST_CASE("a flipped byte inside the data is found by the checksum or by the parser") {
  const auto whole = test::sample("Родители.xlsx");
  for (std::size_t at = 100; at + 100 < whole.size(); at += 499) {
    auto broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    const auto result = read(broken);  // a byte of a member that is not read may pass
    if (const auto* problem = std::get_if<ReadProblem>(&result)) CHECK_FALSE(problem->message.empty());
  }
}

TEST_CASE("old .xls and files with a password are told apart") {
  const std::string ole = std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") + std::string(600, '\0');
  CHECK(problem_of(ole).code == "old_xls");
  std::string marker;
  for (const char c : std::string("EncryptedPackage")) marker += {c, '\0'};
  CHECK(problem_of(ole + marker).code == "encrypted");
  CHECK(problem_of(test::zip(test::workbook_members("<sheetData/>"), "пароль")).code == "encrypted");
}

TEST_CASE("zip bombs") {
  const auto spaces = [](std::size_t mebibytes) {
    return "<sheetData>" + std::string(mebibytes << 20, ' ') + "</sheetData>";
  };
  CHECK(problem_of(test::zip(test::workbook_members(spaces(8)))).code == "compression_ratio");
  Caps lenient;
  lenient.ratio = 100'000;
  lenient.unpacked_bytes = 4U << 20;
  CHECK(problem_of(test::zip(test::workbook_members(spaces(8))), lenient).code == "unpacked_too_large");
}

TEST_CASE("1,001 members") {
  auto members = test::workbook_members("<sheetData/>");
  while (members.size() < 1'000) members.emplace_back("media/" + std::to_string(members.size()), "x");
  CHECK(std::holds_alternative<Workbook>(read(test::zip(members))));
  members.emplace_back("one more", "x");
  CHECK(problem_of(test::zip(members)).code == "too_many_entries");
}

TEST_CASE("DOCTYPE: outside entities and billion laughs") {
  const std::string xxe =
      "<?xml version='1.0'?><!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><worksheet><sheetData><row r='1'><c "
      "r='A1' t='inlineStr'><is><t>&x;</t></is></c></row></sheetData></worksheet>";
  const auto problem = problem_of(test::workbook_of_rows("", {{"xl/worksheets/sheet1.xml", xxe}}));
  CHECK(problem.code == "doctype");
  CHECK(problem.sheet == "Лист");
  std::string laughs = "<!DOCTYPE w [<!ENTITY a0 'ha'>";
  for (int i = 1; i < 40; ++i) {
    const auto before = "&a" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY a" + std::to_string(i) + " '" + before + before + "'>";
  }
  laughs += "]><sst><si><t>&a39;</t></si></sst>";
  CHECK(problem_of(test::workbook_of_rows(kOneRow, {{"xl/sharedStrings.xml", laughs}})).code == "doctype");
  // The doctype of the standard alone is harmless, and is refused all the same.
  CHECK(problem_of(test::workbook_of_rows(kOneRow, {{"xl/workbook.xml", "<!DOCTYPE workbook><workbook/>"}})).code ==
        "doctype");
}

TEST_CASE("200,000 rows stop at the limit and name it and the sheet") {
  const auto problem = problem_of(test::workbook_of_rows(many_rows(200'000)));
  CHECK(problem.code == "too_many_rows");
  CHECK(problem.sheet == "Лист");
  CHECK(problem.row == 20'001);
  CHECK(problem.message.find("Лист") != std::string::npos);
  CHECK(problem.message.find("20000") != std::string::npos);
  CHECK(std::holds_alternative<Workbook>(read(test::workbook_of_rows(many_rows(20'000)))));
}

TEST_CASE("a value beyond the columns is named") {
  const auto problem = problem_of(test::workbook_of_rows("<row r='7'><c r='GS7'><v>1</v></c></row>"));
  CHECK(problem.code == "too_many_columns");
  CHECK(problem.row == 7);
  CHECK(problem.column == "GS");
}

TEST_CASE("one text referred to by many cells cannot fill the memory") {
  const std::string strings = "<sst><si><t>" + std::string(100'000, 'x') + "</t></si></sst>";
  std::string rows;
  for (int row = 1; row <= 2'000; ++row) rows += "<row><c t='s'><v>0</v></c></row>";
  CHECK(problem_of(test::workbook_of_rows(rows, {{"xl/sharedStrings.xml", strings}})).code == "too_much_data");
}

TEST_CASE("endless text, endless tags, endless nesting") {
  const auto cell = [](const std::string& inside) {
    return test::workbook_of_rows("<row r='1'><c r='A1' t='inlineStr'><is><t>" + inside + "</t></is></c></row>");
  };
  Caps caps;
  caps.ratio = 100'000;
  CHECK(problem_of(cell(std::string(200'000, 'x')), caps).code == "cell_too_long");
  CHECK(problem_of(test::workbook_of_rows("<row r='" + std::string(8U << 20, '1') + "'/>"), caps).code == "damaged");
  std::string nested;
  for (int i = 0; i < 1'000; ++i) nested += "<b>";
  CHECK(problem_of(test::workbook_of_rows(nested), caps).code == "damaged");
}

TEST_CASE("broken references and addresses name sheet, row and column") {
  const auto missing = problem_of(test::workbook_of_rows("<row r='4'><c r='B4' t='s'><v>9</v></c></row>"));
  CHECK(missing.code == "damaged");
  CHECK(missing.sheet == "Лист");
  CHECK(missing.row == 4);
  CHECK(missing.column == "B");
  for (const auto* rows :
       {"<row r='0'/>", "<row r='5'/><row r='5'/>", "<row r='1048577'/>", "<row r='x'/>",
        "<row r='1'><c r='1A'/></row>", "<row r='1'><c r='AAAA1'/></row>", "<row r='1'><c r='A1'><v>abc</v></c></row>",
        "<row r='1'><c r='A1'><v>inf</v></c></row>", "<row r='1'><c r='A1' t='s'><v>-1</v></c></row>"})
    CHECK(problem_of(test::workbook_of_rows(rows)).code == "damaged");
}

TEST_CASE("other documents in a zip archive") {
  CHECK(problem_of(test::zip({{"a.txt", "x"}})).code == "not_spreadsheet");
  const auto ods = problem_of(test::zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}}));
  CHECK(ods.code == "not_spreadsheet");
  CHECK(ods.message.find(".ods") != std::string::npos);
  const auto word = problem_of(test::zip({{"_rels/.rels",
                                           "<Relationships><Relationship Id='r' Type='t/officeDocument' "
                                           "Target='word/document.xml'/></Relationships>"},
                                          {"word/document.xml", "<document/>"}}));
  CHECK(word.message.find("Word") != std::string::npos);
  auto charts = test::workbook_members("<sheetData/>");
  charts[1].second = "<workbook><sheets/></workbook>";
  CHECK(problem_of(test::zip(charts)).code == "no_sheets");
}

TEST_CASE("member names are never paths") {
  auto members = test::workbook_members("<sheetData>" + kOneRow + "</sheetData>");
  members[2].second =
      "<Relationships><Relationship Id='rId1' Type='t/worksheet' "
      "Target='../../../../../../etc/passwd'/></Relationships>";
  CHECK(problem_of(test::zip(members)).code == "damaged");
}

TEST_CASE("the file itself too large") {
  Caps caps;
  caps.file_bytes = 1'000;
  CHECK(problem_of(test::sample("Ученики.xlsx"), caps).code == "file_too_large");
}

TEST_CASE("processor time is bounded in process too") {
  Caps caps;
  caps.cpu_seconds = 0;
  CHECK(problem_of(test::sample("Ученики.xlsx"), caps).code == "cpu_limit");
}
