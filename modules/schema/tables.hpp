/// How registries lie in tables: columns, types and indexes, as SQL that SQLite and PostgreSQL both take.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalogue.hpp"

namespace eschool::schema {

/// Which engine the statements are for.
struct Dialect {
  bool sqlite = true;  ///< false: PostgreSQL
};

/// How an engine keeps the values of a type. Types of one storage can stand in one column.
enum class Storage { integer, real, text };
Storage storage_of(FieldType);
std::string_view sql_type(Storage, Dialect);

std::string quoted(std::string_view name);  ///< in double quotes; names of the schema have none inside

/// The names of the columns that a field has: one, three for text, none for children.
std::vector<std::string> column_names(std::string_view name, FieldType type);
/// The same as definitions: `"class" INTEGER REFERENCES "school_class"("id")`. On PostgreSQL text is kept and compared
/// by bytes (COLLATE "C"), as on SQLite.
std::vector<std::string> column_definitions(const Field&, const Catalogue&, Dialect, bool with_reference);
std::string create_table(const Registry&, const Catalogue&, Dialect);

/// The indexes that a registry's table should have, name to statement, without those over the fields of `except` (ids).
/// Names are at most 63 bytes.
///  - each reference and each field with `index`; searched text by its key
///  - unique fields and groups, among records not archived
///  - the default order of the list, behind `archived` and before `id`, where its columns are the table's own; where
///  they are not,
///    the numbers behind `archived` (a facet has neither: it is walked in its base's order)
///  - identity groups of own fields, text by its key
/// One whose columns begin another is left out.
std::map<std::string, std::string> indexes_of(const Registry&, const std::set<std::string>& except);

}  // namespace eschool::schema
