#include <doctest/doctest.h>

#include "tabular/reader.hpp"

using namespace eschool::tabular;

namespace {

using Texts = std::vector<std::vector<std::string>>;

Workbook read_whole(const std::string& bytes, const Caps& caps = {}) {
  auto result = read(bytes, caps);
  if (const auto* problem = std::get_if<ReadProblem>(&result)) FAIL(problem->message);
  return std::get<Workbook>(std::move(result));
}

Texts texts(const std::string& bytes) {
  Texts all;
  const auto workbook = read_whole(bytes);
  CHECK(workbook.format == Format::csv);
  REQUIRE(workbook.sheets.size() == 1);
  for (const auto& row : workbook.sheets[0].rows) {
    auto& cells = all.emplace_back();
    for (const auto& cell : row.cells) cells.push_back(cell.text);
  }
  return all;
}

std::string code_of(const std::string& bytes, const Caps& caps = {}) {
  const auto result = read(bytes, caps);
  const auto* problem = std::get_if<ReadProblem>(&result);
  return problem == nullptr ? "read" : problem->code;
}

const Texts kTwoByTwo = {{"Фамилия", "Имя"}, {"Ёлкина", "Анна"}};

}  // namespace

TEST_CASE("encodings") {
  CHECK(texts("Фамилия;Имя\r\nЁлкина;Анна\r\n") == kTwoByTwo);
  CHECK(texts("\xEF\xBB\xBF"
              "Фамилия;Имя\nЁлкина;Анна") == kTwoByTwo);
  CHECK(texts("\xD4\xE0\xEC\xE8\xEB\xE8\xFF;\xC8\xEC\xFF\r\n\xA8\xEB\xEA\xE8\xED\xE0;\xC0\xED\xED\xE0\r\n") ==
        kTwoByTwo);
  const std::u16string text = u"Фамилия\tИмя\r\nЁлкина\tАнна\r\n";
  std::string little = "\xFF\xFE";
  std::string big = "\xFE\xFF";
  for (const char16_t unit : text) {
    little += {static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)};
    big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xFF)};
  }
  CHECK(texts(little) == kTwoByTwo);
  CHECK(texts(big) == kTwoByTwo);
}

TEST_CASE("text of unknown encoding is refused, not guessed into nonsense") {
  // «Фамилия;Имя» in code page 866.
  CHECK(code_of("\x94\xA0\xAC\xA8\xAB\xA8\xEF;\x88\xAC\xEF\r\n") == "encoding");
  CHECK(code_of("\xEF\xBB\xBF"
                "abc\xFF") == "encoding");
  CHECK(code_of("\xFF\xFE\x41") == "encoding");
  CHECK(code_of(std::string("\xFF\xFE\x00\xDC", 4)) == "encoding");
}

TEST_CASE("separators") {
  CHECK(texts("Фамилия\tИмя\nЁлкина\tАнна\n") == kTwoByTwo);
  CHECK(texts("Фамилия,Имя\nЁлкина,Анна\n") == kTwoByTwo);
  CHECK(texts("Вес;Рост\n50,5;160,2\n48,1;155,0\n") == Texts{{"Вес", "Рост"}, {"50,5", "160,2"}, {"48,1", "155,0"}});
  CHECK(texts("Список класса, 5А\nФамилия;Имя\nЁлкина;Анна\n") ==
        Texts{{"Список класса, 5А"}, {"Фамилия", "Имя"}, {"Ёлкина", "Анна"}});
  CHECK(texts("sep=,\r\na;b,c\r\n") == Texts{{"a;b", "c"}});
  CHECK(texts("один столбец\nбез разделителей\n") == Texts{{"один столбец"}, {"без разделителей"}});
}

TEST_CASE("quotes") {
  CHECK(texts("\"ул. Садовая; д. 7\";\"МБОУ \"\"Лицей\"\"\"\n") == Texts{{"ул. Садовая; д. 7", "МБОУ \"Лицей\""}});
  CHECK(texts("5\" дюймов;x\n") == Texts{{"5\" дюймов", "x"}});
  CHECK(texts("a;\"\"\n") == Texts{{"a"}});
  const auto result = read("a;b\n\"две\nстроки\";c\nd;\"не закрыта\n\n");
  REQUIRE(std::holds_alternative<ReadProblem>(result));
  CHECK(std::get<ReadProblem>(result).code == "csv_quote");
  CHECK(std::get<ReadProblem>(result).row == 3);
}

TEST_CASE("the row is the number of the record") {
  const auto sheet = read_whole("a;b\r\n\r\n\"две\r\nстроки\";c\r\nd;e;;;\r\n").sheets.at(0);
  REQUIRE(sheet.rows.size() == 3);
  CHECK(sheet.rows[0].number == 1);
  CHECK(sheet.rows[1].number == 3);
  CHECK(sheet.rows[1].cells[0].text == "две\r\nстроки");
  CHECK(sheet.rows[2].number == 4);
  CHECK(sheet.rows[2].cells.size() == 2);
}

TEST_CASE("caps of rows and columns") {
  Caps caps;
  caps.rows = 3;
  caps.columns = 2;
  CHECK(code_of("1;1\n2;2\n3;3\n", caps) == "read");
  CHECK(code_of("1;1\n2;2\n3;3\n4;4\n", caps) == "too_many_rows");
  CHECK(code_of("1;1;;;;\n", caps) == "read");
  const auto result = read("1;1\n1;1;1\n", caps);
  REQUIRE(std::holds_alternative<ReadProblem>(result));
  CHECK(std::get<ReadProblem>(result).code == "too_many_columns");
  CHECK(std::get<ReadProblem>(result).row == 2);
  CHECK(std::get<ReadProblem>(result).column == "C");
}

TEST_CASE("other texts are not taken for tables") {
  CHECK(code_of("") == "empty_file");
  CHECK(code_of("<html><table><tr><td>1</td></tr></table></html>") == "unknown_format");
  CHECK(code_of("\xEF\xBB\xBF  <?xml version='1.0'?><Workbook/>") == "unknown_format");
  CHECK(code_of("%PDF-1.7\n...") == "unknown_format");
  CHECK(code_of(std::string("\x89PNG\r\n\x1A\n\0\0\0", 11)) == "unknown_format");
}
