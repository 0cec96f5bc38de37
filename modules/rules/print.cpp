#include <array>
#include <charconv>

#include "rules/expression.hpp"

namespace eschool::rules {
namespace {

using Kind = Expression::Kind;

std::string print_double(double value) {
  // The longest: 5e-324 with 324 digits after the point.
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed).ptr;
  std::string text(buffer.data(), end);
  if (text.find('.') == std::string::npos) text += ".0";  // else it would read as an integer
  return text;
}

struct PrintOperand {
  std::string operator()(Null) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return print_double(value); }
  std::string operator()(const Variable& variable) const { return "@" + variable.name; }
  std::string operator()(const std::string& value) const {
    std::string text = "'";
    for (const char c : value) text.append(c == '\'' ? 2 : 1, c);
    return text + "'";
  }
};

const char* sign(Compare compare) {
  switch (compare) {
    case Compare::eq:
      return " = ";
    case Compare::ne:
      return " != ";
    case Compare::lt:
      return " < ";
    case Compare::le:
      return " <= ";
    case Compare::gt:
      return " > ";
    case Compare::ge:
      return " >= ";
    case Compare::begins:
      return " ^= ";
    case Compare::contains:
      return " ~ ";
    case Compare::in:
      return " in ";
    case Compare::truthy:
      return "";
  }
  return "";
}

std::string print_test(const Expression& e) {
  std::string text;
  for (const auto& name : e.path) text += (text.empty() ? "" : ".") + name;
  text += sign(e.compare);
  if (e.compare == Compare::truthy) return text;
  if (e.compare != Compare::in) return text + std::visit(PrintOperand{}, e.operands.at(0));
  text += "(";
  for (std::size_t i = 0; i < e.operands.size(); ++i)
    text += (i ? ", " : "") + std::visit(PrintOperand{}, e.operands[i]);
  return text + ")";
}

/// How tightly a node binds; a child that binds no tighter than its parent stands in parentheses.
int strength(const Expression& e) {
  switch (e.kind) {
    case Kind::disjunction:
      return 0;
    case Kind::conjunction:
      return 1;
    default:
      return 2;
  }
}

std::string print_child(const Expression& child, int parent) {
  return strength(child) <= parent ? "(" + print(child) + ")" : print(child);
}

std::string join(const Expression& e, const char* word) {
  std::string text;
  for (const auto& child : e.children) text += (text.empty() ? "" : word) + print_child(child, strength(e));
  return text;
}

}  // namespace

std::string print(const Expression& e) {
  switch (e.kind) {
    case Kind::constant:
      return e.value ? "true" : "false";
    case Kind::conjunction:
      return join(e, " and ");
    case Kind::disjunction:
      return join(e, " or ");
    case Kind::negation:
      return "not " + print_child(e.children.at(0), 1);
    case Kind::any:
      return "any " + e.registry + "." + e.field + " where (" + print(e.children.at(0)) + ")";
    case Kind::test:
      return print_test(e);
  }
  return {};
}

}  // namespace eschool::rules
