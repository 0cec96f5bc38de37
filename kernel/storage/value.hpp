#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace eschool::storage {

/// A value bound to a statement: NULL, integer, real or text. Blobs travel as hexadecimal text, so that both engines
/// agree.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

}  // namespace eschool::storage
