#include "kernel/registry/cursor.hpp"

#include <sodium.h>

#include <boost/json.hpp>

#include "kernel/registry/problems.hpp"

namespace eschool::registry {

namespace {
constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t longest = 4096;
}  // namespace

std::string encode_cursor(const std::vector<storage::Value>& values) {
  boost::json::array array;
  for (const auto& value : values)
    if (const auto* text = std::get_if<std::string>(&value))
      array.emplace_back(*text);
    else if (const auto* number = std::get_if<std::int64_t>(&value))
      array.emplace_back(*number);
    else
      array.emplace_back(std::get<double>(value));
  const auto plain = boost::json::serialize(array);
  std::string encoded(sodium_base64_encoded_len(plain.size(), variant), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
                    variant);
  encoded.pop_back();  // the terminating zero
  return encoded;
}

std::vector<storage::Value> decode_cursor(std::string_view encoded) {
  const auto bad = [] { return bad_request("cursor", "Параметр after не от этого списка."); };
  if (encoded.size() > longest) throw bad();
  std::string plain(encoded.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), encoded.data(), encoded.size(),
                        nullptr, &size, nullptr, variant) != 0)
    throw bad();
  boost::json::error_code failure;
  const auto document = boost::json::parse(boost::json::string_view(plain.data(), size), failure);
  const auto* array = failure ? nullptr : document.if_array();
  if (!array) throw bad();
  std::vector<storage::Value> values;
  for (const auto& item : *array)
    if (const auto* text = item.if_string())
      values.emplace_back(std::string(text->data(), text->size()));
    else if (const auto* number = item.if_int64())
      values.emplace_back(*number);
    else if (const auto* real = item.if_double())
      values.emplace_back(*real);
    else
      throw bad();
  return values;
}

storage::Value cursor_value(const storage::Statement& row, int column, CursorKind kind) {
  switch (kind) {
    case CursorKind::integer:
      return row.integer(column);
    case CursorKind::real:
      return row.real(column);
    default:
      return std::string(row.text(column));
  }
}

}  // namespace eschool::registry
