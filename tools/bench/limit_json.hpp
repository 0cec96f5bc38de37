/// Rows of either engine written as JSON by hand.
#pragma once

#include <string>
#include <string_view>

#include "limit_routes.hpp"

namespace bench {

/// In quotes, escaped.
void append_json_text(std::string& out, std::string_view text);

/// All rows between the shape's head and tail. `Row` has next(), null(column), text(column), append_integer(out,
/// column), append_real(out, column) and truth(column).
template <class Row>
void append_rows(std::string& out, const ListShape& shape, Row& row) {
  using Kind = ListShape::Kind;
  out += shape.head;
  bool first = true;
  while (row.next()) {
    if (!first) out += ',';
    first = false;
    out += '{';
    int at = 0;
    for (const auto& column : shape.columns) {
      out += column.key;
      if (row.null(at)) {
        out += "null";
      } else if (column.kind == Kind::integer) {
        row.append_integer(out, at);
      } else if (column.kind == Kind::text) {
        append_json_text(out, row.text(at));
      } else if (column.kind == Kind::boolean) {
        out += row.truth(at) ? "true" : "false";
      } else if (column.kind == Kind::real) {
        row.append_real(out, at);
      } else {
        out += "{\"id\":";
        row.append_integer(out, at);
        out += ",\"display\":";
        append_json_text(out, row.text(at + 1));
        out += '}';
      }
      at += column.kind == Kind::reference ? 2 : 1;
    }
    out += '}';
  }
  out += shape.tail;
}

}  // namespace bench
