/// Internal: CSV text into a workbook of one sheet.
#pragma once

#include <string_view>

#include "tabular/budget.hpp"
#include "tabular/workbook.hpp"

namespace eschool::tabular {

/// RFC 4180 with the separator guessed among «;», tab and «,» (or told by a first line `sep=;`, as Excel does). Every
/// value is text. The apostrophe that write_csv puts before a value like a formula is taken off again.
Workbook read_csv(std::string_view text, Budget& budget);

}  // namespace eschool::tabular
