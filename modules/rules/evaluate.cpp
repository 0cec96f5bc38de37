#include "rules/evaluate.hpp"

#include <algorithm>
#include <compare>
#include <optional>
#include <stdexcept>
#include <type_traits>

namespace eschool::rules {
namespace {

template <typename Callback>
const Callback& need(const Callback& callback, const char* name) {
  if (!callback) throw std::logic_error(std::string("rules::evaluate: no callback for ") + name);
  return callback;
}

bool is_null(const Field& value) { return std::holds_alternative<Null>(value); }

Field checked(Field value) {
  if (std::holds_alternative<Variable>(value)) throw std::logic_error("rules::evaluate: a value may not be a variable");
  return value;
}

std::optional<std::int64_t> whole(const Field& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  return std::nullopt;
}

std::optional<double> real(const Field& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto integer = whole(value)) return static_cast<double>(*integer);
  return std::nullopt;
}

class Evaluator {
 public:
  explicit Evaluator(const Lookup& lookup) : lookup_(lookup) {}

  bool holds(const Expression& e) const {
    const auto self = [this](const Expression& child) { return holds(child); };
    switch (e.kind) {
      case Expression::Kind::constant:
        return e.value;
      case Expression::Kind::conjunction:
        return std::all_of(e.children.begin(), e.children.end(), self);
      case Expression::Kind::disjunction:
        return std::any_of(e.children.begin(), e.children.end(), self);
      case Expression::Kind::negation:
        return !holds(e.children.at(0));
      case Expression::Kind::any:
        return need(lookup_.any, "any")(e);
      case Expression::Kind::test:
        return test(e);
    }
    throw std::logic_error("rules::evaluate: unknown kind of expression");
  }

 private:
  bool test(const Expression& e) const {
    const Field value = checked(need(lookup_.field, "fields")(e.path));
    if (e.compare == Compare::truthy) {
      const auto number = real(value);
      return number && *number != 0;
    }
    if (e.compare == Compare::in)
      return std::any_of(e.operands.begin(), e.operands.end(),
                         [&](const Operand& operand) { return compare(value, Compare::eq, operand); });
    return compare(value, e.compare, e.operands.at(0));
  }

  bool compare(const Field& value, Compare how, const Operand& operand) const {
    if (is_null(operand)) return how == Compare::eq ? is_null(value) : how == Compare::ne && !is_null(value);
    if (is_null(value)) return false;
    if (const auto* variable = std::get_if<Variable>(&operand)) {
      const Field meant = checked(need(lookup_.variable, "variables")(variable->name));
      // An account without a person has no @me: that must match nothing, not the records without a person.
      return !is_null(meant) && compare_values(value, how, meant);
    }
    return compare_values(value, how, operand);
  }

  bool compare_values(const Field& left, Compare how, const Field& right) const {
    const auto* left_text = std::get_if<std::string>(&left);
    const auto* right_text = std::get_if<std::string>(&right);
    if (left_text && right_text) {
      const std::string a = fold(*left_text), b = fold(*right_text);
      if (how == Compare::begins) return a.starts_with(b);
      if (how == Compare::contains) return a.find(b) != std::string::npos;
      return decide(how, a.compare(b) <=> 0);
    }
    if (left_text || right_text) return how == Compare::ne;
    const auto left_whole = whole(left), right_whole = whole(right);
    if (left_whole && right_whole) return decide(how, *left_whole <=> *right_whole);
    return decide(how, real(left).value() <=> real(right).value());
  }

  static bool decide(Compare how, std::partial_ordering order) {
    switch (how) {
      case Compare::eq:
        return order == 0;
      case Compare::ne:
        return order != 0;
      case Compare::lt:
        return order < 0;
      case Compare::le:
        return order <= 0;
      case Compare::gt:
        return order > 0;
      case Compare::ge:
        return order >= 0;
      default:
        return false;  // ^= and ~ of numbers
    }
  }

  std::string fold(const std::string& text) const { return lookup_.fold ? lookup_.fold(text) : text; }

  const Lookup& lookup_;
};

}  // namespace

bool evaluate(const Expression& expression, const Lookup& lookup) { return Evaluator(lookup).holds(expression); }

}  // namespace eschool::rules
