/// The difference between the tables that a database has and those the catalogue declares, as steps of SQL.
///
/// Fields are known by id, so a new name is a rename. What only adds, renames or widens is automatic. What could lose
/// data waits for the administrator. A field or registry that disappears keeps its column or table, orphaned; when it
/// comes back, with the type it had, it takes its data up again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/catalogue.hpp"
#include "schema/snapshot.hpp"
#include "schema/tables.hpp"

namespace eschool::schema {

struct Change {
  enum class Kind {
    drop_index,
    create_table,
    attach_table,   ///< an orphaned table is used again; no SQL
    orphan_table,   ///< no SQL
    rename_column,  ///< also of an orphan that is in the way of a new field's name
    attach_column,  ///< no SQL
    orphan_column,  ///< no SQL
    add_column,
    widen_type,     ///< no SQL: the column holds the new type's values as it is
    add_reference,  ///< PostgreSQL only: foreign keys of new tables, which may refer to one another
    add_index,
    change_type,  ///< lossy
    drop_column,  ///< of an orphaned field
    drop_table    ///< of an orphaned registry; fails while another table refers to its records
  };
  Kind kind{};
  std::string registry;     ///< id
  std::string table;        ///< that the statements are about
  std::string field;        ///< field id, or empty
  std::string description;  ///< Russian, one line for the administrator
  std::vector<std::string> sql;
  /// The text field whose `_key` and `_sort` the kernel must fill for all rows afterwards (column name), or empty.
  std::string rebuild_keys;

  // What apply() notes in the snapshot.
  std::string name;                                 ///< of the column or index
  Snapshot::Column column;                          ///< the new type and target of change_type and widen_type
  std::map<std::string, Snapshot::Column> columns;  ///< made, by field id
};

struct Plan {
  std::vector<Change> automatic;  ///< in the order to run, in one transaction
  /// change_type of fields whose column still has the old type. After the automatic ones, in any order, and only when
  /// the administrator asks; until then the registry should not be used.
  std::vector<Change> lossy;
  /// What could be cleared away: columns and tables of fields and registries that the schema has no more. Nothing waits
  /// for it, and a plugin that is only missing for now comes back to its data, so each is asked for by name.
  std::vector<Change> drops;

  bool up_to_date() const { return automatic.empty() && lossy.empty(); }
  /// Registries that cannot be used until a `change_type` has run.
  std::vector<std::string> blocked() const;
};

/// Statements quote every name and are one each. New columns may be NULL: `required` is checked by the kernel.
/// A new unique index fails on data that has duplicates; the kernel reports it with the change's description.
Plan plan(const Snapshot& stored, const Catalogue& catalogue, Dialect dialect);

/// Notes in the snapshot that the change has been made.
void apply(Snapshot&, const Change&);

}  // namespace eschool::schema
