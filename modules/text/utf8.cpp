#include "text/utf8.hpp"

#include <algorithm>

namespace eschool::text {

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const char32_t lead = byte(at);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  int more = 0;
  char32_t smallest = 0;
  char32_t code = 0;
  if (lead >= 0xC2 && lead < 0xE0) {
    more = 1, smallest = 0x80, code = lead & 0x1F;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    more = 2, smallest = 0x800, code = lead & 0x0F;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    more = 3, smallest = 0x10000, code = lead & 0x07;
  }
  std::size_t end = at + 1;
  for (int i = 0; i < more; ++i, ++end) {
    if (end >= text.size() || (byte(end) & 0xC0) != 0x80) {
      more = 0;
      break;
    }
    code = (code << 6) | (byte(end) & 0x3F);
  }
  if (more == 0 || code < smallest || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    ++at;
    return not_utf8;
  }
  at = end;
  return code;
}

void append_code_point(std::string& out, char32_t code) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code > 0x10FFFF) code = 0xFFFD;
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

bool valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (next_code_point(text, at) == not_utf8) return false;
  return true;
}

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace eschool::text
