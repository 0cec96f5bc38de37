#include "kernel/registry/import/cell_value.hpp"

#include <fmt/format.h>

#include "kernel/registry/field_value.hpp"
#include "text/clean.hpp"
#include "text/dates.hpp"
#include "text/letters.hpp"
#include "text/names.hpp"
#include "text/utf8.hpp"

namespace eschool::importing {

using schema::Field;
using schema::FieldType;
using tabular::Cell;

namespace {

bool is_contact(const Field& field) { return field.check == "phone" || field.check == "email"; }

/// Dates whose cell lost its format come as Excel's serial number. The range (1927 to 2064) keeps years and amounts
/// out.
constexpr double first_serial = 10'000, last_serial = 60'000;

/// The text of the cell as the field's type wants it.
std::string text_for(const Field& field, const Cell& cell, CellNotes& notes) {
  if (field.type != FieldType::date) return cell.text;
  if (cell.kind == Cell::Kind::date) return cell.text.substr(0, cell.text.find('T'));
  if (cell.kind != Cell::Kind::number || cell.number < first_serial || cell.number > last_serial) return cell.text;
  const auto date = text::excel_serial_to_iso(cell.number, false);
  if (!date) return cell.text;
  notes.warnings.push_back({"serial_date", fmt::format("число {} прочитано как дата {}: проверьте формат ячейки",
                                                       cell.text, text::iso_to_russian(*date))});
  return *date;
}

/// The number of «2 ч.» or «1,5 часа»; the text as it is when it does not begin with one or goes on with another.
std::string_view without_unit(std::string_view text) {
  const auto unit = text.find_first_not_of("0123456789.,");
  if (unit == 0 || unit == std::string_view::npos || text.find_first_of("0123456789", unit) != std::string_view::npos)
    return text;
  auto number = text.substr(0, unit);
  while (!number.empty() && (number.back() == '.' || number.back() == ',')) number.remove_suffix(1);
  return number.empty() ? text : number;
}

/// The value of one field, or nothing when the cell is empty or wrong.
storage::Value value_of(const Field& field, std::string_view given, CellNotes& notes) {
  auto checked = registry::from_text(field, given);
  for (auto& warning : checked.warnings) notes.warnings.push_back({"corrected", std::move(warning)});
  if (checked.ok()) return std::move(checked.value);
  if (is_contact(field))
    notes.warnings.push_back({checked.code, checked.message + "; значение не загружено"});
  else
    notes.errors.push_back({std::move(checked.code), std::move(checked.message)});
  return {};
}

}  // namespace

bool is_blank(const Cell& cell) {
  if (cell.kind == Cell::Kind::empty) return true;
  bool any = false;
  text::walk_clean(cell.text, [&](char32_t code) { any = any || !text::is_dash(code); });
  return !any;
}

bool is_filled(const tabular::Row& row, std::size_t cell) {
  return cell < row.cells.size() && (row.cells[cell].formula || !is_blank(row.cells[cell]));
}

void read_cell(const PlanColumn& column, const Cell& cell, registry::Values& given, CellNotes& notes) {
  if (cell.kind == Cell::Kind::formula_error) {
    notes.errors.push_back({"formula_error", fmt::format("в ячейке ошибка формулы {}: впишите значение", cell.text)});
    return;
  }
  if (is_blank(cell)) {
    if (cell.formula)
      notes.warnings.push_back({"formula_empty", "у формулы нет сохранённого значения: ячейка считается пустой"});
    return;
  }
  if (cell.formula) notes.warnings.push_back({"formula", "значение формулы взято как есть"});
  if (column.field) {
    const auto text = text_for(*column.field, cell, notes);
    auto value =
        value_of(*column.field, column.column->parse == "quantity" ? without_unit(text::clean(text)) : text, notes);
    if (!registry::is_null(value)) given.insert_or_assign(column.field->name, std::move(value));
    return;
  }
  const auto parts = text::split_full_name(cell.text);
  if (!parts) {
    notes.errors.push_back(
        {"full_name", fmt::format("«{}»: нужны фамилия, имя и отчество, если оно есть", text::clean(cell.text))});
    return;
  }
  const auto part = [&](const Field* field, const std::string& text) {
    if (!field || text.empty()) return;
    auto value = value_of(*field, text, notes);
    if (!registry::is_null(value)) given.emplace(field->name, std::move(value));
  };
  part(column.name_parts[0], parts->surname);
  part(column.name_parts[1], parts->given_name);
  part(column.name_parts[2], parts->patronymic);
}

}  // namespace eschool::importing
