/// Writing tables for people to open in a spreadsheet. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tabular/workbook.hpp"

namespace eschool::tabular {

struct Column {
  std::string header;
  double width = 0;   ///< in characters; 0 takes it from the header
  bool date = false;  ///< the whole column is formatted dd.mm.yyyy, also below the last row, for a template
  bool text = false;  ///< the whole column is formatted as text, so that what is typed keeps its leading zeros
  std::vector<std::string> choices = {};  ///< offered in every cell below; something else can be typed after a warning
};

struct OutSheet {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

/// An XLSX of one sheet: row 1 is the header, bold, frozen and with an autofilter; then the rows. Text is always a
/// string, never a formula, whatever it begins with (S12); dates are real dates shown dd.mm.yyyy (with hh:mm when the
/// value has a time); a number is a number. Text beyond Excel's 32,767 characters is cut and ends in «… (обрезано)».
/// Characters that a sheet name may not have are replaced. Throws std::runtime_error when no temporary file can be
/// made.
std::string write_xlsx(std::string_view sheet_name, std::span<const Column> columns,
                       std::span<const std::vector<Cell>> rows);

/// The same of several sheets, the first one shown. Choices stand in a hidden sheet «Списки» of their own.
std::string write_xlsx(std::span<const OutSheet> sheets);

/// A CSV that Russian Excel opens by a double click: UTF-8 with a byte order mark, «;», CRLF, decimal comma, dates
/// dd.mm.yyyy. Text that begins with = + - @ TAB CR gets an apostrophe before it, which read() takes off again.
std::string write_csv(std::span<const Column> columns, std::span<const std::vector<Cell>> rows);

}  // namespace eschool::tabular
