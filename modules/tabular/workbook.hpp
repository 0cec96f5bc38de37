/// A table file in memory: what the CSV and XLSX readers give and the writers take. Plain values, no threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::tabular {

/// Bounds of what a reader accepts from a stranger's file. Each is checked while reading, never taken from a header.
struct Caps {
  std::size_t file_bytes = 10U << 20;       ///< the file as it came
  std::size_t entries = 1000;               ///< members of the zip archive
  std::size_t unpacked_bytes = 100U << 20;  ///< all members read, counted while inflating
  unsigned ratio = 100;                     ///< unpacked to packed, of a member beyond its first MiB
  int rows = 20'000;                        ///< rows with data, of one sheet
  int columns = 200;                        ///< the rightmost column with data
  std::size_t content_bytes = 64U << 20;    ///< the workbook in memory: cells and texts
  int cpu_seconds = 10;                     ///< processor time of reading
  int wall_seconds = 20;                    ///< time of the whole sandboxed read
  std::size_t memory_bytes = 256U << 20;    ///< address space of the sandboxed child
};

/// One cell. `text` is filled for each kind but `empty`, in UTF-8:
///   text           the text as it stands, spaces included
///   number         up to 15 significant digits with a point («12345678901», «0.5»); `number` is the value
///   boolean        «ИСТИНА» or «ЛОЖЬ»; `number` is 1 or 0
///   date           «2026-09-01»; «2026-09-01T08:30:00» when the format shows a time and it is not midnight;
///                  «08:30:00» when the format shows only a time; `number` is Excel's serial
///   formula_error  «#N/A», «#DIV/0!», ...
struct Cell {
  enum class Kind : std::uint8_t { empty, text, number, boolean, date, formula_error };
  Kind kind = Kind::empty;
  std::string text;
  double number = 0;
  bool formula = false;  ///< computed in the spreadsheet; the value is the one saved last, none saved when `empty`

  bool operator==(const Cell&) const = default;
  static Cell of_text(std::string value);
  static Cell of_number(double value);
  /// `iso` is YYYY-MM-DD, optionally with Thh:mm or Thh:mm:ss.
  static Cell of_date(std::string iso);
};

/// A row with at least one value or formula; empty rows are not kept, so the numbers have gaps. Trailing empty cells
/// are cut.
struct Row {
  int number = 0;           ///< as the spreadsheet shows it, from 1; in CSV the number of the record
  std::vector<Cell> cells;  ///< index 0 is column A

  bool operator==(const Row&) const = default;
};

/// A merged range: rows from 1, columns as indexes of Row::cells; both ends belong to it. The value is in the first
/// cell.
struct MergedRange {
  int first_row = 0;
  int last_row = 0;
  int first_column = 0;
  int last_column = 0;

  bool operator==(const MergedRange&) const = default;
};

struct Sheet {
  std::string name;  ///< empty in CSV
  bool hidden = false;
  std::vector<Row> rows;  ///< by ascending number
  std::vector<MergedRange> merged;

  bool operator==(const Sheet&) const = default;
};

enum class Format : std::uint8_t { xlsx, csv };

struct Workbook {
  Format format = Format::xlsx;
  std::vector<Sheet> sheets;  ///< in the order of the tabs

  bool operator==(const Workbook&) const = default;
};

/// Why a file was not read.
struct ReadProblem {
  std::string code;     ///< for programs, such as `too_many_rows`; listed in tabular/reader.hpp
  std::string message;  ///< Russian: what happened and what to do; names the sheet, row and column where known
  std::string sheet;
  int row = 0;         ///< from 1; 0 when unknown
  std::string column;  ///< letters; empty when unknown
};

/// 0 is «A», 25 «Z», 26 «AA».
std::string column_letters(std::size_t index);

/// A number as Cell::text shows it.
std::string number_text(double value);

}  // namespace eschool::tabular
