/// Decides an expression over one record in memory: conditions (`when`) and checks after a write. Lists and access on
/// tables go through SQL instead; both give the same answer.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/expression.hpp"

namespace eschool::rules {

/// The value of a field or variable: Null, bool, integer, double or text. Never a Variable.
using Field = Operand;

/// Where evaluate() takes values from. Exceptions of the callbacks pass through.
struct Lookup {
  std::function<Field(const std::vector<std::string>& path)> field;
  std::function<Field(std::string_view name)> variable;    ///< "me", "today", "scope"
  std::function<bool(const Expression& any)> any;          ///< decides a node of kind `any`
  std::function<std::string(std::string_view text)> fold;  ///< text is compared folded; none: compared as it is
};

/// Texts are equal, begin and order by their folded bytes (ISO dates order the same way). true and false count as 1 and
/// 0. A text and a number are unequal and have no order. Throws std::logic_error when the expression needs a callback
/// that `lookup` does not have, or when a callback gives a Variable.
bool evaluate(const Expression& expression, const Lookup& lookup);

}  // namespace eschool::rules
