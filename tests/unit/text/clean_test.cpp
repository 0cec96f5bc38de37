#include "text/clean.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;

TEST_CASE("clean trims and collapses blanks of every kind") {
  CHECK(clean("") == "");
  CHECK(clean(" \t\n\u00A0 ") == "");
  CHECK(clean("  Глушко   Роман ") == "Глушко Роман");
  CHECK(clean("5\u00A0А") == "5 А");
  CHECK(clean("ул.\u2009Мира,\u202F\u00A0д.\r\n7") == "ул. Мира, д. 7");
}

TEST_CASE("clean drops what has no picture") {
  CHECK(clean("\uFEFFФИО") == "ФИО");
  CHECK(clean("Ива\u00ADнов\u200B\u200C\u200D\u2060") == "Иванов");
  CHECK(clean("\u202Eгпж.exe\u202C\u2066\u2069\u200F\u061C") == "гпж.exe");
  CHECK(clean(std::string("а\0б", 5) + "\x01\x1F\x7F" + "в") == "абв");
  CHECK(clean("а\u0085б") == "а б");
  CHECK(clean("а\u009Fб") == "аб");
  CHECK(clean("а \u200B б") == "а б");
}

TEST_CASE("clean keeps letters, marks and case as they are") {
  const std::string text = "Ёж «Ёжик» № 5 — 3,5 × 10² ₽ <b>";
  CHECK(clean(text) == text);
}

TEST_CASE("clean composes letters of two code points") {
  CHECK(clean("е\u0308лка") == "ёлка");
  CHECK(clean("И\u0306ошкар") == "Йошкар");
  CHECK(clean("е\u200B\u0308лка") == "ёлка");
}

TEST_CASE("clean gives valid UTF-8 whatever comes") {
  CHECK(clean("а\xD0"
              " б") == "а\uFFFD б");
}

TEST_CASE("clean_lines keeps lines and cleans each") {
  CHECK(clean_lines("") == "");
  CHECK(clean_lines("  одна  строка ") == "одна строка");
  CHECK(clean_lines("\n\n а  б \r\nв\rг\u2028д\n\n\n\nе\n \n") == "а б\nв\nг\nд\n\nе");
}
