#include "text/words.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;
using List = std::vector<std::string>;

namespace {

/// The terms of a query: words joined by '+', then what they may be besides.
List terms(std::string_view query) {
  List list;
  for (const auto& term : search_terms(query)) {
    std::string line;
    for (const auto& word : term.words) line += (line.empty() ? "" : "+") + word;
    if (!term.phone.empty()) line += " phone " + term.phone;
    if (!term.date.empty()) line += " date " + term.date;
    list.push_back(line);
  }
  return list;
}

}  // namespace

TEST_CASE("words are letters and digits between punctuation") {
  CHECK(words("русский язык") == List{"русский", "язык"});
  CHECK(words("«лицей № 7», it-class") == List{"лицей", "7", "it", "class"});
  CHECK(words("— …").empty());
  CHECK(words("").empty());
}

TEST_CASE("inner words are those that the text does not begin with") {
  CHECK(inner_words("иванова").empty());
  CHECK(inner_words("иванова-петрова") == List{"петрова"});
  CHECK(inner_words("«елочка»") == List{"елочка"});
  CHECK(inner_words("физика, 8 класс, 8 часов") == List{"8", "класс", "часов"});
  CHECK(inner_words("7б") == List{"б"});
  CHECK(inner_words("а12б3").size() == 1);
}

TEST_CASE("a word is no longer than an index takes") {
  std::string word;
  for (int i = 0; i < 100; ++i) word += "ы";
  CHECK(words(word).front().size() == 128);
  CHECK(inner_words("а " + word).front() == words(word).front());
}

TEST_CASE("each word of a query is a term") {
  CHECK(terms("  ЁЛКИНА  Анна ") == List{"елкина", "анна"});
  CHECK(terms("Физика, 8 класс") == List{"физика", "8", "класс"});
  CHECK(terms("Иванова-Петрова") == List{"иванова", "петрова"});
  CHECK(terms("2026/2027") == List{"2026", "2027"});
  CHECK(terms("«—»").empty());
}

TEST_CASE("a telephone number is one term, however it is spelled") {
  for (const char* spelled : {"+79211234567", "89211234567", "9211234567", "8 (921) 123-45-67", "+7 921 123 45 67",
                              "8-921-123-45-67", "(921) 123-45-67", "7 921 1234567"}) {
    CAPTURE(spelled);
    const auto found = search_terms(spelled);
    REQUIRE(found.size() == 1);
    CHECK(found[0].phone == "9211234567");
    CHECK(!found[0].words.empty());
  }
  CHECK(terms("Абрамов 8 921 123-45-67 7Б") == List{"абрамов", "8+921+123+45+67 phone 9211234567", "7б"});
  CHECK(terms("8921123") == List{"8921123"});
  CHECK(terms("892112345678") == List{"892112345678"});
  CHECK(terms("89211234567б") == List{"89211234567б"});
}

TEST_CASE("a date is one term") {
  CHECK(terms("04.11.2026") == List{"04+11+2026 date 2026-11-04"});
  CHECK(terms("2026-11-04, среда") == List{"2026+11+04 date 2026-11-04", "среда"});
}
