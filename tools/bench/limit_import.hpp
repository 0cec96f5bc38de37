/// The bare import: the first sheet of an .xlsx by libzip and Expat, its rows by the raw API in one transaction.
#pragma once

#include <string>
#include <vector>

namespace bench {

/// All cells of the first sheet as texts (numbers and dates as they stand in the file); throws std::runtime_error.
std::vector<std::vector<std::string>> read_first_sheet(const std::string& file);

/// Runs the statements of `sql` (separated by ';') for each row after the first `skip`; ?1 is column A. An empty `sql`
/// inserts into a table bench_import of its own. Prints {"rows","parse_ms","insert_ms","total_ms"}.
void import_file(const std::string& file, const std::string& database, const std::string& sql, std::size_t skip);

/// The same into a table bench_import of texts in a schema of PostgreSQL, by one prepared statement; the rows go out as
/// one pipeline.
void import_file_into_postgres(const std::string& file, const std::string& connection, const std::string& schema,
                               std::size_t skip);

}  // namespace bench
