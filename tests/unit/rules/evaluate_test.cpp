#include "rules/evaluate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

using namespace eschool::rules;

namespace {

/// Latin capitals to small letters: enough to see that both sides are folded.
std::string fold(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

const std::map<std::string, Field> record{{"name", std::string("Anna")},
                                          {"class.name", std::string("5A")},
                                          {"born", std::string("2014-03-09")},
                                          {"age", std::int64_t{11}},
                                          {"mark", 4.5},
                                          {"boarder", true},
                                          {"restricted", false},
                                          {"patronymic", Null{}},
                                          {"person", std::int64_t{7}},
                                          {"zero", std::int64_t{0}},
                                          {"mother", Null{}}};

Lookup lookup(Field me = std::int64_t{7}) {
  return {.field =
              [](const std::vector<std::string>& path) {
                std::string name;
                for (const auto& part : path) name += (name.empty() ? "" : ".") + part;
                return record.at(name);
              },
          .variable = [me](std::string_view name) -> Field {
            if (name == "me") return me;
            if (name == "today") return std::string("2025-09-01");
            return Null{};
          },
          .any = [](const Expression& e) { return e.field == "student"; },
          .fold = fold};
}

bool holds(std::string_view text, Field me = std::int64_t{7}) {
  return evaluate(std::get<Expression>(parse(text)), lookup(std::move(me)));
}

}  // namespace

TEST_CASE("texts compare folded") {
  CHECK(holds("name = 'anna'"));
  CHECK(holds("class.name = '5a'"));
  CHECK_FALSE(holds("name != 'ANNA'"));
  CHECK(holds("name ^= 'AN'"));
  CHECK_FALSE(holds("name ^= 'nn'"));
  CHECK(holds("name ~ 'NN'"));
  CHECK(holds("name ~ ''"));
  CHECK(holds("name in ('x', 'ANNA')"));
  CHECK_FALSE(holds("name in ('x', 'y')"));
  CHECK(holds("born < @today and born >= '2014-03-09' and not (born > '2014-03-09')"));
}

TEST_CASE("without a fold texts compare as they are") {
  Lookup plain = lookup();
  plain.fold = nullptr;
  CHECK(evaluate(std::get<Expression>(parse("name = 'Anna'")), plain));
  CHECK_FALSE(evaluate(std::get<Expression>(parse("name = 'anna'")), plain));
}

TEST_CASE("numbers and booleans") {
  CHECK(holds("age = 11 and age < 12 and age <= 11 and age > 10 and age >= 11 and age != 12"));
  CHECK(holds("mark = 4.5 and mark > 4 and age = 11.0 and age < 11.5"));
  CHECK(holds("age in (1, 11.0)"));
  CHECK(holds("boarder and boarder = true and boarder != false and boarder = 1"));
  CHECK(holds("not restricted and restricted = false"));
  CHECK(holds("age and not zero"));
  CHECK_FALSE(holds("name"));
}

TEST_CASE("a text and a number are unequal and have no order") {
  CHECK_FALSE(holds("age = '11'"));
  CHECK(holds("age != '11'"));
  CHECK_FALSE(holds("age < '12'"));
  CHECK_FALSE(holds("age > '0'"));
  CHECK_FALSE(holds("age ~ '1'"));
}

TEST_CASE("a comparison with an empty field is false but for = null") {
  CHECK(holds("patronymic = null"));
  CHECK_FALSE(holds("patronymic != null"));
  CHECK_FALSE(holds("name = null"));
  CHECK(holds("name != null"));
  for (const char* text : {"patronymic = 'x'", "patronymic != 'x'", "patronymic < 'x'", "patronymic >= 'x'",
                           "patronymic ^= ''", "patronymic ~ ''", "patronymic in ('x')", "patronymic"}) {
    CAPTURE(text);
    CHECK_FALSE(holds(text));
    CHECK(holds("not (" + std::string(text) + ")"));
  }
}

TEST_CASE("an empty variable matches nothing, not even an empty field") {
  CHECK(holds("person = @me"));
  CHECK_FALSE(holds("person = @me", Null{}));
  CHECK_FALSE(holds("mother = @me", Null{}));
  CHECK_FALSE(holds("person != @me", Null{}));
  CHECK_FALSE(holds("person in (@scope)"));
}

TEST_CASE("and, or, not, constants and any") {
  CHECK(holds("true"));
  CHECK_FALSE(holds("false"));
  CHECK(holds("false or true and not false"));
  CHECK_FALSE(holds("true and false"));
  CHECK(holds("any a.b.student where (x)"));
  CHECK_FALSE(holds("any a.b.guardian where (x)"));
}

TEST_CASE("and and or stop at the first answer") {
  Lookup counting = lookup();
  int asked = 0;
  counting.any = [&](const Expression&) { return ++asked > 0; };
  evaluate(std::get<Expression>(parse("false and any a.b.c where (x)")), counting);
  evaluate(std::get<Expression>(parse("true or any a.b.c where (x)")), counting);
  CHECK(asked == 0);
}

TEST_CASE("what the lookup cannot answer is an error of the program") {
  const auto asks = [](const char* text) { evaluate(std::get<Expression>(parse(text)), Lookup{}); };
  CHECK_THROWS_AS(asks("a"), std::logic_error);
  CHECK_THROWS_AS(asks("any a.b.c where (x)"), std::logic_error);
  Lookup partial = lookup();
  partial.variable = nullptr;
  CHECK_THROWS_AS(evaluate(std::get<Expression>(parse("person = @me")), partial), std::logic_error);
  partial.field = [](const std::vector<std::string>&) -> Field { return Variable{"me"}; };
  CHECK_THROWS_AS(evaluate(std::get<Expression>(parse("a = 1")), partial), std::logic_error);
}
