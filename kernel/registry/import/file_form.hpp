/// The form of a registry's file as we write it: which columns it has, what each is called and holds. Pure.
#pragma once

#include <string>
#include <vector>

#include "kernel/registry/import/sheet_plan.hpp"
#include "tabular/writer.hpp"

namespace eschool::importing {

/// A column of the file and where in the plan's records its value is.
struct OutColumn {
  std::string header;
  std::size_t node = 0;
  std::vector<const schema::Field*> fields;  ///< one, or the parts of a full name
};

/// The import's columns without those that say twice the same: of «ФИО» and «Фамилия», «Имя», «Отчество» the first
/// stay.
std::vector<OutColumn> import_columns(const SheetPlan&);
tabular::Column form_of(const OutColumn&);
/// A sheet of names and values: a line for each column.
std::vector<tabular::Column> name_value_columns();
std::string sheet_name(const schema::Registry& definition);

}  // namespace eschool::importing
