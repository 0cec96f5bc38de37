#include "text/sort_key.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace eschool::text;

namespace {

/// Checks that the texts stand in the order of their keys.
void check_order(const std::vector<std::string>& texts) {
  for (std::size_t i = 1; i < texts.size(); ++i) {
    INFO(texts[i - 1], " before ", texts[i]);
    CHECK(sort_key(texts[i - 1]) < sort_key(texts[i]));
  }
}

}  // namespace

TEST_CASE("ё stands with е") {
  check_order({"Евсеева", "Ёлкина", "Жукова"});
  check_order({"Ежов", "Елкин", "Ёлкин", "Елкина", "Ёлкина", "Еремин"});
}

TEST_CASE("the alphabet is in its order") {
  check_order({"а", "б", "в", "г", "д", "е", "ё", "ж", "з", "и", "й", "к", "л", "м", "н", "о", "п",
               "р", "с", "т", "у", "ф", "х", "ц", "ч", "ш", "щ", "ъ", "ы", "ь", "э", "ю", "я"});
}

TEST_CASE("Cyrillic before Latin, digits before both, the shorter surname first, case last") {
  check_order({"5", "Яковлев", "Adams"});
  check_order({"Иванов Яков", "Иванова Анна"});
  check_order({"иванов", "Иванов", "Иванова"});
}

TEST_CASE("numbers go by value") {
  check_order({"5А", "5Б", "9А", "10А", "11А"});
  check_order({"Г-2", "Г-10"});
  check_order({"кабинет 7", "кабинет 12", "кабинет 101"});
}

TEST_CASE("the key is upper-case hexadecimal of bounded length") {
  std::string longest;
  for (int i = 0; i < 3000; ++i) longest += "ё";
  for (const std::string& text : {std::string("Ёлкина"), longest, std::string("\xFF\xD0")}) {
    const std::string key = sort_key(text);
    CHECK(key.size() % 2 == 0);
    CHECK(key.size() <= 2 * max_sort_key_bytes);
    CHECK(key.find_first_not_of("0123456789ABCDEF") == std::string::npos);
  }
  CHECK(sort_key(longest).size() == 2 * max_sort_key_bytes);
  CHECK(sort_key("").size() <= 8);
  CHECK(sort_key("") < sort_key(" "));
}

TEST_CASE("a text that is cut keeps its place") {
  std::string tail;
  for (int i = 0; i < 400; ++i) tail += "слово ";
  check_order({"Елкина " + tail, "Ёрш " + tail, "Жукова " + tail});
  std::string same;
  for (int i = 0; i < 60; ++i) same += "я";
  check_order({same + "а" + tail, same + "б" + tail});
}

TEST_CASE("threads get the same keys") {
  const std::string expected = sort_key("Ёлкина Анна Сергеевна");
  std::vector<std::thread> threads;
  std::vector<int> equal(4, 0);
  for (std::size_t i = 0; i < equal.size(); ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 500; ++n) equal[i] += sort_key("Ёлкина Анна Сергеевна") == expected ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  CHECK(std::all_of(equal.begin(), equal.end(), [](int n) { return n == 500; }));
}

TEST_CASE("the version names the collation") {
  CHECK(sort_key_version() == sort_key_version());
  CHECK(sort_key_version().find("ru_RU") == 0);
}
