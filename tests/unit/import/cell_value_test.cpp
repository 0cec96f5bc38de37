#include "kernel/registry/import/cell_value.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using tabular::Cell;

namespace {

const SheetPlan& plan(const char* registry) {
  static std::map<std::string, SheetPlan> plans;
  const auto& catalogue = test::small_catalogue();
  return plans.try_emplace(registry, make_plan(catalogue, catalogue.at(registry))).first->second;
}

const PlanColumn& column(const char* registry, const std::string& header) {
  for (const auto& planned : plan(registry).columns)
    if (planned.column->header == header) return planned;
  FAIL(header);
  return plan(registry).columns.front();
}

struct Read {
  registry::Values given;
  CellNotes notes;
  std::string text(const char* name) const {
    const auto found = given.find(name);
    return found == given.end() ? "" : std::get<std::string>(found->second);
  }
  std::string code() const { return notes.errors.empty() ? "" : notes.errors.front().code; }
  std::string warning() const { return notes.warnings.empty() ? "" : notes.warnings.front().code; }
};

Read read(const char* registry, const std::string& header, const Cell& cell) {
  Read result;
  read_cell(column(registry, header), cell, result.given, result.notes);
  return result;
}

Cell formula(Cell cell) {
  cell.formula = true;
  return cell;
}

}  // namespace

TEST_CASE("a cell gives the normalised value of its field") {
  CHECK(read("store.keeper", "Телефон", Cell::of_text("8 (961) 000-55-95")).text("phone") == "+79610005595");
  CHECK(read("store.crate", "Упакован", Cell::of_text("1.9.2026")).text("packed") == "2026-09-01");
  CHECK(read("store.crate", "Упакован", Cell::of_date("2026-09-01T08:30:00")).text("packed") == "2026-09-01");
  CHECK(read("store.crate", "Вид", Cell::of_text(" СУХОЙ ")).text("kind") == "dry");
  CHECK(std::get<double>(read("store.crate", "Вес", Cell::of_text("1,5")).given.at("weight")) == 1.5);
}

TEST_CASE("a full name fills three fields, and separate columns go before it") {
  auto result = read("store.keeper", "ФИО", Cell::of_text("Иванов  Иван Иванович "));
  CHECK(result.text("surname") == "Иванов");
  CHECK(result.text("given_name") == "Иван");
  CHECK(result.text("patronymic") == "Иванович");
  read_cell(column("store.keeper", "Фамилия"), Cell::of_text("Петров"), result.given, result.notes);
  CHECK(result.text("surname") == "Петров");
  read_cell(column("store.keeper", "ФИО"), Cell::of_text("Сидоров Иван Иванович"), result.given, result.notes);
  CHECK(result.text("surname") == "Петров");
  CHECK(read("store.keeper", "ФИО", Cell::of_text("Иванов")).code() == "full_name");
}

TEST_CASE("a blank cell and a lone dash give nothing") {
  for (const auto& cell : {Cell{}, Cell::of_text("  "), Cell::of_text("—"), Cell::of_text(" - ")}) {
    const auto result = read("store.keeper", "Отчество", cell);
    CHECK(result.given.empty());
    CHECK(result.notes.errors.empty());
  }
}

TEST_CASE("an impossible value is an error that names what is wrong") {
  CHECK(read("store.crate", "Упакован", Cell::of_text("31.02.2026")).code() == "date");
  CHECK(read("store.keeper", "СНИЛС", Cell::of_text("229-555-640 98")).code() == "snils_checksum");
  CHECK(read("store.crate", "Вид", Cell::of_text("липкий")).code() == "enum");
  CHECK(read("store.crate", "Код", Cell::of_text("123456789")).code() == "too_long");
  Cell broken;
  broken.kind = Cell::Kind::formula_error;
  broken.text = "#N/A";
  CHECK(read("store.crate", "Код", broken).code() == "formula_error");
}

TEST_CASE("an unusable contact is a warning and gives nothing") {
  const auto result = read("store.keeper", "Телефон", Cell::of_text("12-34"));
  CHECK(result.notes.errors.empty());
  CHECK(result.warning() == "phone_length");
  CHECK(result.given.empty());
}

TEST_CASE("what was repaired is pointed out") {
  CHECK(read("store.keeper", "СНИЛС", Cell::of_number(1234567808)).code() == "snils_checksum");
  const auto padded = read("store.keeper", "СНИЛС", Cell::of_number(11223344595));
  CHECK(padded.text("snils") == "112-233-445 95");
  CHECK(read("store.keeper", "Фамилия", Cell::of_text("Ивaнов")).warning() == "corrected");  // a Latin a
  const auto formula_value = read("store.crate", "Код", formula(Cell::of_text("К1")));
  CHECK(formula_value.text("code") == "К1");
  CHECK(formula_value.warning() == "formula");
  CHECK(read("store.crate", "Код", formula(Cell{})).warning() == "formula_empty");
}

TEST_CASE("a date whose cell lost its format is read from the serial number, a year is not") {
  const auto serial = read("store.crate", "Упакован", Cell::of_number(46266));
  CHECK(serial.text("packed") == "2026-09-01");
  CHECK(serial.warning() == "serial_date");
  CHECK(read("store.crate", "Упакован", Cell::of_number(2014)).code() == "date");
}

TEST_CASE("a quantity may have its unit, and only a unit") {
  const auto weight = [](const char* text) { return read("store.crate", "Вес", Cell::of_text(text)); };
  CHECK(std::get<double>(weight("2 ч.").given.at("weight")) == 2);
  CHECK(std::get<double>(weight("1,5кг").given.at("weight")) == 1.5);
  CHECK(std::get<double>(weight("3.").given.at("weight")) == 3);
  CHECK(std::get<double>(read("store.crate", "Вес", Cell::of_number(4)).given.at("weight")) == 4);
  CHECK_FALSE(weight("2 или 3 ч.").code().empty());
  CHECK_FALSE(weight("ч. 2").code().empty());
  CHECK_FALSE(weight("два").code().empty());
  CHECK_FALSE(weight(".ч").code().empty());
}
