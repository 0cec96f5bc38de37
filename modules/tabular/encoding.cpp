#include "tabular/encoding.hpp"

#include <array>
#include <cstddef>

#include "tabular/problem.hpp"

namespace eschool::tabular {
namespace {

/// windows-1251 0x80..0xBF; 0xC0..0xFF are А..я in order. 0x98 is not assigned.
constexpr std::array<char16_t, 64> kWindows1251 = {
    0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021, 0x20AC, 0x2030, 0x0409, 0x2039, 0x040A,
    0x040C, 0x040B, 0x040F, 0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0xFFFD, 0x2122,
    0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F, 0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6,
    0x00A7, 0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407, 0x00B0, 0x00B1, 0x0406, 0x0456,
    0x0491, 0x00B5, 0x00B6, 0x00B7, 0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457};

[[noreturn]] void fail_encoding(const std::string& what) {
  fail("encoding", what +
                       " Откройте файл в Excel и сохраните как «CSV UTF-8» или «Книга Excel (.xlsx)», затем загрузите "
                       "ещё раз.");
}

unsigned char byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

std::string from_utf16(std::string_view bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) fail_encoding("Текст в кодировке UTF-16 обрывается на середине знака.");
  const auto unit = [&](std::size_t i) {
    const unsigned first = byte_at(bytes, i);
    const unsigned second = byte_at(bytes, i + 1);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    char32_t code = unit(i);
    if (code >= 0xD800 && code < 0xE000) {
      const char32_t low = code < 0xDC00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
      if (low < 0xDC00 || low >= 0xE000) fail_encoding("В тексте UTF-16 есть недопустимые знаки.");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(text, code);
  }
  return text;
}

/// Code page 866 has its letters in 0x80..0xAF and 0xE0..0xEF, windows-1251 in 0xC0..0xFF and, below 0xB0, only Ё,
/// quotes and dashes beside rare signs.
bool looks_like_dos(std::string_view bytes) {
  constexpr std::string_view kUsual = "\x84\x85\x91\x92\x93\x94\x96\x97\xA0\xA8\xAB";
  std::size_t low = 0;
  std::size_t windows_only = 0;
  bool unusual = false;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xB0) {
      ++low;
      unusual = unusual || kUsual.find(c) == std::string_view::npos;
    } else if ((byte >= 0xC0 && byte < 0xE0) || byte >= 0xF0) {
      ++windows_only;
    }
  }
  return unusual && low > windows_only;
}

std::string from_windows1251(std::string_view bytes) {
  if (looks_like_dos(bytes)) fail_encoding("Файл сохранён в кодировке MS-DOS (866).");
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x98) fail_encoding("Кодировка текста не распознана.");
    if (byte < 0x80)
      text.push_back(c);
    else
      append_utf8(text, byte >= 0xC0 ? static_cast<char32_t>(0x0410 + byte - 0xC0) : kWindows1251[byte - 0x80U]);
  }
  return text;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char lead = byte_at(text, i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return false;
    char32_t code = lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const unsigned char next = byte_at(text, i + k);
      if ((next & 0xC0U) != 0x80) return false;
      code = code << 6 | (next & 0x3FU);
    }
    if ((length == 3 && code < 0x800) || (length == 4 && code < 0x10000) || code > 0x10FFFF ||
        (code >= 0xD800 && code < 0xE000))
      return false;
    i += length;
  }
  return true;
}

void append_utf8(std::string& text, char32_t code) {
  const auto push = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xC0 | code >> 6);
    push(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    push(0xE0 | code >> 12);
    push(0x80 | (code >> 6 & 0x3F));
    push(0x80 | (code & 0x3F));
  } else {
    push(0xF0 | code >> 18);
    push(0x80 | (code >> 12 & 0x3F));
    push(0x80 | (code >> 6 & 0x3F));
    push(0x80 | (code & 0x3F));
  }
}

std::string to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    if (!is_utf8(bytes)) fail_encoding("В тексте UTF-8 есть недопустимые знаки.");
    return std::string(bytes);
  }
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes.substr(2), true);
  return is_utf8(bytes) ? std::string(bytes) : from_windows1251(bytes);
}

}  // namespace eschool::tabular
