#include "kernel/registry/import/template.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "kernel/registry/import/file_form.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::importing {

using schema::Catalogue;
using schema::Field;
using schema::FieldType;
using schema::Registry;
using tabular::Cell;

namespace {

std::vector<std::string> choices_of(const OutColumn& column) {
  std::vector<std::string> choices;
  const auto& field = *column.fields.front();
  if (column.fields.size() > 1) return choices;
  if (field.type == FieldType::boolean) return {"да", "нет"};
  for (const auto& value : field.values) choices.push_back(value.label);
  return choices;
}

std::string kind_of(const Field& field) {
  switch (field.type) {
    case FieldType::integer:
      return "целое число";
    case FieldType::decimal:
      return "число, дробная часть после запятой";
    case FieldType::boolean:
      return "да или нет";
    case FieldType::date:
      return "дата: день.месяц.год";
    case FieldType::time:
      return "время: часы:минуты";
    case FieldType::datetime:
      return "дата и время";
    case FieldType::enumeration:
      return "одно из значений списка";
    default:
      return "текст";
  }
}

/// A value that the field would take, of nobody.
std::string example_of(const Field& field) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> by_check{{
      {"snils", "112-233-445 95"},
      {"inn", "500100732259"},
      {"inn_person", "500100732259"},
      {"inn_org", "7707083893"},
      {"kpp", "770701001"},
      {"ogrn", "1027700132195"},
      {"okpo", "12345678"},
      {"oktmo", "60701000"},
      {"phone", "+7 903 123-45-67"},
      {"email", "imya@example.ru"},
      {"url", "https://example.ru"},
      {"class_name", "5А"},
      {"timezone", "Europe/Moscow"},
  }};
  for (const auto& [check, example] : by_check)
    if (field.check == check) return std::string(example);
  if (!field.values.empty()) return field.values.front().label;
  switch (field.type) {
    case FieldType::date:
      return "01.09.2015";
    case FieldType::time:
      return "08:30";
    case FieldType::boolean:
      return "да";
    case FieldType::integer:
      return fmt::format("{}", field.min ? static_cast<std::int64_t>(*field.min) : 1);
    default:
      return {};
  }
}

constexpr std::array<std::string_view, 3> name_parts{"Иванова", "Мария", "Петровна"};

std::string example_of(const OutColumn& column) {
  if (column.fields.size() > 1) return "Иванова Мария Петровна";
  const auto& field = *column.fields.front();
  if (field.name == surname) return std::string(name_parts[0]);
  if (field.name == given_name) return std::string(name_parts[1]);
  if (field.name == patronymic) return std::string(name_parts[2]);
  return example_of(field);
}

bool required(const SheetPlan& plan, const OutColumn& column) {
  const auto& node = plan.nodes[column.node];
  const auto& field = *column.fields.front();
  // A record that is only looked up must be named; of one that may be absent the reference says whether it must be
  // there.
  if (node.reference) return node.reference->required && (field.required || !node.may_create());
  return field.required && !field.default_value;
}

ColumnGuide explained(const SheetPlan& plan, const OutColumn& column) {
  const auto& field = *column.fields.front();
  const auto& node = plan.nodes[column.node];
  std::string what = column.fields.size() > 1 ? "фамилия, имя и отчество через пробел" : kind_of(field);
  if (node.reference && column.fields.size() == 1)
    what += fmt::format("; запись реестра «{}», {}", node.registry->label,
                        node.may_create() ? "новая заводится сама" : "она уже должна быть");
  if (!field.help.empty()) what += ". " + field.help;
  std::string choices;
  for (const auto& choice : choices_of(column)) choices += (choices.empty() ? "" : ", ") + choice;
  return {column.header, required(plan, column), std::move(what), std::move(choices), example_of(column)};
}

std::vector<Cell> cells_of(const ColumnGuide& column) {
  return {Cell::of_text(column.header), Cell::of_text(column.required ? "да" : "нет"), Cell::of_text(column.what),
          Cell::of_text(column.choices), Cell::of_text(column.example)};
}

}  // namespace

std::string template_table(const Catalogue& catalogue, const Registry& registry) {
  if (!importable(catalogue, registry))
    throw registry::problem(422, "not_importable", "Реестр не загружают из таблиц",
                            fmt::format("У реестра «{}» не описан вид файла.", registry.label));
  const auto& definition = definition_of(catalogue, registry);
  const auto plan = make_plan(catalogue, definition);
  const bool lines = definition.views.import.name_value;
  tabular::OutSheet form{sheet_name(definition), {}, {}};
  tabular::OutSheet guide{
      "Как заполнять",
      {{"Столбец", 34}, {"Обязателен", 12}, {"Что писать", 60}, {"Допустимые значения", 60}, {"Пример", 28}},
      {}};
  for (const auto& column : import_columns(plan)) {
    guide.rows.push_back(cells_of(explained(plan, column)));
    if (lines) {
      form.rows.push_back({Cell::of_text(column.header)});
      continue;
    }
    form.columns.push_back(form_of(column));
    form.columns.back().choices = choices_of(column);
  }
  if (lines) form.columns = name_value_columns();
  return tabular::write_xlsx(std::array{std::move(form), std::move(guide)});
}

std::vector<ColumnGuide> column_guide(const Catalogue& catalogue, const Registry& registry) {
  const auto plan = make_plan(catalogue, definition_of(catalogue, registry));
  std::vector<ColumnGuide> columns;
  for (const auto& column : import_columns(plan)) columns.push_back(explained(plan, column));
  return columns;
}

}  // namespace eschool::importing
