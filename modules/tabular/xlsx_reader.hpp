/// Internal: an XLSX package into a workbook.
#pragma once

#include "tabular/archive.hpp"

namespace eschool::tabular {

/// Follows the relations of the package from _rels/.rels to the worksheets. Fails with not_spreadsheet for other
/// documents in a zip archive, with no_sheets for a workbook of charts only, and with what its parts fail with.
Workbook read_xlsx(const Archive& archive, Budget& budget);

}  // namespace eschool::tabular
