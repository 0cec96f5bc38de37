/// Internal: which number formats of a spreadsheet show a date (ECMA-376 part 1, 18.8.30 and 18.8.31).
#pragma once

#include <string_view>

#include "tabular/excel_date.hpp"

namespace eschool::tabular {

/// By the number of a built-in format: 14–17 dates, 18–21 and 45, 47 times, 22 both. 46, [h]:mm:ss, is a duration and
/// so a number.
DateParts parts_of_builtin_format(int id);

/// By a format code such as `dd\.mm\.yyyy;@`: the letters d, m, y, h, s of its first section outside quotes, escapes
/// and brackets. Durations ([h]:mm) are numbers.
DateParts parts_of_format_code(std::string_view code);

}  // namespace eschool::tabular
