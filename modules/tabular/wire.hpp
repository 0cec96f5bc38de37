/// Internal: the bytes that pass between the server and its reading child. Little-endian, of one build on both sides.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "tabular/workbook.hpp"

namespace eschool::tabular {

using ReadResult = std::variant<Workbook, ReadProblem>;

/// The caps as one command line argument, and back.
std::string encode_caps(const Caps& caps);
std::optional<Caps> decode_caps(std::string_view text);

/// Hands the result to `sink` in pieces of about 64 KiB, so that the child never holds it twice.
void encode_result(const ReadResult& result, const std::function<void(std::string_view)>& sink);

/// Trusts nothing: bounds, kinds and UTF-8 are checked and the caps of rows, columns and content kept, for the child
/// may have been taken over by the file it read. Nothing when the bytes are not one whole result.
std::optional<ReadResult> decode_result(std::string_view bytes, const Caps& caps);

}  // namespace eschool::tabular
