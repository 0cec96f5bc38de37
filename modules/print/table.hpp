/// A ruled table that goes on over pages: rows are never split, the header stands above the rows of every page.
#pragma once

#include <string>
#include <vector>

#include "print/document.hpp"

namespace eschool::print {

struct Column {
  std::string title;
  double width = 0;
  Align align = Align::left;
};

class Table {
 public:
  /// `x`: its left edge; rows are at least so high: hands write in them. The document outlives the table.
  Table(Document&, double x, double least_height, std::vector<Column>);

  void add(std::vector<std::string> cells);  ///< as many as there are columns
  std::size_t rows() const { return rows_.size(); }
  /// Number of the row behind the last that still has room with the header in so much height; `first` always has, or
  /// there would be no end.
  std::size_t end_of_page(std::size_t first, double room) const;
  /// Draws the header and the rows [first, end) from `y` on; answers where they end.
  double draw(double y, std::size_t first, std::size_t end);

 private:
  struct Row {
    std::vector<std::string> cells;
    double height = 0;
  };
  Row measured(std::vector<std::string> cells, bool header) const;
  double draw_row(double y, const Row&, bool header);

  Document& document_;
  const double x_, least_height_;
  const std::vector<Column> columns_;
  Row header_;
  std::vector<Row> rows_;
};

}  // namespace eschool::print
