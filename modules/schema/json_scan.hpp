/// A first pass over a JSON text that finds what Boost.JSON does not tell: the line of each key, the line of a syntax
/// error, and keys given twice. It builds no values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/model.hpp"

namespace eschool::schema {

struct JsonProblem {
  int line = 0;
  std::string key;      ///< key path
  std::string message;  ///< Russian
};

/// Fills `lines` with every key path of the text, the whole being "". Reading stops at the first syntax error; at most
/// 32 levels of nesting.
std::vector<JsonProblem> scan_json(std::string_view text, Lines& lines);

/// The line of the key path, or of the nearest thing around it that the file has.
int line_of(const Lines& lines, std::string_view key);

/// "fields" + "type" -> "fields.type"
std::string key_in(std::string_view path, std::string_view key);
/// "fields" + 3 -> "fields[3]"
std::string item_in(std::string_view path, std::size_t index);

}  // namespace eschool::schema
