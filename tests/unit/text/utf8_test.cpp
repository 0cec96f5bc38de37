#include "text/utf8.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;

TEST_CASE("valid_utf8 accepts every length of sequence and its borders") {
  for (const char* text : {"", "abc", "Ёлкина", "€", "\U0001F600", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
                           "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK_MESSAGE(valid_utf8(text), text);
}

TEST_CASE("valid_utf8 rejects what is not UTF-8") {
  for (const char* text : {"\x80", "\xD0", "\xD0z", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xE2\x82",
                           "\xED\xA0\x80", "\xF0\x80\x80\xAF", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                           "\xFF", "\xCF\xF0\xE8\xE2\xE5\xF2" /* «Привет» in cp1251 */})
    CHECK_FALSE(valid_utf8(text));
}

TEST_CASE("a code point survives encoding and decoding") {
  for (const char32_t code :
       {U'\0', U'a', U'\x7F', U'\x80', U'я', U'\x7FF', U'\x800', U'\xFFFF', U'\x10000', U'\x10FFFF'}) {
    std::string text;
    append_code_point(text, code);
    std::size_t at = 0;
    CHECK(next_code_point(text, at) == code);
    CHECK(at == text.size());
  }
}

TEST_CASE("a broken sequence costs one byte and the rest is read") {
  const std::string text =
      "\xD0"
      "я";
  std::size_t at = 0;
  CHECK(next_code_point(text, at) == not_utf8);
  CHECK(at == 1);
  CHECK(next_code_point(text, at) == U'я');
  std::string out;
  append_code_point(out, not_utf8);
  CHECK(out == "\uFFFD");
}

TEST_CASE("length counts code points") {
  CHECK(length("") == 0);
  CHECK(length("abc") == 3);
  CHECK(length("Ёлкина") == 6);
  CHECK(length("a€\U0001F600") == 3);
}
