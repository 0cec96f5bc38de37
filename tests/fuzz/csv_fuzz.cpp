// CSV files: read, written by our own writer, and read again.
#include "oracle.hpp"
#include "tabular/reader.hpp"
#include "tabular/writer.hpp"

using namespace eschool::tabular;
using eschool::fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = eschool::fuzz::text_of(data, size);
  if (bytes.starts_with("PK")) return 0;  // an archive: the target xlsx reads those
  const auto result = read(bytes);
  if (const auto* problem = std::get_if<ReadProblem>(&result)) {
    expect(!problem->code.empty() && !problem->message.empty(), "a problem says what to do");
    return 0;
  }
  const auto& workbook = std::get<Workbook>(result);
  expect(workbook.format == Format::csv && workbook.sheets.size() == 1, "a CSV is one sheet");
  std::vector<std::vector<Cell>> rows;
  for (const auto& row : workbook.sheets[0].rows) {
    expect(!row.cells.empty() && row.cells.back().kind != Cell::Kind::empty, "no empty row, no empty end of a row");
    rows.push_back(row.cells);
  }
  const std::vector<Column> columns{{.header = "первый"}, {.header = "второй"}};
  auto written = write_csv(columns, rows);
  written.insert(3, "sep=;\r\n");  // behind the byte order mark: what the separator is must not be guessed here
  const auto again = read(written);
  if (const auto* problem = std::get_if<ReadProblem>(&again)) {
    // One row more than came, and bytes of quotes.
    expect(problem->code == "too_many_rows" || problem->code == "too_much_data" || problem->code == "file_too_large",
           problem->message, written);
    return 0;
  }
  const auto& sheet = std::get<Workbook>(again).sheets.at(0);
  expect(sheet.rows.size() == rows.size() + 1, "each row comes back", written);
  for (std::size_t i = 0; i < rows.size(); ++i)
    expect(sheet.rows[i + 1].cells == rows[i], "each cell comes back", written);
  return 0;
}
