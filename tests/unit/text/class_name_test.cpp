#include "text/class_name.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;

TEST_CASE("spellings of one class") {
  for (const char* text :
       {"5А",   "5 А", "5-а", "5а",  "5 - А",      "5–А",      "5«А»",      "5 «а»",     "5\"А\"", "5 'А'",
        "5„А“", "5A",  "5a",  "5-A", " 5\u00A0А ", "5А класс", "5 «А» кл.", "5 а КЛАСС", "05А",    "5\u200BА"})
    CHECK_MESSAGE((normalise_class(text) == ClassName{5, "А", "5А"}), text);
}

TEST_CASE("Latin twins in any case, other Latin letters as they are") {
  for (const char* text : {"7B", "7b", "7В", "7в"}) CHECK_MESSAGE(normalise_class(text)->name == "7В", text);
  CHECK(normalise_class("7t")->name == "7Т");
  CHECK(normalise_class("7d")->name == "7D");
  CHECK(normalise_class("1ё")->name == "1Ё");
}

TEST_CASE("grades") {
  CHECK(normalise_class("1Б") == ClassName{1, "Б", "1Б"});
  CHECK(normalise_class("11А") == ClassName{11, "А", "11А"});
  CHECK(normalise_class("12 В") == ClassName{12, "В", "12В"});
  CHECK(normalise_class("9") == ClassName{9, "", "9"});
  CHECK(normalise_class("9 класс") == ClassName{9, "", "9"});
  for (const char* text : {"0А", "13А", "99", "123", "00А", "", "А", "А5", "-5А", "пятый", "V А"})
    CHECK_MESSAGE(!normalise_class(text), text);
}

TEST_CASE("longer letters follow a hyphen as they are written") {
  CHECK(normalise_class("11-инж") == ClassName{11, "инж", "11-инж"});
  CHECK(normalise_class("11 инж") == ClassName{11, "инж", "11-инж"});
  CHECK(normalise_class("11инж") == ClassName{11, "инж", "11-инж"});
  CHECK(normalise_class("10 «ХимБио»") == ClassName{10, "ХимБио", "10-ХимБио"});
  CHECK(normalise_class("10-хим-био") == ClassName{10, "хим-био", "10-хим-био"});
  CHECK(normalise_class("10-инжeнер")->letter == "инженер");
  CHECK(normalise_class("5-2") == ClassName{5, "2", "5-2"});
  CHECK(normalise_class("10 абвгдежзийклмно")->letter == "абвгдежзийклмно");
  CHECK_FALSE(normalise_class("10 абвгдежзийклмноп"));
}

TEST_CASE("what only begins like a class") {
  for (const char* text : {"1.09.2026", "5/1", "5-123", "5-2а", "5 <b>А</b>", "5А;5Б", "5, 6", "5%", "5 -+А", "5-(А)"})
    CHECK_MESSAGE(!normalise_class(text), text);
}

TEST_CASE("a name is its own normal form") {
  for (const char* text : {"5 А", "11инж", "10 хим-био", "9", "5-2", "7b", "7d", "3 А (физмат)"}) {
    const auto once = normalise_class(text);
    REQUIRE(once);
    CHECK(normalise_class(once->name) == once);
  }
}
