// The public sample of tests/fixtures/excel, each cell place as its expected.json tells.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "package.hpp"
#include "tabular/reader.hpp"

using namespace eschool::tabular;

namespace {

Workbook read_sample(const std::string& name) {
  auto result = read(test::sample(name));
  REQUIRE_MESSAGE(std::holds_alternative<Workbook>(result), name);
  return std::get<Workbook>(std::move(result));
}

const Row* row_numbered(const Sheet& sheet, std::int64_t number) {
  for (const auto& row : sheet.rows)
    if (row.number == number) return &row;
  return nullptr;
}

std::size_t column_of(std::string_view letter) { return static_cast<std::size_t>(letter.at(0) - 'A'); }

}  // namespace

TEST_CASE("the sample files have the sheets, headers and rows that expected.json lists") {
  const auto expected = boost::json::parse(test::sample("expected.json")).as_object();
  int files = 0;
  for (const auto& entry : expected.at("files").as_object()) {
    const std::string name(entry.key());
    const auto& told = entry.value().as_object();
    if (!told.contains("columns")) continue;
    ++files;
    CAPTURE(name);
    const auto workbook = read_sample(name);
    CHECK(workbook.format == Format::xlsx);
    REQUIRE(workbook.sheets.size() == 1);
    const auto& sheet = workbook.sheets[0];
    CHECK(sheet.name == std::string_view(told.at("sheet").as_string()));

    const auto* header = row_numbered(sheet, told.at("header_rows").as_array().at(0).as_int64());
    REQUIRE(header != nullptr);
    for (const auto& column : told.at("columns").as_object()) {
      const auto at = column_of(column.value().at("col").as_string());
      REQUIRE(at < header->cells.size());
      CHECK(header->cells[at].text == std::string_view(column.value().at("header").as_string()));
    }
    const auto first = told.at("first_data_row").as_int64();
    const auto last = told.at("last_data_row").as_int64();
    for (auto number = first; number <= last; ++number) CHECK(row_numbered(sheet, number) != nullptr);
  }
  CHECK(files == 5);
}

TEST_CASE("Учреждение.xlsx: names and values, and the second sheet") {
  const auto workbook = read_sample("Учреждение.xlsx");
  REQUIRE(workbook.sheets.size() == 2);
  CHECK(workbook.sheets[0].name == "Учреждение");
  CHECK(workbook.sheets[1].name == "Классы");
  CHECK(workbook.sheets[1].rows.size() == 5);
  const auto expected = boost::json::parse(test::sample("expected.json"));
  for (const auto& value : expected.at("files").at("Учреждение.xlsx").at("values").as_object()) {
    if (value.key() == "phone") continue;  // told normalised
    const auto* row = row_numbered(workbook.sheets[0], value.value().at("row").as_int64());
    REQUIRE(row != nullptr);
    CHECK(row->cells.at(1).text == std::string_view(value.value().at("value").as_string()));
  }
  REQUIRE(workbook.sheets[0].merged.size() == 1);
  CHECK(workbook.sheets[0].merged[0] == MergedRange{1, 1, 0, 1});
}

TEST_CASE("Ученики.xlsx: inline strings, dates by a format of its own") {
  const auto workbook = read_sample("Ученики.xlsx");
  const auto& rows = workbook.sheets.at(0).rows;
  CHECK(rows.size() == 112);
  CHECK(row_numbered(workbook.sheets[0], 2)->cells.at(1).text == "Класс");
  int dates = 0;
  for (const auto& row : rows) {
    if (row.number < 3) continue;
    const auto& birth = row.cells.at(6);
    CHECK(birth.kind == Cell::Kind::date);
    CHECK(birth.text.size() == 10);
    CHECK(birth.text > "2006-01-01");
    CHECK(birth.text < "2018-01-01");
    ++dates;
  }
  CHECK(dates == 110);
}

TEST_CASE("КТП: plan dates and merged sections") {
  const auto algebra = read_sample("КТП_алгебра_8.xlsx");
  CHECK(row_numbered(algebra.sheets.at(0), 4)->cells.at(3).text == "2026-09-02");
  const auto russian = read_sample("КТП_русский_5.xlsx");
  CHECK(russian.sheets.at(0).merged.size() >= 13);
}
