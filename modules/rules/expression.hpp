/// The language of filters, access rules and conditions:
///
///   class.name = '5А' and (birth_date >= '2014-01-01' or not restricted)
///   surname ^= 'Иван'          begins with, folded          surname ~ 'ван'   contains, folded
///   status in ('active', 'leave')                            patronymic = null
///   guardian.person = @me                                    a dotted path follows references
///   any people.guardianship.student where (guardian.person = @me)
///                              true when a record of people.guardianship, whose `student` refers to this one,
///                              satisfies
///
/// A bare path is true when the boolean field is true. Keywords are lower case. Strings are in single quotes, '' is a
/// quote. Variables: @me (the caller's person), @today (ISO date of the school's day), @scope.
///
/// The logic has two values: a comparison with an empty field, or with an empty variable, is false, `!=` included; only
/// `= null` is true of an empty field. So `not (x = 5)` is true of an empty x, in evaluate() and in SQL alike.
/// `null` goes with = and != only, true and false with = != in, and ^= ~ take a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace eschool::rules {

enum class Compare { eq, ne, lt, le, gt, ge, begins, contains, in, truthy };

struct Null {};
struct Variable {
  std::string name;  ///< without '@'
};
using Operand = std::variant<Null, bool, std::int64_t, double, std::string, Variable>;

struct Expression {
  enum class Kind { constant, conjunction, disjunction, negation, test, any };
  Kind kind = Kind::constant;
  bool value = true;                 ///< of a constant: `true`, `false`
  std::vector<Expression> children;  ///< of and, or, not; of `any`: its one condition
  std::vector<std::string> path;     ///< of a test
  Compare compare = Compare::truthy;
  std::vector<Operand> operands;  ///< one, or several for `in`
  std::string registry, field;    ///< of `any`: "people.guardianship", "student"
  std::size_t offset = 0;         ///< byte in the text, for messages; no part of the meaning
};

/// What is wrong in an expression, in Russian, with the place.
struct SyntaxError {
  std::size_t offset = 0;  ///< byte, from 0
  std::string message;     ///< ends in "(позиция N)": the character, from 1
};

/// The character, from 1, at which the byte `offset` stands: for messages.
std::size_t position(std::string_view text, std::size_t offset);

using Parsed = std::variant<Expression, SyntaxError>;

/// Any thread; never throws but std::bad_alloc. Limits: 4,096 bytes of text, 200 nodes, depth 32, 500 operands of `in`.
Parsed parse(std::string_view text);

/// Writes an expression back in its normal form; parse(print(e)) gives e again.
std::string print(const Expression&);

/// Words of the language (and, or, not, in, any, where, true, false, null), which no field may be named by.
bool is_keyword(std::string_view word);

}  // namespace eschool::rules
