#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kernel/storage/session.hpp"

namespace eschool::storage {

/// A table as both engines know it, so that one of them can make what the other has.
struct TableShape {
  struct Column {
    std::string name;
    ColumnKind kind = ColumnKind::text;  ///< integer, real or text
    bool not_null = false;
    std::string otherwise;  ///< the default value as SQL; empty: none
  };
  struct Reference {
    std::string column, table, target;
  };
  struct Index {
    std::string name;
    bool unique = false;
    std::vector<std::pair<std::string, bool>> columns;  ///< and whether it descends
    std::string where;                                  ///< SQL; empty: all rows
  };
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;                   ///< the primary key's columns
  std::vector<std::vector<std::string>> uniques;  ///< beside it
  std::vector<Reference> references;
  std::vector<Index> indexes;

  /// A single number as key: the engine gives the next one where none is given.
  bool numbered() const;
};

std::string quoted_name(std::string_view name);  ///< in double quotes, those inside doubled

/// All tables of the school, sorted by name by bytes. Throws Error for what has no counterpart on the other engine.
std::vector<TableShape> read_shapes(Session&);

/// The statements that make the tables, and those that complete them when their rows are in: indexes, references where
/// they can be added later, the next numbers.
std::vector<std::string> statements_before_rows(Engine, const std::vector<TableShape>&);
std::vector<std::string> statements_after_rows(Engine, const std::vector<TableShape>&);

}  // namespace eschool::storage
