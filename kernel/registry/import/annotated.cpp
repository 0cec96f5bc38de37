#include "kernel/registry/import/annotated.hpp"

#include <algorithm>
#include <map>

#include "tabular/writer.hpp"

namespace eschool::importing {

using tabular::Cell;

namespace {

constexpr double remark_width = 70;

std::map<int, std::string> remarks_of(const ImportResult& result) {
  std::map<int, std::string> texts;
  const auto add = [&](const Capped<Remark>& remarks, std::string_view kind) {
    for (const auto& remark : remarks.items) {
      auto& text = texts[remark.row];
      if (!text.empty()) text += "; ";
      text += kind;
      if (!remark.column.empty()) text += "«" + remark.column + "»: ";
      text += remark.message;
    }
  };
  add(result.errors, "ОШИБКА ");
  add(result.warnings, "");
  return texts;
}

tabular::OutSheet annotated(const tabular::Sheet& sheet, const ImportResult& result) {
  const auto remarks = remarks_of(result);
  std::size_t width = 0;
  for (const auto& row : sheet.rows) width = std::max(width, row.cells.size());
  tabular::OutSheet out{sheet.name.empty() ? "Файл" : sheet.name, std::vector<tabular::Column>(width), {}};
  // The first row of the file is the writer's header; the rest follow, so that each keeps its number.
  for (const auto& row : sheet.rows) {
    if (row.number == 1) {
      for (std::size_t i = 0; i < row.cells.size(); ++i) out.columns[i].header = row.cells[i].text;
      continue;
    }
    while (static_cast<int>(out.rows.size()) + 2 < row.number) out.rows.emplace_back(width + 1);
    auto& copy = out.rows.emplace_back(row.cells);
    copy.resize(width + 1);
    if (const auto found = remarks.find(row.number); found != remarks.end()) copy[width] = Cell::of_text(found->second);
  }
  out.columns.push_back({.header = "Замечания", .width = remark_width});
  return out;
}

}  // namespace

std::string annotated_file(const tabular::Workbook& workbook, const ImportResult& result) {
  std::vector<tabular::OutSheet> sheets;
  const auto add = [&](const ImportResult& part) {
    for (const auto& sheet : workbook.sheets)
      if (sheet.name == part.sheet) return sheets.push_back(annotated(sheet, part));
  };
  add(result);
  for (const auto& part : result.sheets) add(part);
  return tabular::write_xlsx(sheets);
}

}  // namespace eschool::importing
