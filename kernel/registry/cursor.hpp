/// The opaque `next` of a list: the sort values of the last row shown and its id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/storage/session.hpp"

namespace eschool::registry {

enum class CursorKind { text, integer, real };

std::string encode_cursor(const std::vector<storage::Value>&);
/// Throws http::ProblemError when the text is not a cursor.
std::vector<storage::Value> decode_cursor(std::string_view);
storage::Value cursor_value(const storage::Statement&, int column, CursorKind);

}  // namespace eschool::registry
