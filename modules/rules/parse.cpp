/// A recursive descent over the text itself:
///
///   disjunction := conjunction { "or" conjunction }
///   conjunction := unary { "and" unary }
///   unary       := "not" unary | "(" disjunction ")" | "true" | "false" | any | test
///   any         := "any" registry "." field "where" "(" disjunction ")"
///   test        := path [ sign operand | "in" "(" operand { "," operand } ")" ]
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "rules/expression.hpp"

namespace eschool::rules {
namespace {

constexpr std::size_t max_bytes = 4096;
constexpr int max_nodes = 200;
constexpr int max_depth = 32;
constexpr std::size_t max_operands = 500;

constexpr std::array<std::string_view, 9> keywords{"and", "or", "not", "in", "any", "where", "true", "false", "null"};
constexpr std::array<std::string_view, 3> variables{"me", "today", "scope"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_word(char c) { return is_word_start(c) || is_digit(c); }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_word_start(c) || is_capital(c) || static_cast<unsigned char>(c) >= 0x80; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

const char* sign_text(Compare compare) {
  switch (compare) {
    case Compare::eq:
      return "=";
    case Compare::ne:
      return "!=";
    case Compare::lt:
      return "<";
    case Compare::le:
      return "<=";
    case Compare::gt:
      return ">";
    case Compare::ge:
      return ">=";
    case Compare::begins:
      return "^=";
    case Compare::contains:
      return "~";
    default:
      return "in";
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Parsed run() {
    try {
      if (text_.size() > max_bytes) fail(max_bytes, "условие длиннее 4096 байт");
      Expression e = disjunction();
      skip_space();
      if (at_ < text_.size()) fail(at_, after_expression());
      return e;
    } catch (SyntaxError& error) {
      return std::move(error);
    }
  }

 private:
  // Thrown only inside this file; parse() gives it back as a value.
  [[noreturn]] void fail(std::size_t offset, std::string_view what) const {
    throw SyntaxError{offset, std::string(what) + " (позиция " + std::to_string(position(text_, offset)) + ")"};
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  /// The lower-case word at the cursor, which stays.
  std::string_view word() const {
    std::size_t end = at_;
    if (end < text_.size() && is_word_start(text_[end]))
      while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool take_keyword(std::string_view keyword) {
    skip_space();
    if (word() != keyword) return false;
    at_ += keyword.size();
    return true;
  }

  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  void expect(char c, std::string_view where) {
    if (take(c)) return;
    fail(at_, "ожидался знак '" + std::string(1, c) + "' " + std::string(where));
  }

  std::string after_expression() const {
    if (peek() == ')') return "лишняя закрывающая скобка";
    if (is_capital(peek())) return "слова and, or, not, in пишутся строчными буквами";
    return "после условия ожидалось 'and', 'or' или конец";
  }

  Expression node(Expression::Kind kind, std::size_t offset) {
    if (++nodes_ > max_nodes) fail(offset, "в условии больше 200 частей");
    Expression e;
    e.kind = kind;
    e.offset = offset;
    return e;
  }

  void enter(std::size_t offset) {
    if (++depth_ > max_depth) fail(offset, "вложенность условия больше 32");
  }

  Expression disjunction() { return sequence("or", Expression::Kind::disjunction, &Parser::conjunction); }
  Expression conjunction() { return sequence("and", Expression::Kind::conjunction, &Parser::unary); }

  Expression sequence(std::string_view keyword, Expression::Kind kind, Expression (Parser::*part)()) {
    skip_space();
    const std::size_t offset = at_;
    Expression first = (this->*part)();
    if (!take_keyword(keyword)) return first;
    Expression all = node(kind, offset);
    all.children.push_back(std::move(first));
    do {
      all.children.push_back((this->*part)());
    } while (take_keyword(keyword));
    return all;
  }

  Expression unary() {
    skip_space();
    const std::size_t offset = at_;
    if (take_keyword("not")) {
      enter(offset);
      Expression e = node(Expression::Kind::negation, offset);
      e.children.push_back(unary());
      --depth_;
      return e;
    }
    if (take('(')) {
      Expression e = in_parentheses(offset);
      // `and` and `or` carry the place where they begin, their parenthesis included.
      if (e.kind == Expression::Kind::conjunction || e.kind == Expression::Kind::disjunction) e.offset = offset;
      return e;
    }
    if (take_keyword("any")) return any(offset);
    for (const bool value : {true, false}) {
      if (!take_keyword(value ? "true" : "false")) continue;
      Expression e = node(Expression::Kind::constant, offset);
      e.value = value;
      return e;
    }
    return test(offset);
  }

  /// The opening parenthesis is taken already.
  Expression in_parentheses(std::size_t offset) {
    enter(offset);
    Expression e = disjunction();
    skip_space();
    if (at_ < text_.size() && peek() != ')') fail(at_, "ожидалось 'and', 'or' или закрывающая скобка");
    expect(')', "в конце условия в скобках");
    --depth_;
    return e;
  }

  Expression any(std::size_t offset) {
    Expression e = node(Expression::Kind::any, offset);
    skip_space();
    const std::size_t name_offset = at_;
    std::vector<std::string> names = path("ожидалось имя реестра после 'any'");
    if (names.size() != 3) fail(name_offset, "после 'any' нужны раздел, реестр и поле: people.guardianship.student");
    e.registry = names[0] + "." + names[1];
    e.field = names[2];
    if (!take_keyword("where")) fail(at_, "ожидалось 'where' после 'any " + e.registry + "." + e.field + "'");
    skip_space();
    const std::size_t open = at_;
    expect('(', "после 'where'");
    e.children.push_back(in_parentheses(open));
    return e;
  }

  std::vector<std::string> path(std::string_view expected) {
    std::vector<std::string> names;
    do {
      skip_space();
      const std::string_view name = word();
      if (name.empty()) {
        if (!names.empty()) fail(at_, "ожидалось имя поля после '.'");
        if (is_capital(peek())) fail(at_, "имена полей и слова and, or, not, in пишутся строчными буквами");
        fail(at_, expected);
      }
      if (is_keyword(name)) fail(at_, std::string(expected) + ", а стоит слово '" + std::string(name) + "'");
      names.emplace_back(name);
      at_ += name.size();
    } while (take('.'));
    return names;
  }

  Expression test(std::size_t offset) {
    Expression e = node(Expression::Kind::test, offset);
    e.path = path("ожидалось имя поля");
    if (take_keyword("in")) {
      e.compare = Compare::in;
      operands_of_in(e);
      return e;
    }
    if (const auto compare = sign()) {
      e.compare = *compare;
      e.operands.push_back(operand(e.compare));
    }
    return e;
  }

  void operands_of_in(Expression& e) {
    expect('(', "после 'in'");
    do {
      if (e.operands.size() == max_operands) fail(at_, "в списке после 'in' больше 500 значений");
      e.operands.push_back(operand(Compare::in));
    } while (take(','));
    expect(')', "в конце списка после 'in'");
  }

  std::optional<Compare> sign() {
    struct Sign {
      std::string_view text;
      Compare compare;
    };
    // The longer sign first.
    static constexpr std::array<Sign, 8> signs{{{"!=", Compare::ne},
                                                {"<=", Compare::le},
                                                {">=", Compare::ge},
                                                {"^=", Compare::begins},
                                                {"=", Compare::eq},
                                                {"<", Compare::lt},
                                                {">", Compare::gt},
                                                {"~", Compare::contains}}};
    skip_space();
    for (const auto& sign : signs) {
      if (!text_.substr(at_).starts_with(sign.text)) continue;
      at_ += sign.text.size();
      return sign.compare;
    }
    if (peek() == '!' || peek() == '^') fail(at_, "неизвестный знак сравнения; есть = != < <= > >= ^= ~");
    return std::nullopt;
  }

  Operand operand(Compare compare) {
    skip_space();
    const std::size_t offset = at_;
    const auto refuse = [&](std::string_view what) {
      fail(offset, std::string(what) + " нельзя сравнивать знаком '" + sign_text(compare) + "'");
    };
    Operand value = read_operand(compare);
    const bool needs_text = compare == Compare::begins || compare == Compare::contains;
    if (needs_text && !std::holds_alternative<std::string>(value))
      fail(offset, std::string("после '") + sign_text(compare) + "' нужен текст в одинарных кавычках");
    const bool equality = compare == Compare::eq || compare == Compare::ne;
    if (std::holds_alternative<Null>(value) && !equality) refuse("null");
    if (std::holds_alternative<bool>(value) && !equality && compare != Compare::in) refuse("true и false");
    return value;
  }

  Operand read_operand(Compare compare) {
    const char c = peek();
    if (c == '\'') return string();
    if (c == '@') return variable();
    if (is_digit(c) || (c == '-' && is_digit(peek(1)))) return number();
    const std::string_view name = word();
    if (name == "null" || name == "true" || name == "false") {
      at_ += name.size();
      if (name == "null") return Null{};
      return name == "true";
    }
    if (c == '"' || is_letter(c)) fail(at_, "текст пишется в одинарных кавычках: 'текст'");
    if (compare == Compare::in) fail(at_, "ожидалось значение в списке после 'in'");
    fail(at_, std::string("ожидалось значение после '") + sign_text(compare) + "'");
  }

  Operand string() {
    const std::size_t offset = at_++;
    std::string value;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != '\'') {
        value += c;
      } else if (peek() == '\'') {
        value += '\'';
        ++at_;
      } else {
        return value;
      }
    }
    fail(offset, "нет закрывающей кавычки");
  }

  Operand variable() {
    const std::size_t offset = at_++;
    const std::string_view name = word();
    if (std::find(variables.begin(), variables.end(), name) == variables.end())
      fail(offset, "неизвестная переменная '@" + std::string(name) + "'; есть @me, @today, @scope");
    at_ += name.size();
    return Variable{std::string(name)};
  }

  Operand number() {
    const std::size_t offset = at_;
    if (peek() == '-') ++at_;
    while (is_digit(peek())) ++at_;
    const bool is_real = peek() == '.' && is_digit(peek(1));
    if (is_real) {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (is_letter(peek())) fail(offset, "текст пишется в одинарных кавычках: 'текст'");
    if (peek() == '.') fail(offset, "число записано неверно; дата пишется в кавычках: '2014-01-31'");
    const char* first = text_.data() + offset;
    const char* last = text_.data() + at_;
    if (is_real) return number_as<double>(first, last, offset);
    return number_as<std::int64_t>(first, last, offset);
  }

  template <typename Number>
  Number number_as(const char* first, const char* last, std::size_t offset) const {
    Number value{};
    if (std::from_chars(first, last, value).ec != std::errc{}) fail(offset, "число вне допустимых пределов");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int nodes_ = 0;
  int depth_ = 0;
};

}  // namespace

std::size_t position(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  return 1 + static_cast<std::size_t>(
                 std::count_if(before.begin(), before.end(), [](char c) { return !is_continuation(c); }));
}

Parsed parse(std::string_view text) { return Parser(text).run(); }

bool is_keyword(std::string_view word) { return std::find(keywords.begin(), keywords.end(), word) != keywords.end(); }

}  // namespace eschool::rules
