#include "text/passport_letters.hpp"

#include <doctest/doctest.h>

using eschool::text::passport_letters;

TEST_CASE("every letter as the table has it") {
  CHECK(passport_letters("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") == "abvgdeezhziiklmnoprstufkhtschshshchieyeiuia");
  CHECK(passport_letters("Щербакова") == "shcherbakova");
  CHECK(passport_letters("ПОДЪЯЧИХ") == "podieiachikh");
}

TEST_CASE("what is no letter") {
  CHECK(passport_letters("Римский-Корсаков") == "rimskii-korsakov");
  CHECK(passport_letters("О’Нил — ") == "onil");
  CHECK(passport_letters("Ivanov 2") == "ivanov2");
  CHECK(passport_letters("—") == "");
}
