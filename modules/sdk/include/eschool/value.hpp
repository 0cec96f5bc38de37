/// Values and fields as they cross the ABI, in the clothes of C++. Everything here is a view: nothing is copied or
/// owned.
#pragma once

#include <eschool/abi.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eschool::plugin {

constexpr es_str to_abi(std::string_view text) { return {text.data(), text.size()}; }
constexpr std::string_view to_view(es_str text) {
  return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}

/// One value. A text it was made from must outlive it.
class Value {
 public:
  constexpr Value() = default;
  constexpr Value(std::nullptr_t) {}
  template <std::integral Integer>
  constexpr Value(Integer number) {
    raw_.type = ES_INT;
    raw_.as.i = static_cast<std::int64_t>(number);
  }
  constexpr Value(double number) {
    raw_.type = ES_REAL;
    raw_.as.r = number;
  }
  constexpr Value(std::string_view text) : Value(ES_TEXT, text) {}
  constexpr Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  explicit constexpr Value(const es_value& raw) : raw_(raw) {}

  /// The id of a record.
  static constexpr Value id(std::int64_t record) {
    Value value(record);
    value.raw_.type = ES_ID;
    return value;
  }
  /// "2026-09-01"
  static constexpr Value date(std::string_view iso) { return Value(ES_DATE, iso); }
  static constexpr Value blob(std::string_view bytes) { return Value(ES_BLOB, bytes); }

  constexpr bool is_null() const { return raw_.type == ES_NULL; }
  /// Of a whole number or an id; nothing otherwise.
  constexpr std::optional<std::int64_t> integer() const {
    if (raw_.type == ES_INT || raw_.type == ES_ID) return raw_.as.i;
    return std::nullopt;
  }
  /// Of any number; nothing otherwise.
  constexpr std::optional<double> real() const {
    if (raw_.type == ES_REAL) return raw_.as.r;
    if (raw_.type == ES_INT) return static_cast<double>(raw_.as.i);
    return std::nullopt;
  }
  /// Of a text, date or blob; empty otherwise.
  constexpr std::string_view text() const {
    const bool spelled = raw_.type == ES_TEXT || raw_.type == ES_DATE || raw_.type == ES_BLOB;
    return spelled ? to_view(raw_.as.s) : std::string_view{};
  }
  constexpr const es_value& raw() const { return raw_; }

  /// The same kind and the same content.
  friend constexpr bool operator==(const Value& a, const Value& b) {
    if (a.raw_.type != b.raw_.type) return false;
    switch (a.raw_.type) {
      case ES_NULL:
        return true;
      case ES_INT:
      case ES_ID:
        return a.raw_.as.i == b.raw_.as.i;
      case ES_REAL:
        return a.raw_.as.r == b.raw_.as.r;
      default:
        return a.text() == b.text();
    }
  }

 private:
  constexpr Value(std::uint32_t type, std::string_view text) {
    raw_.type = type;
    raw_.as.s = to_abi(text);
  }
  es_value raw_{ES_NULL, 0, {0}};
};

/// A named value to pass to the host: put(..., {field("room", 12), field("note", text)}).
constexpr es_field field(std::string_view name, Value value) { return {to_abi(name), value.raw()}; }

/// A row or a record that the host passes; valid as long as the function that received it runs.
class Fields {
 public:
  constexpr Fields(const es_field* first, std::size_t count) : first_(first), count_(count) {}

  constexpr std::size_t size() const { return count_; }
  constexpr bool empty() const { return count_ == 0; }
  constexpr const es_field* begin() const { return first_; }
  constexpr const es_field* end() const { return first_ + count_; }
  /// By position; `position` is less than size().
  constexpr Value at(std::size_t position) const { return Value(first_[position].value); }
  constexpr bool has(std::string_view name) const { return find(name) != nullptr; }
  /// By name; null when there is no such field, as when it may not be read.
  constexpr Value operator[](std::string_view name) const {
    const es_field* found = find(name);
    return found == nullptr ? Value() : Value(found->value);
  }

 private:
  constexpr const es_field* find(std::string_view name) const {
    for (const es_field& item : *this) {
      if (to_view(item.name) == name) return &item;
    }
    return nullptr;
  }
  const es_field* first_;
  std::size_t count_;
};

}  // namespace eschool::plugin
