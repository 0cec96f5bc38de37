/// Internal: the texts of an XLSX.
#pragma once

#include <string>
#include <vector>

#include "tabular/xml_stream.hpp"

namespace eschool::tabular {

/// Control characters stand in XLSX texts as _xHHHH_ (ECMA-376 part 1, 22.9.2.19); undoes that in place.
void decode_escapes(std::string& text);

/// The shared strings table; rich text joined, phonetic guides left out. Empty when the member is absent.
std::vector<std::string> read_shared_strings(const Archive& archive, const std::string& name, Budget& budget);

}  // namespace eschool::tabular
