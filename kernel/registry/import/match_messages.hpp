/// What is said when the search for a record does not end with exactly one. Pure texts, Russian.
#pragma once

#include <functional>
#include <string>

#include "kernel/registry/import/cell_value.hpp"
#include "kernel/registry/import/identity.hpp"

namespace eschool::importing {

/// Names a candidate for the caller: its display, perhaps with the row of the file that made it.
using Describe = std::function<std::string(const Candidate&)>;

/// The error of a match that is neither found nor none.
CellNote match_error(const schema::Catalogue&, const schema::Registry&, const Identity&, const Match&,
                     const registry::Values& given, const Describe&);

/// «Иванов Иван Петрович, Дата рождения 01.02.2014»: what a row says of a record. References are left out.
std::string describe_given(const schema::Catalogue&, const schema::Registry&, const registry::Values& given);

/// The value as a person reads it: dates by day, enumerations by label.
std::string shown_value(const schema::Field&, const storage::Value&);

}  // namespace eschool::importing
