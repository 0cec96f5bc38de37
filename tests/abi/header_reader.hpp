/// What the header declares, read from its text, so that two versions of it can be compared.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace eschool::test {

struct HeaderText {
  /// Members of each struct in order, with their types and with spaces made even: "int64_t (*person)(const es_call
  /// *call)".
  std::map<std::string, std::vector<std::string>> structs;
  std::map<std::string, std::string> enumerators;  ///< ES_DENIED -> -2
  std::map<std::string, std::string> macros;       ///< ES_EXT_CALL -> "es.call/1"; without function-like ones
  std::map<std::string, std::string> functions;    ///< types of callbacks: es_row_fn -> the whole typedef
};

HeaderText read_header(const std::string& text);

/// What a plugin built against `older` would find changed in `newer`, a line a fault; empty when it finds nothing.
/// Structs that begin with `size`, and elements of arrays that carry a stride, may be longer.
std::vector<std::string> breaks(const HeaderText& older, const HeaderText& newer);

}  // namespace eschool::test
