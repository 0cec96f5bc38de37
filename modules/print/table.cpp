#include "print/table.hpp"

#include <algorithm>

namespace eschool::print {

namespace {

constexpr double padding = 1.5;

Style style_of(bool header) { return {.size = header ? 9.0 : 10.0, .bold = header}; }

}  // namespace

Table::Table(Document& document, double x, double least_height, std::vector<Column> columns)
    : document_(document), x_(x), least_height_(least_height), columns_(std::move(columns)) {
  std::vector<std::string> titles;
  for (const auto& column : columns_) titles.push_back(column.title);
  header_ = measured(std::move(titles), true);
}

Table::Row Table::measured(std::vector<std::string> cells, bool header) const {
  Row row{std::move(cells), least_height_};
  for (std::size_t i = 0; i < columns_.size(); ++i)
    row.height = std::max(
        row.height, document_.height(row.cells.at(i), style_of(header), columns_[i].width - 2 * padding) + 2 * padding);
  return row;
}

void Table::add(std::vector<std::string> cells) { rows_.push_back(measured(std::move(cells), false)); }

std::size_t Table::end_of_page(std::size_t first, double room) const {
  room -= header_.height;
  auto end = first;
  while (end < rows_.size() && (room -= rows_[end].height) >= 0) ++end;
  return std::max(end, std::min(first + 1, rows_.size()));
}

double Table::draw(double y, std::size_t first, std::size_t end) {
  y = draw_row(y, header_, true);
  for (auto i = first; i < end; ++i) y = draw_row(y, rows_[i], false);
  return y;
}

double Table::draw_row(double y, const Row& row, bool header) {
  auto x = x_;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[i];
    const auto width = column.width - 2 * padding;
    const auto height = document_.height(row.cells[i], style_of(header), width);
    document_.text(x + padding, y + (row.height - height) / 2, width, row.cells[i], style_of(header), column.align);
    document_.line(x, y, x, y + row.height);
    x += column.width;
  }
  document_.line(x, y, x, y + row.height);
  for (const auto edge : {y, y + row.height}) document_.line(x_, edge, x, edge);
  return y + row.height;
}

}  // namespace eschool::print
