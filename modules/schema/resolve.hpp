/// Follows dotted paths through references, and checks rules against the catalogue.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rules/expression.hpp"
#include "schema/catalogue.hpp"

namespace eschool::schema {

/// One column on the way. Every step but the last is a reference, and the next step's owner is its target.
struct Step {
  const Registry* owner = nullptr;  ///< whose table has the column
  const Field* field = nullptr;     ///< nullptr: a column of the kernel (id, version, archived, created_at, updated_at)
  std::string name;                 ///< of the column
};

/// The steps, or what is wrong, in Russian.
using Resolved = std::variant<std::vector<Step>, std::string>;

/// Resolves a path from `root`. A base's field named on a facet gives two steps, facet_by and the field, so that
/// "surname" and "person.surname" of a student are the same. Kernel columns stand only at the end and are the facet's
/// own. Children have no column and are no step.
Resolved resolve(const Catalogue&, const Registry& root, const std::vector<std::string>& path);
/// The same for "student.birth_date".
Resolved resolve_dotted(const Catalogue&, const Registry& root, std::string_view path);

/// Where `any registry.field where (...)` over a record of some registry looks.
struct AnyTarget {
  const Registry* registry = nullptr;  ///< whose records are looked through
  const Field* field = nullptr;        ///< its reference that points back
  bool to_base = false;                ///< the reference points to the base of the registry asked about, not to it
};
/// The reference must point at `root` or at the base of `root`. A reference to a facet of `root` is refused: the rule
/// names the facet itself, `any people.student.person where (any ...student where (...))`.
std::variant<AnyTarget, std::string> resolve_any(const Catalogue&, const Registry& root, const rules::Expression& any);

/// What is wrong in an expression over records of `root`, in Russian, or nothing: unknown names, `any` of something
/// that does not refer here, a bare path that is not a boolean.
std::optional<std::string> check_rule(const Catalogue&, const Registry& root, const rules::Expression&);
/// Parses first; the message tells the position.
std::optional<std::string> check_rule(const Catalogue&, const Registry& root, std::string_view rule);

/// Field names of a display template: "{surname} {given_name}" gives two. std::nullopt: braces do not match or are
/// empty.
std::optional<std::vector<std::string>> template_fields(std::string_view text);

}  // namespace eschool::schema
