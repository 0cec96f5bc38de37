/// Writing JSON into a string, as much of it as the plugin's answers need.
#pragma once

#include <string>
#include <string_view>

namespace eschool::people {

/// Appends the text in quotes, escaped.
inline void append_json_text(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// The members of one object in order.
class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value) {
    key(name);
    append_json_text(body_, value);
    return *this;
  }
  JsonObject& number(std::string_view name, long long value) { return raw(name, std::to_string(value)); }
  JsonObject& raw(std::string_view name, std::string_view json) {
    key(name);
    body_ += json;
    return *this;
  }
  std::string done() const { return body_ + "}"; }

 private:
  void key(std::string_view name) {
    if (body_.size() > 1) body_ += ',';
    append_json_text(body_, name);
    body_ += ':';
  }
  std::string body_ = "{";
};

/// A list of what is JSON already.
class JsonList {
 public:
  void add(std::string_view json) {
    if (body_.size() > 1) body_ += ',';
    body_ += json;
  }
  std::string done() const { return body_ + "]"; }

 private:
  std::string body_ = "[";
};

}  // namespace eschool::people
