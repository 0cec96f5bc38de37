#include "kernel/registry/import/row_kind.hpp"

#include <algorithm>
#include <string_view>

#include "kernel/registry/import/cell_value.hpp"
#include "text/clean.hpp"
#include "text/fold.hpp"

namespace eschool::importing {

using tabular::Cell;

bool is_filled(const tabular::Row& row, std::size_t cell) {
  return cell < row.cells.size() && (row.cells[cell].formula || !is_blank(row.cells[cell]));
}

bool is_total(const tabular::Row& row) {
  const auto first = std::find_if(row.cells.begin(), row.cells.end(), [](const Cell& cell) { return !is_blank(cell); });
  if (first == row.cells.end() || first->kind != Cell::Kind::text) return false;
  const auto words = text::fold(text::clean(first->text));
  const std::string_view word = std::string_view(words).substr(0, words.find_first_of(" :,.("));
  return word == "итого" || word == "всего";
}

std::optional<Heading> heading_of(const tabular::Row& row, const SheetPlan& plan,
                                  const std::vector<MappedColumn>& columns) {
  const auto carried = std::find_if(plan.columns.begin(), plan.columns.end(),
                                    [](const PlanColumn& column) { return column.column->carried; });
  if (carried == plan.columns.end()) return {};
  Heading heading;
  heading.column = static_cast<std::size_t>(carried - plan.columns.begin());
  std::size_t filled = 0;
  for (std::size_t i = 0; i < row.cells.size(); ++i)
    if (is_filled(row, i)) {
      heading.cell = i;
      ++filled;
    }
  if (filled != 1 || row.cells[heading.cell].kind != Cell::Kind::text) return {};
  const auto mapped = std::find_if(columns.begin(), columns.end(),
                                   [&](const MappedColumn& column) { return column.column == heading.column; });
  if (mapped != columns.end() && mapped->cell != heading.cell) return {};
  return heading;
}

}  // namespace eschool::importing
