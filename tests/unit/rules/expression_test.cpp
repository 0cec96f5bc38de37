#include "rules/expression.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace eschool::rules;
using Kind = Expression::Kind;

namespace {

Expression parsed(std::string_view text) {
  Parsed result = parse(text);
  if (const auto* error = std::get_if<SyntaxError>(&result)) FAIL(std::string(text) << ": " << error->message);
  return std::get<Expression>(std::move(result));
}

SyntaxError refused(std::string_view text) {
  Parsed result = parse(text);
  if (std::holds_alternative<Expression>(result)) FAIL(std::string(text) << " was parsed");
  return std::get<SyntaxError>(result);
}

std::string normal(std::string_view text) { return print(parsed(text)); }

bool same(const Operand& a, const Operand& b) {
  if (a.index() != b.index()) return false;
  if (std::holds_alternative<Null>(a)) return true;
  if (const auto* variable = std::get_if<Variable>(&a)) return variable->name == std::get<Variable>(b).name;
  if (const auto* flag = std::get_if<bool>(&a)) return *flag == std::get<bool>(b);
  if (const auto* integer = std::get_if<std::int64_t>(&a)) return *integer == std::get<std::int64_t>(b);
  if (const auto* real = std::get_if<double>(&a)) return *real == std::get<double>(b);
  return std::get<std::string>(a) == std::get<std::string>(b);
}

bool same(const Expression& a, const Expression& b) {
  if (a.kind != b.kind || a.value != b.value || a.path != b.path || a.compare != b.compare) return false;
  if (a.registry != b.registry || a.field != b.field) return false;
  if (a.children.size() != b.children.size() || a.operands.size() != b.operands.size()) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i)
    if (!same(a.children[i], b.children[i])) return false;
  for (std::size_t i = 0; i < a.operands.size(); ++i)
    if (!same(a.operands[i], b.operands[i])) return false;
  return true;
}

std::string repeat(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("a test has a path, a sign and an operand") {
  const auto e = parsed("class.name = '5А'");
  CHECK(e.kind == Kind::test);
  CHECK(e.path == std::vector<std::string>{"class", "name"});
  CHECK(e.compare == Compare::eq);
  REQUIRE(e.operands.size() == 1);
  CHECK(std::get<std::string>(e.operands[0]) == "5А");
  CHECK(e.offset == 0);
  CHECK(parsed("  a").offset == 2);
}

TEST_CASE("every sign is read") {
  const std::pair<const char*, Compare> signs[] = {
      {"=", Compare::eq}, {"!=", Compare::ne}, {"<", Compare::lt},      {"<=", Compare::le},
      {">", Compare::gt}, {">=", Compare::ge}, {"^=", Compare::begins}, {"~", Compare::contains}};
  for (const auto& [text, compare] : signs) {
    CHECK(parsed("a " + std::string(text) + " 'x'").compare == compare);
    CHECK(parsed("a" + std::string(text) + "'x'").compare == compare);
  }
  CHECK(parsed("a").compare == Compare::truthy);
  CHECK(parsed("a in ('x')").compare == Compare::in);
}

TEST_CASE("every kind of operand is read") {
  CHECK(std::holds_alternative<Null>(parsed("a = null").operands[0]));
  CHECK(std::get<bool>(parsed("a = true").operands[0]));
  CHECK_FALSE(std::get<bool>(parsed("a != false").operands[0]));
  CHECK(std::get<std::int64_t>(parsed("a = -12").operands[0]) == -12);
  CHECK(std::get<double>(parsed("a = 3.25").operands[0]) == 3.25);
  CHECK(std::get<std::string>(parsed("a = 'it''s'").operands[0]) == "it's");
  CHECK(std::get<std::string>(parsed("a = ''").operands[0]).empty());
  CHECK(std::get<Variable>(parsed("a = @me").operands[0]).name == "me");
  CHECK(std::get<Variable>(parsed("a <= @today").operands[0]).name == "today");
  CHECK(std::get<Variable>(parsed("a in (@scope, 1)").operands[0]).name == "scope");
  CHECK(parsed("a in (1,2.5,'x',true)").operands.size() == 4);
}

TEST_CASE("integers reach the limits of 64 bits and no further") {
  CHECK(std::get<std::int64_t>(parsed("a = 9223372036854775807").operands[0]) ==
        std::numeric_limits<std::int64_t>::max());
  CHECK(std::get<std::int64_t>(parsed("a = -9223372036854775808").operands[0]) ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(refused("a = 9223372036854775808").offset == 4);
  CHECK(refused("a = -9223372036854775809").offset == 4);
  CHECK(refused("a = " + repeat("9", 400) + ".0").offset == 4);
}

TEST_CASE("not binds tighter than and, and than or") {
  const auto e = parsed("a or not b and c");
  REQUIRE(e.kind == Kind::disjunction);
  REQUIRE(e.children.size() == 2);
  const auto& right = e.children[1];
  REQUIRE(right.kind == Kind::conjunction);
  CHECK(right.children[0].kind == Kind::negation);
  CHECK(right.children[0].children[0].path[0] == "b");
  CHECK(right.children[1].path[0] == "c");
  CHECK(right.offset == 5);

  CHECK(parsed("(a or b) and c").kind == Kind::conjunction);
  CHECK(parsed("not (a or b)").children[0].kind == Kind::disjunction);
  CHECK(parsed("a and b and c").children.size() == 3);
}

TEST_CASE("any names a registry, its field and a condition") {
  const auto e = parsed("x or any people.guardianship.student where (guardian.person = @me and not restricted)");
  const auto& any = e.children[1];
  CHECK(any.kind == Kind::any);
  CHECK(any.registry == "people.guardianship");
  CHECK(any.field == "student");
  REQUIRE(any.children.size() == 1);
  CHECK(any.children[0].kind == Kind::conjunction);
  CHECK(any.offset == 5);
}

TEST_CASE("the normal form") {
  CHECK(normal(" a   and(b or c)") == "a and (b or c)");
  CHECK(normal("(a)and(b)") == "a and b");
  CHECK(normal("a or (b and c)") == "a or b and c");
  CHECK(normal("not(a)") == "not a");
  CHECK(normal("not (a and b)") == "not (a and b)");
  CHECK(normal("a in('x','y')") == "a in ('x', 'y')");
  CHECK(normal("a . b='it''s'") == "a.b = 'it''s'");
  CHECK(normal("any a.b.c where(true)") == "any a.b.c where (true)");
  CHECK(normal("a = 1.50") == "a = 1.5");
  CHECK(normal("a = 2.0") == "a = 2.0");
}

TEST_CASE("printing and parsing again gives the same expression") {
  for (const char* text :
       {"a", "true", "false", "not not a", "a and (b and c)", "(a or b) or c", "a or b and not (c or d)",
        "class.name = '5А' and (birth_date >= '2014-01-01' or not restricted)", "a = null or b != null",
        "status in ('active', 'leave', 3, -4.5, true, @me)", "surname ^= 'Ив''ан' and patronymic ~ 'ич'",
        "any people.guardianship.student where (guardian.person = @me and any a.b.c where (x or y))",
        "x = -9223372036854775808", "x < 0.1", "x > 100000000000000000000000.0", "x = -0.0",
        "not any a.b.c where (d)"}) {
    CAPTURE(text);
    const auto e = parsed(text);
    CHECK(same(e, parsed(print(e))));
    CHECK(print(parsed(print(e))) == print(e));
  }
}

TEST_CASE("errors tell what was expected and where") {
  struct Case {
    const char* text;
    std::size_t offset;
    const char* message;
  };
  const Case cases[] = {
      {"", 0, "ожидалось имя поля (позиция 1)"},
      {"class.name     =", 16, "ожидалось значение после '=' (позиция 17)"},
      {"a = 'я' and b ~", 16, "ожидалось значение после '~' (позиция 16)"},
      {"a in", 4, "ожидался знак '(' после 'in' (позиция 5)"},
      {"a in ()", 6, "ожидалось значение в списке после 'in' (позиция 7)"},
      {"a in (1,)", 8, "ожидалось значение в списке после 'in' (позиция 9)"},
      {"a in (1 2)", 8, "ожидался знак ')' в конце списка после 'in' (позиция 9)"},
      {"a in (null)", 6, "null нельзя сравнивать знаком 'in' (позиция 7)"},
      {"a < null", 4, "null нельзя сравнивать знаком '<' (позиция 5)"},
      {"a ~ null", 4, "после '~' нужен текст в одинарных кавычках (позиция 5)"},
      {"a >= true", 5, "true и false нельзя сравнивать знаком '>=' (позиция 6)"},
      {"a ^= 5", 5, "после '^=' нужен текст в одинарных кавычках (позиция 6)"},
      {"a ~ @me", 4, "после '~' нужен текст в одинарных кавычках (позиция 5)"},
      {"a = 'x", 4, "нет закрывающей кавычки (позиция 5)"},
      {"a = \"x\"", 4, "текст пишется в одинарных кавычках: 'текст' (позиция 5)"},
      {"a = 5А", 4, "текст пишется в одинарных кавычках: 'текст' (позиция 5)"},
      {"a = b", 4, "текст пишется в одинарных кавычках: 'текст' (позиция 5)"},
      {"a = 1.2.2014", 4, "число записано неверно; дата пишется в кавычках: '2014-01-31' (позиция 5)"},
      {"a = 1.", 4, "число записано неверно; дата пишется в кавычках: '2014-01-31' (позиция 5)"},
      {"a = @you", 4, "неизвестная переменная '@you'; есть @me, @today, @scope (позиция 5)"},
      {"a = @", 4, "неизвестная переменная '@'; есть @me, @today, @scope (позиция 5)"},
      {"a = @meow", 4, "неизвестная переменная '@meow'; есть @me, @today, @scope (позиция 5)"},
      {"a == 1", 3, "ожидалось значение после '=' (позиция 4)"},
      {"a <> 1", 3, "ожидалось значение после '<' (позиция 4)"},
      {"a ! 1", 2, "неизвестный знак сравнения; есть = != < <= > >= ^= ~ (позиция 3)"},
      {"a and", 5, "ожидалось имя поля (позиция 6)"},
      {"and a", 0, "ожидалось имя поля, а стоит слово 'and' (позиция 1)"},
      {"a b", 2, "после условия ожидалось 'and', 'or' или конец (позиция 3)"},
      {"a AND b", 2, "слова and, or, not, in пишутся строчными буквами (позиция 3)"},
      {"NOT a", 0, "имена полей и слова and, or, not, in пишутся строчными буквами (позиция 1)"},
      {"(a", 2, "ожидался знак ')' в конце условия в скобках (позиция 3)"},
      {"(a b", 3, "ожидалось 'and', 'or' или закрывающая скобка (позиция 4)"},
      {"a)", 1, "лишняя закрывающая скобка (позиция 2)"},
      {"a.", 2, "ожидалось имя поля после '.' (позиция 3)"},
      {"a..b", 2, "ожидалось имя поля после '.' (позиция 3)"},
      {"a.null = 1", 2, "ожидалось имя поля, а стоит слово 'null' (позиция 3)"},
      {"фамилия = 'x'", 0, "ожидалось имя поля (позиция 1)"},
      {"any a.b where (c)", 4, "после 'any' нужны раздел, реестр и поле: people.guardianship.student (позиция 5)"},
      {"any a.b.c (d)", 10, "ожидалось 'where' после 'any a.b.c' (позиция 11)"},
      {"any a.b.c where d", 16, "ожидался знак '(' после 'where' (позиция 17)"},
      {"any a.b.c where ()", 17, "ожидалось имя поля (позиция 18)"},
      {"any", 3, "ожидалось имя реестра после 'any' (позиция 4)"},
      {"a; drop table x", 1, "после условия ожидалось 'and', 'or' или конец (позиция 2)"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto error = refused(c.text);
    CHECK(error.offset == c.offset);
    CHECK(error.message == c.message);
  }
}

TEST_CASE("limits of text, nodes, depth and operands") {
  const std::string longest = "a = '" + std::string(4096 - 6, 'x') + "'";
  REQUIRE(longest.size() == 4096);
  CHECK(parsed(longest).kind == Kind::test);
  CHECK(refused(longest + " ").message.starts_with("условие длиннее 4096 байт"));

  // One node for the whole and one for each part.
  CHECK(parsed("a" + repeat(" or a", 198)).children.size() == 199);
  CHECK(refused("a" + repeat(" or a", 199)).message.starts_with("в условии больше 200 частей"));

  CHECK(parsed(repeat("(", 32) + "a" + repeat(")", 32)).kind == Kind::test);
  CHECK(refused(repeat("(", 33) + "a" + repeat(")", 33)).message == "вложенность условия больше 32 (позиция 33)");
  CHECK(parsed(repeat("not ", 32) + "a").kind == Kind::negation);
  CHECK(refused(repeat("not ", 33) + "a").message.starts_with("вложенность условия больше 32"));
  CHECK(refused(repeat("(", 4000)).message.starts_with("вложенность условия больше 32"));
  // Depth is given back: 40 pairs side by side are no nesting.
  CHECK(parsed("(a)" + repeat(" and (a)", 39)).children.size() == 40);

  CHECK(parsed("a in (1" + repeat(",1", 499) + ")").operands.size() == 500);
  CHECK(refused("a in (1" + repeat(",1", 500) + ")").message.starts_with("в списке после 'in' больше 500 значений"));
}

TEST_CASE("no prefix or damaged copy of a valid text breaks the parser") {
  const std::string text = "class.name = '5А' and (a >= -1.5 or not b) or any p.g.s where (x in (1, @me, null))";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    parse(text.substr(0, i));
    for (const char c : {'\0', '(', '\'', '\xff', '@', '9'}) {
      std::string damaged = text;
      damaged.insert(i, 1, c);
      const auto result = parse(damaged);
      if (const auto* error = std::get_if<SyntaxError>(&result)) CHECK(error->offset <= damaged.size());
    }
  }
}

TEST_CASE("keywords") {
  for (const char* word : {"and", "or", "not", "in", "any", "where", "true", "false", "null"}) CHECK(is_keyword(word));
  CHECK_FALSE(is_keyword("name"));
  // A name may begin with a keyword.
  CHECK(parsed("order = 1 and notes = 'x' and india and anyone").children.size() == 4);
}
