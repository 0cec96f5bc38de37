/// Finding a table inside a sheet: the header row among titles, and which column of the file is which of the plan.
/// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "kernel/registry/import/header_names.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

struct MappedColumn {
  std::size_t cell = 0;    ///< index in Row::cells
  std::size_t column = 0;  ///< of the plan
  std::string header;      ///< as the file has it, cleaned; of a header in two rows, both
  Understood how = Understood::header;
};

struct HeaderNote {
  std::string code;  ///< "duplicate_column", "ambiguous_column", "similar_column"
  std::string header;
  std::string message;
};

struct Header {
  std::size_t row = 0;  ///< index in Sheet::rows of its last row; data begin behind it
  std::vector<MappedColumn> columns;
  struct Unknown {
    std::size_t cell = 0;
    std::string header;
  };
  std::vector<Unknown> unknown;
  std::vector<Unknown> skipped;  ///< it was told that they are not to be loaded
  std::vector<HeaderNote> notes;
};

/// The row among the first fifteen in which most headers are known, or two rows where the lower names the parts of what
/// the upper spans («Документ» over «серия» and «номер»); nothing when no row has enough of them: two, or one when the
/// plan itself has only one column or the row holds nothing else. A header of a found row that nobody knows is taken
/// for the one that it resembles, with a note.
std::optional<Header> find_header(const HeaderNames&, const SheetPlan&, const tabular::Sheet&);

/// A line of a sheet of names and values.
struct NamedValue {
  std::size_t row = 0;     ///< index in Sheet::rows
  std::size_t cell = 0;    ///< of the value; beyond the row's cells when there is none
  std::size_t column = 0;  ///< of the plan
  std::string name;        ///< as the file has it, cleaned
};

struct NamedValues {
  std::vector<NamedValue> lines;
  std::vector<std::string> unknown;  ///< names with a value that were not understood, behind the first known one
  std::vector<HeaderNote> notes;
};

/// The lines of a sheet of names and values; nothing when fewer than two names are known.
std::optional<NamedValues> find_named_values(const HeaderNames&, const SheetPlan&, const tabular::Sheet&);

}  // namespace eschool::importing
