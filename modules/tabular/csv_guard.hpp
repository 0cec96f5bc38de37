/// Internal: the apostrophe that keeps a CSV value from being run as a formula by the spreadsheet that opens it.
#pragma once

#include <string_view>

namespace eschool::tabular {

/// True for a value that begins, perhaps after apostrophes, with one of = + - @ TAB CR (OWASP «CSV injection»).
/// Skipping the apostrophes makes the guard reversible: writing adds one, reading takes one off.
inline bool begins_like_formula(std::string_view value) {
  const auto first = value.find_first_not_of('\'');
  return first != std::string_view::npos && std::string_view("=+-@\t\r").find(value[first]) != std::string_view::npos;
}

}  // namespace eschool::tabular
