#include <doctest/doctest.h>

#include <string>

#include "tabular/wire.hpp"

using namespace eschool::tabular;

namespace {

std::string encoded(const ReadResult& result) {
  std::string bytes;
  encode_result(result, [&](std::string_view piece) { bytes.append(piece); });
  return bytes;
}

Workbook example() {
  Workbook workbook;
  workbook.sheets.push_back({"Лист", true, {}, {{1, 2, 0, 3}}});
  auto& rows = workbook.sheets[0].rows;
  rows.push_back({3, {Cell::of_text("Ёлкина"), {}, Cell::of_number(-0.5), Cell::of_date("2026-09-01")}});
  rows.push_back({9, {{Cell::Kind::boolean, "ИСТИНА", 1, true}, {Cell::Kind::formula_error, "#N/A", 0, true}}});
  return workbook;
}

}  // namespace

TEST_CASE("workbooks, problems and caps survive the wire") {
  const auto decoded = decode_result(encoded(example()), {});
  REQUIRE(decoded);
  CHECK(std::get<Workbook>(*decoded) == example());
  const auto problem = decode_result(encoded(ReadProblem{"damaged", "Файл", "Лист", 7, "B"}), {});
  REQUIRE(problem);
  CHECK(std::get<ReadProblem>(*problem).row == 7);
  CHECK(std::get<ReadProblem>(*problem).column == "B");
  Caps caps;
  caps.rows = 5;
  caps.memory_bytes = 123'456'789'012;
  REQUIRE(decode_caps(encode_caps(caps)));
  CHECK(decode_caps(encode_caps(caps))->rows == 5);
  CHECK(decode_caps(encode_caps(caps))->memory_bytes == 123'456'789'012);
  CHECK_FALSE(decode_caps("1 2 3 "));
}

TEST_CASE("cut results and results beyond the caps are refused") {
  const auto bytes = encoded(example());
  for (std::size_t length = 0; length < bytes.size(); ++length) CHECK_FALSE(decode_result(bytes.substr(0, length), {}));
  CHECK_FALSE(decode_result(bytes + 'x', {}));
  Caps caps;
  caps.rows = 1;
  CHECK_FALSE(decode_result(bytes, caps));
  caps = {};
  caps.columns = 3;
  CHECK_FALSE(decode_result(bytes, caps));
  caps = {};
  caps.content_bytes = 100;
  CHECK_FALSE(decode_result(bytes, caps));
}

TEST_CASE("any byte changed never breaks the decoder") {
  const auto bytes = encoded(example());
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const int value : {0, 1, 0x7F, 0xFF}) {
      auto changed = bytes;
      changed[at] = static_cast<char>(value);
      const auto decoded = decode_result(changed, {});
      if (decoded && std::holds_alternative<Workbook>(*decoded)) CHECK(std::get<Workbook>(*decoded).sheets.size() <= 1);
    }
}

TEST_CASE("text that is not UTF-8 is refused") {
  CHECK_FALSE(decode_result(encoded(ReadProblem{"damaged", "\xFF\xFE", "", 0, ""}), {}));
}
