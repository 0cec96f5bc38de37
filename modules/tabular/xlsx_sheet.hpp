/// Internal: one worksheet of an XLSX.
#pragma once

#include <string>
#include <vector>

#include "tabular/excel_date.hpp"
#include "tabular/xml_stream.hpp"

namespace eschool::tabular {

/// What the cells of all worksheets refer to.
struct SheetContext {
  std::vector<std::string> strings;    ///< by shared string index
  std::vector<DateParts> cell_styles;  ///< by style index
  DateSystem dates = DateSystem::from1900;
};

/// Reads the member `part` as the sheet `name`. Every failure names the sheet, and the row and column where known.
Sheet read_sheet(const Archive& archive, const std::string& part, const std::string& name, const SheetContext& context,
                 Budget& budget);

}  // namespace eschool::tabular
