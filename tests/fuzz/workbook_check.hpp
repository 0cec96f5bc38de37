/// What must be true of whatever the reader makes of a workbook's bytes.
#pragma once

#include "memory_peak.hpp"
#include "oracle.hpp"
#include "tabular/reader.hpp"

namespace eschool::fuzz {

/// Reads the bytes under small caps: a problem that says what to do, or a workbook within the caps, in bounded memory.
inline void check_workbook(std::string_view bytes) {
  tabular::Caps caps;
  caps.unpacked_bytes = 4U << 20;
  caps.content_bytes = 1U << 20;
  caps.rows = 1000;
  // What is kept, while a vector of it doubles; the longest text on its way through the XML parser, which may be all
  // that is unpacked, twice; the archive's own tables.
  constexpr std::size_t bound = 8U << 20;
  const MemoryPeak peak;
  const auto result = tabular::read(bytes, caps);
  expect(peak.bytes() <= bound, "memory is bounded by the caps, not by the file");
  if (const auto* problem = std::get_if<tabular::ReadProblem>(&result)) {
    expect(!problem->code.empty() && !problem->message.empty(), "a problem says what to do");
    return;
  }
  for (const auto& sheet : std::get<tabular::Workbook>(result).sheets) {
    int previous = 0;
    expect(sheet.rows.size() <= static_cast<std::size_t>(caps.rows), "rows are within the cap");
    for (const auto& row : sheet.rows) {
      expect(row.number > previous, "rows ascend");
      previous = row.number;
      expect(row.cells.size() <= static_cast<std::size_t>(caps.columns), "columns are within the cap");
      for (const auto& cell : row.cells)
        expect(cell.kind != tabular::Cell::Kind::empty || cell.text.empty(), "an empty cell has no text");
    }
  }
}

}  // namespace eschool::fuzz
