#include "text/letters.hpp"

#include <unicode/uchar.h>

#include "text/utf8.hpp"

namespace eschool::text {

namespace {

UChar32 icu_code(char32_t code) { return code == not_utf8 ? 0xFFFD : static_cast<UChar32>(code); }

}  // namespace

bool is_space(char32_t code) {
  if (code < 0x80) return code == U' ' || (code >= 0x09 && code <= 0x0D);
  return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
         code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_invisible(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return !is_space(code);
  if (code < 0xAD || (code >= 0x370 && code < 0x530)) return false;  // the common letters need no table
  return (code >= 0xFFF9 && code <= 0xFFFB) || u_hasBinaryProperty(icu_code(code), UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_letter(char32_t code) { return u_isalpha(icu_code(code)) != 0; }

bool is_cyrillic(char32_t code) { return code >= 0x400 && code < 0x530 && is_letter(code); }

bool is_latin(char32_t code) {
  if (code < 0x80) return (code >= U'A' && code <= U'Z') || (code >= U'a' && code <= U'z');
  return (code < 0x250 || (code >= 0x1E00 && code < 0x1F00)) && is_letter(code);
}

bool is_dash(char32_t code) { return code == U'-' || (code >= 0x2010 && code <= 0x2015) || code == 0x2212; }

bool is_quote(char32_t code) {
  return code == U'"' || code == U'\'' || code == U'`' || code == U'«' || code == U'»' || code == 0x2BC ||
         (code >= 0x2018 && code <= 0x201F) || code == 0x2039 || code == 0x203A;
}

char32_t to_lower(char32_t code) {
  if (code < 0x80) return code >= U'A' && code <= U'Z' ? code + 0x20 : code;
  if (code >= 0x410 && code < 0x450) return code < 0x430 ? code + 0x20 : code;
  return code == not_utf8 ? code : static_cast<char32_t>(u_tolower(icu_code(code)));
}

char32_t to_upper(char32_t code) {
  if (code < 0x80) return code >= U'a' && code <= U'z' ? code - 0x20 : code;
  return code == not_utf8 ? code : static_cast<char32_t>(u_toupper(icu_code(code)));
}

char32_t cyrillic_twin(char32_t latin) {
  switch (latin) {
    case U'A':
      return U'А';
    case U'B':
      return U'В';
    case U'C':
      return U'С';
    case U'E':
      return U'Е';
    case U'H':
      return U'Н';
    case U'K':
      return U'К';
    case U'M':
      return U'М';
    case U'O':
      return U'О';
    case U'P':
      return U'Р';
    case U'T':
      return U'Т';
    case U'X':
      return U'Х';
    case U'Y':
      return U'У';
    case U'Ë':
      return U'Ё';
    case U'a':
      return U'а';
    case U'c':
      return U'с';
    case U'e':
      return U'е';
    case U'k':
      return U'к';
    case U'o':
      return U'о';
    case U'p':
      return U'р';
    case U'x':
      return U'х';
    case U'y':
      return U'у';
    case U'ë':
      return U'ё';
    default:
      return 0;
  }
}

}  // namespace eschool::text
