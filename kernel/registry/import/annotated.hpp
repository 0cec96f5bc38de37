/// The file that was looked through, with what is wrong written into it: for who mends it there.
#pragma once

#include <string>

#include "kernel/registry/import/import_result.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

/// An XLSX of the sheets that the result speaks of: the same rows at the same numbers, and a last column «Замечания»
/// with the errors and warnings of each row. It can be mended and loaded as it is.
std::string annotated_file(const tabular::Workbook&, const ImportResult&);

}  // namespace eschool::importing
