/// From a cell of a table to values of fields. Pure.
#pragma once

#include <string>
#include <vector>

#include "kernel/registry/import/sheet_plan.hpp"
#include "kernel/registry/record_writer.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

/// What is to be said of one cell; where it stands, the caller knows.
struct CellNote {
  std::string code;
  std::string message;  ///< Russian
};

struct CellNotes {
  std::vector<CellNote> errors, warnings;
};

/// Whether the cell holds nothing that could be a value: blanks, or a dash, which people put for «нет».
bool is_blank(const tabular::Cell&);

/// Whether the row has a value or a formula there.
bool is_filled(const tabular::Row&, std::size_t cell);

/// Reads the cell into `given` under the names of fields. A blank cell gives nothing. A separate column («Фамилия»)
/// goes before a full name, whichever comes first. An unusable phone or e-mail is a warning and gives nothing: for the
/// sake of a contact nobody is left out of the school.
void read_cell(const PlanColumn&, const tabular::Cell&, registry::Values& given, CellNotes&);

}  // namespace eschool::importing
