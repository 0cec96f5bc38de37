/// Registries as table files: what is seen in a list, in the columns that the import reads.
#pragma once

#include <string>

#include "kernel/registry/record_query.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

/// All records that the request finds and the caller may see, as the bytes of a file. `limit`, `after` and `count` of
/// the request are not used. Columns of the import come first, then what else the caller reads; with `fields` only
/// those. Cells are safe to open in a spreadsheet. Throws http::ProblemError as a list does.
std::string export_table(storage::Session&, const registry::Asker&, const schema::Catalogue&,
                         const registry::RecordQuery&, const schema::Registry&, registry::ListRequest, tabular::Format);

}  // namespace eschool::importing
