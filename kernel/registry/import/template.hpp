/// The empty form of a registry's file, made from its schema: nobody has to write it, and it can not be out of date.
#pragma once

#include <string>
#include <vector>

#include "schema/catalogue.hpp"

namespace eschool::importing {

/// An XLSX with the headers that the import expects, lists to choose from where a field has values, and a sheet «Как
/// заполнять» that says of each column what it holds, with an example. Throws http::ProblemError (422
/// "not_importable").
std::string template_table(const schema::Catalogue&, const schema::Registry&);

/// One column of the file, in Russian.
struct ColumnGuide {
  std::string header;
  bool required = false;
  std::string what;     ///< what to write
  std::string choices;  ///< values to choose from, by commas; empty: any
  std::string example;  ///< may be empty
};

/// What «Как заполнять» says, in the order of the columns. Of an importable registry.
std::vector<ColumnGuide> column_guide(const schema::Catalogue&, const schema::Registry&);

}  // namespace eschool::importing
