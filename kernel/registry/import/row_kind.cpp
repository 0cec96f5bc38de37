#include "kernel/registry/import/row_kind.hpp"

#include <algorithm>
#include <string_view>

#include "kernel/registry/import/cell_value.hpp"
#include "text/clean.hpp"
#include "text/fold.hpp"

namespace eschool::importing {

using tabular::Cell;

bool is_total(const tabular::Row& row, const SheetPlan& plan, const std::vector<MappedColumn>& columns) {
  const auto first = std::find_if(row.cells.begin(), row.cells.end(), [](const Cell& cell) { return !is_blank(cell); });
  if (first == row.cells.end() || first->kind != Cell::Kind::text) return false;
  const auto words = text::fold(text::clean(first->text));
  const std::string_view word = std::string_view(words).substr(0, words.find_first_of(" :,.("));
  if (word != "итого" && word != "всего") return false;
  return std::any_of(columns.begin(), columns.end(), [&](const MappedColumn& mapped) {
    const auto& column = plan.columns[mapped.column];
    return column.node == 0 && column.field && column.field->required && !column.field->default_value &&
           !is_filled(row, mapped.cell);
  });
}

std::optional<Heading> heading_of(const tabular::Sheet& sheet, const tabular::Row& row, const SheetPlan& plan,
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
  const MappedColumn* own = nullptr;
  const MappedColumn* above = nullptr;
  for (const auto& mapped : columns) {
    if (mapped.column == heading.column) own = &mapped;
    if (mapped.cell == heading.cell) above = &mapped;
  }
  if (own) return own == above ? std::optional(heading) : std::nullopt;
  const bool merged = std::any_of(sheet.merged.begin(), sheet.merged.end(), [&](const tabular::MergedRange& range) {
    return range.first_row == row.number && range.last_column > range.first_column &&
           range.first_column == static_cast<int>(heading.cell);
  });
  const auto* field = above ? plan.columns[above->column].field : nullptr;
  const bool of_text = above && (!field || field->has_key() || field->type == schema::FieldType::longtext);
  return merged || !of_text ? std::optional(heading) : std::nullopt;
}

}  // namespace eschool::importing
