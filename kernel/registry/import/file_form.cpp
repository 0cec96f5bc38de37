#include "kernel/registry/import/file_form.hpp"

#include <algorithm>

namespace eschool::importing {

tabular::Column form_of(const OutColumn& column) {
  tabular::Column form;
  form.header = column.header;
  form.date = column.fields.front()->type == schema::FieldType::date;
  form.text = column.fields.size() == 1 && column.fields.front()->type == schema::FieldType::text;
  return form;
}

/// The import's columns without those that say twice the same: of «ФИО» and «Фамилия», «Имя», «Отчество» the first
/// stay.
std::vector<OutColumn> import_columns(const SheetPlan& plan) {
  std::vector<OutColumn> columns;
  for (const auto& planned : plan.columns) {
    std::vector<const schema::Field*> fields;
    if (planned.field)
      fields = {planned.field};
    else
      std::copy_if(planned.name_parts.begin(), planned.name_parts.end(), std::back_inserter(fields),
                   [](const schema::Field* part) { return part; });
    const bool covered = std::any_of(columns.begin(), columns.end(), [&](const OutColumn& known) {
      return known.node == planned.node && std::any_of(fields.begin(), fields.end(), [&](const schema::Field* field) {
               return std::find(known.fields.begin(), known.fields.end(), field) != known.fields.end();
             });
    });
    if (!covered) columns.push_back({planned.column->header, planned.node, std::move(fields)});
  }
  return columns;
}

std::string sheet_name(const schema::Registry& definition) {
  const auto& sheets = definition.views.import.sheets;
  return sheets.empty() ? definition.label : sheets.front();
}

/// A sheet of names and values: a line for each column.
std::vector<tabular::Column> name_value_columns() {
  return {{"Показатель", 40, false, false}, {"Значение", 60, false, false}};
}

}  // namespace eschool::importing
