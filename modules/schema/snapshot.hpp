/// What the tables of one database hold, as the kernel remembers it between starts. The plan compares it with the
/// catalogue; the database itself is not asked.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "schema/model.hpp"

namespace eschool::schema {

struct Snapshot {
  struct Column {
    std::string name;
    FieldType type = FieldType::text;
    std::string target;     ///< of a reference: registry id
    bool orphaned = false;  ///< the schema has the field no more; its data stays
  };
  struct Table {
    std::string name;
    bool orphaned = false;                       ///< the schema has the registry no more; its data stays
    std::map<std::string, Column> columns;       ///< by field id
    std::map<std::string, std::string> indexes;  ///< by name: the statement that makes it
  };
  std::map<std::string, Table> tables;  ///< by registry id
};

/// As JSON, the same text for the same snapshot.
std::string serialise(const Snapshot&);
/// "" gives an empty snapshot. Throws std::runtime_error (Russian) for a text that serialise() did not write.
Snapshot parse_snapshot(std::string_view json);

}  // namespace eschool::schema
