#pragma once

#include <functional>
#include <vector>

#include "kernel/storage/database.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::storage {

/// Makes every table of `source` in `target`, which is empty, with its rows, indexes and references, whatever the two
/// engines are. The source must be inside a read transaction: the copy is one moment. Then each row is read from both
/// and compared, value by value. Answers the counts. Calls progress with 0..1. Throws Error; then the target is to be
/// thrown away.
std::vector<TableCount> copy_tables(Session& source, Session& target, const std::function<void(double)>& progress);

/// One moment of `source` as a new file of SQLite in the place of `file`, or as a schema of PostgreSQL in the place of
/// what is there; both made beside it and compared first. The schema must not be in use: Error(busy).
std::vector<TableCount> copy_to_file(Session& source, const std::filesystem::path& file,
                                     const std::function<void(double)>& progress);
std::vector<TableCount> copy_to_schema(Session& source, const Location& to,
                                       const std::function<void(double)>& progress);

}  // namespace eschool::storage
