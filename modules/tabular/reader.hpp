/// Reading a table file that a user sent. The format is told by the content, never by a file's name.
#pragma once

#include <string_view>
#include <variant>

#include "tabular/workbook.hpp"

namespace eschool::tabular {

/// Reads XLSX (ECMA-376, transitional and strict) or CSV (RFC 4180; UTF-8 or UTF-16 with a byte order mark, UTF-8
/// without, windows-1251; separated by «;», tab or «,») in this process. Any thread; throws nothing that the content of
/// `bytes` may cause. A file of a stranger is to be read by SandboxedReader (tabular/sandbox.hpp).
///
/// Codes of ReadProblem: empty_file, file_too_large, unknown_format, old_xls, encrypted, not_spreadsheet, damaged,
/// too_many_entries, unpacked_too_large, compression_ratio, doctype, no_sheets, too_many_rows, too_many_columns,
/// too_much_data, cell_too_long, encoding, csv_quote, cpu_limit, memory_limit; of the sandbox also time_limit,
/// reader_missing, reader_failed.
std::variant<Workbook, ReadProblem> read(std::string_view bytes, const Caps& caps = {});

}  // namespace eschool::tabular
