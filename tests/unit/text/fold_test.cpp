#include "text/fold.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;

TEST_CASE("fold makes spellings of one name equal") {
  CHECK(fold("ЁЛКИНА") == "елкина");
  CHECK(fold("Ёлкина") == fold("елкина"));
  CHECK(fold("Е\u0308лкина") == "елкина");
  CHECK(fold("  Семёнов\u00A0 Пётр ") == "семенов петр");
  CHECK(fold("Ива\u00ADнов\u200B") == "иванов");
}

TEST_CASE("fold lowers every Cyrillic letter and the rest of Unicode") {
  CHECK(fold("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ") == "абвгдеежзийклмнопрстуфхцчшщъыьэюя");
  CHECK(fold("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") == "абвгдеежзийклмнопрстуфхцчшщъыьэюя");
  CHECK(fold("ЇЄҐӘҢ") == "їєґәң");
  CHECK(fold("МБОУ «Лицей № 214» IT-Ä") == "мбоу «лицей № 214» it-ä");
}

TEST_CASE("fold drops the stress") { CHECK(fold("Ивано\u0301в") == "иванов"); }

TEST_CASE("fold keeps й, which is not и") { CHECK(fold("Йод") != fold("Иод")); }

TEST_CASE("fold is stable") {
  for (const char* text : {"", "Ёлкина  Анна", "İstanbul", "ẞ Straße", "е\u0308", "ё\u0308", "\xFF"})
    CHECK(fold(fold(text)) == fold(text));
}
