/// The empty form of a registry's file, made from its schema: nobody has to write it, and it can not be out of date.
#pragma once

#include <string>

#include "schema/catalogue.hpp"

namespace eschool::importing {

/// An XLSX with the headers that the import expects, lists to choose from where a field has values, and a sheet «Как
/// заполнять» that says of each column what it holds, with an example. Throws http::ProblemError (422
/// "not_importable").
std::string template_table(const schema::Catalogue&, const schema::Registry&);

}  // namespace eschool::importing
