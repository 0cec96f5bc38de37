/// From an expression of the rules language to a condition of SQL, with access applied on the way.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernel/storage/value.hpp"
#include "rules/expression.hpp"
#include "schema/catalogue.hpp"

namespace eschool::access {

/// A bound parameter: a value, or a variable that each execution fills in (@me, @today).
using Bind = std::variant<storage::Value, rules::Variable>;

/// SQL text with `?` parameters and their binds in the order of the text.
struct Sql {
  std::string text;
  std::vector<Bind> binds;

  Sql& operator<<(std::string_view part) { return text += part, *this; }
  Sql& operator<<(const Sql& part) {
    text += part.text;
    binds.insert(binds.end(), part.binds.begin(), part.binds.end());
    return *this;
  }
  Sql& bind(Bind value) {
    text += '?';
    binds.push_back(std::move(value));
    return *this;
  }
};

/// A condition that may be known without asking the database.
struct Condition {
  enum class Kind { always, never, depends } kind = Kind::never;
  Sql sql;  ///< of `depends`

  static Condition always() { return {Kind::always, {}}; }
  static Condition never() { return {Kind::never, {}}; }
  bool is_never() const { return kind == Kind::never; }
  bool is_always() const { return kind == Kind::always; }
  /// As SQL in any case: "1=1", "1=0" or the condition in parentheses.
  Sql as_sql() const;
};
Condition any_of(std::vector<Condition>);
Condition all_of(std::vector<Condition>);

/// How the rows of a registry are addressed in the statement: a facet's base is always joined beside it.
struct Source {
  const schema::Registry* registry = nullptr;
  std::string alias;
  std::string base_alias;  ///< of a facet

  /// `alias."name"`, from the facet's own table or its base's.
  std::string column(const schema::Catalogue&, const schema::Field&, std::string_view suffix = "") const;
  /// "people_student" t JOIN "people_person" tb ON tb.id = t."person"
  std::string from(const schema::Catalogue&) const;
};
Source source(const schema::Catalogue&, const schema::Registry&, std::string alias);

/// What the caller may see, asked at every step of a filter. Rules of the school's own relations are compiled without
/// one.
class Guard {
 public:
  virtual ~Guard() = default;
  /// Under which condition the caller reads the row at all.
  virtual Condition rows(const Source&) = 0;
  /// Under which condition the caller reads the field of a row that he reads.
  virtual Condition field(const Source&, const schema::Field&) = 0;
};

/// A filter that can not be compiled: unknown or unreadable field, wrong type. The text is Russian.
struct FilterError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class PredicateCompiler {
 public:
  /// `guard` may be null: then nothing is hidden. `scope` is the value of @scope.
  PredicateCompiler(const schema::Catalogue& catalogue, Guard* guard, std::optional<Bind> scope = {})
      : catalogue_(catalogue), guard_(guard), scope_(std::move(scope)) {}

  /// Throws FilterError.
  Sql compile(const rules::Expression&, const Source&);

 private:
  void node(const rules::Expression&, const Source&, Sql&);
  void test(const rules::Expression&, const Source&, std::size_t step, Sql&);
  void any(const rules::Expression&, const Source&, Sql&);
  bool any_of_several(const rules::Expression&, const Source&, Sql&);
  /// Writes the records that an `any` finds; answers the column whose value must be among them.
  std::string any_query(const rules::Expression&, const Source&, Sql&);
  void comparison(const rules::Expression&, const schema::Field&, const std::string& column, const std::string& key,
                  const std::string& sort, Sql&);
  Bind operand(const rules::Operand&, const schema::Field&, std::string_view use);
  Source subquery(const schema::Registry&);
  void guarded_rows(const Source&, Sql&);

  const schema::Catalogue& catalogue_;
  Guard* guard_;
  std::optional<Bind> scope_;
  int aliases_ = 0;
};

}  // namespace eschool::access
