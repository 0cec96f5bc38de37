#include "schema/plan.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "schema/names.hpp"

namespace eschool::schema {
namespace {

using Kind = Change::Kind;

std::string alter(std::string_view table) { return "ALTER TABLE " + quoted(table) + " "; }

std::vector<std::string> rename_sql(std::string_view table, std::string_view from, std::string_view to,
                                    FieldType type) {
  const auto before = column_names(from, type), after = column_names(to, type);
  std::vector<std::string> sql;
  for (std::size_t i = 0; i < before.size(); ++i)
    sql.push_back(alter(table) + "RENAME COLUMN " + quoted(before[i]) + " TO " + quoted(after[i]));
  return sql;
}

std::vector<std::string> drop_sql(std::string_view table, std::string_view name, FieldType type) {
  std::vector<std::string> sql;
  for (const auto& column : column_names(name, type)) sql.push_back(alter(table) + "DROP COLUMN " + quoted(column));
  return sql;
}

Snapshot::Column column_for(const Field& field) {
  return {field.name, field.type, field.type == FieldType::reference ? field.target : std::string(), false};
}

bool holds(const Snapshot::Column& column, const Field& field) {
  return column.type == field.type && column.target == column_for(field).target;
}

/// The column holds every value of the old type as a value of the new one.
bool widens(FieldType from, FieldType to) {
  if (to == FieldType::longtext) return storage_of(from) == Storage::text && from != FieldType::json;
  return from == FieldType::boolean && to == FieldType::integer;
}

/// SQL that makes a value of the new type of the old column, or nothing when there is no sure way.
std::optional<std::string> converted(const std::string& column, FieldType from, const Field& field, Dialect dialect) {
  const Storage before = storage_of(from), after = storage_of(field.type);
  const auto cast = [&](const std::string& what) {
    return "CAST(" + what + " AS " + std::string(sql_type(after, {dialect.sqlite})) + ")";
  };
  if (field.type == FieldType::text || field.type == FieldType::longtext)
    return before == Storage::text ? column : "CAST(" + column + " AS TEXT)";
  if (field.type == FieldType::decimal && from == FieldType::integer) return cast(column);
  if (field.type == FieldType::integer && from == FieldType::decimal) return cast("ROUND(" + column + ")");
  if (field.type == FieldType::enumeration && before == Storage::text) {
    std::string list;
    for (const auto& value : field.values) list += (list.empty() ? "'" : ", '") + value.id + "'";
    return "CASE WHEN " + column + " IN (" + list + ") THEN " + column + " END";
  }
  return std::nullopt;
}

/// A name that no field can have, for columns that must make way.
std::string parked(std::string_view word, const std::string& field_id) {
  std::string name = std::string(word) + "__" + field_id;
  std::replace(name.begin(), name.end(), '.', '_');
  return name.substr(0, 55);
}

class Planner {
 public:
  Planner(const Snapshot& stored, const Catalogue& catalogue, Dialect dialect)
      : now_(stored), catalogue_(catalogue), dialect_(dialect) {}

  Plan run() {
    for (const auto& registry : catalogue_.registries()) plan(*registry);
    orphan_tables();
    std::stable_sort(plan_.automatic.begin(), plan_.automatic.end(),
                     [](const Change& a, const Change& b) { return a.kind < b.kind; });
    plan_the_rest();
    return std::move(plan_);
  }

 private:
  static std::string field_text(const Registry& registry, const Field& field) {
    return "«" + field.label + "» (" + registry.id + "." + field.name + ")";
  }

  Change change(Kind kind, const std::string& registry, std::string field, std::string description) const {
    Change made;
    made.kind = kind;
    made.registry = registry;
    const auto stored = now_.tables.find(registry);
    made.table = stored == now_.tables.end() ? catalogue_.at(registry).table() : stored->second.name;
    made.field = std::move(field);
    made.description = std::move(description);
    return made;
  }

  void add(Change made) {
    apply(now_, made);
    plan_.automatic.push_back(std::move(made));
  }

  Snapshot::Table& table(const Registry& registry) { return now_.tables.at(registry.id); }

  void plan(const Registry& registry) {
    const auto stored = now_.tables.find(registry.id);
    if (stored == now_.tables.end()) {
      create(registry);
    } else {
      if (stored->second.orphaned)
        add(change(Kind::attach_table, registry.id, {},
                   "Вернуть таблицу реестра «" + registry.label + "» с её данными"));
      orphan_columns(registry);
      park_orphans(registry);
      rename_columns(registry);
      for (const Field& field : registry.fields)
        if (field.has_column()) bring_column(registry, field);
    }
    bring_indexes(registry);
  }

  void create(const Registry& registry) {
    Change made = change(Kind::create_table, registry.id, {}, "Создать таблицу реестра «" + registry.label + "»");
    made.sql.push_back(create_table(registry, catalogue_, dialect_));
    for (const Field& field : registry.fields)
      if (field.has_column()) made.columns[field.id] = column_for(field);
    add(std::move(made));
    if (dialect_.sqlite) return;
    Change references =
        change(Kind::add_reference, registry.id, {}, "Связать таблицу реестра «" + registry.label + "»");
    for (const Field& field : registry.fields)
      if (field.type == FieldType::reference)
        references.sql.push_back(alter(registry.table()) + "ADD FOREIGN KEY (" + quoted(field.name) + ") REFERENCES " +
                                 quoted(catalogue_.at(field.target).table()) + "(\"id\")");
    if (!references.sql.empty()) add(std::move(references));
  }

  static const Field* field_by_id(const Registry& registry, const std::string& id) {
    for (const Field& field : registry.fields)
      if (field.id == id && field.has_column()) return &field;
    return nullptr;
  }

  void orphan_columns(const Registry& registry) {
    const auto columns = table(registry).columns;  // a copy: add() changes the table
    for (const auto& [id, column] : columns)
      if (!column.orphaned && !field_by_id(registry, id))
        add(change(Kind::orphan_column, registry.id, id,
                   "Поле " + registry.id + "." + column.name + " убрано из схемы; его данные остаются в базе"));
  }

  void rename(const Registry& registry, const std::string& id, const std::string& to, std::string description) {
    const Snapshot::Column& column = table(registry).columns.at(id);
    Change made = change(Kind::rename_column, registry.id, id, std::move(description));
    made.name = to;
    made.sql = rename_sql(registry.table(), column.name, to, column.type);
    add(std::move(made));
  }

  /// Gives way to fields that want the name of an orphaned column.
  void park_orphans(const Registry& registry) {
    std::set<std::string> wanted;
    for (const Field& field : registry.fields) wanted.merge(names_of(field.name, field.type));
    const auto columns = table(registry).columns;
    for (const auto& [id, column] : columns) {
      if (!column.orphaned || field_by_id(registry, id) || !meets(names_of(column.name, column.type), wanted)) continue;
      rename(registry, id, parked("old", id),
             "Освободить имя " + registry.id + "." + column.name + ", занятое данными убранного поля");
    }
  }

  static std::set<std::string> names_of(std::string_view name, FieldType type) {
    const auto names = column_names(name, type);
    return {names.begin(), names.end()};
  }

  static bool meets(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](const auto& name) { return b.contains(name); });
  }

  bool taken_by_another(const Registry& registry, const std::string& id, const std::string& name, FieldType type) {
    const auto names = names_of(name, type);
    for (const auto& [other, column] : table(registry).columns)
      if (other != id && meets(names, names_of(column.name, column.type))) return true;
    return false;
  }

  void rename_columns(const Registry& registry) {
    std::vector<const Field*> left;
    for (const Field& field : registry.fields) {
      const auto& columns = table(registry).columns;
      const auto column = columns.find(field.id);
      if (field.has_column() && column != columns.end() && column->second.name != field.name) left.push_back(&field);
    }
    while (!left.empty()) {
      const auto free = std::find_if(left.begin(), left.end(), [&](const Field* field) {
        return !taken_by_another(registry, field->id, field->name, table(registry).columns.at(field->id).type);
      });
      if (free == left.end()) {
        // Fields that exchange names: one steps aside.
        const Field& field = *left.front();
        if (table(registry).columns.at(field.id).name == parked("moving", field.id)) return;
        rename(registry, field.id, parked("moving", field.id), "Переименовать поле " + field_text(registry, field));
        std::rotate(left.begin(), left.begin() + 1, left.end());
        continue;
      }
      const Field& field = **free;
      rename(registry, field.id, field.name,
             "Переименовать поле " + field_text(registry, field) + ", прежде " +
                 table(registry).columns.at(field.id).name);
      left.erase(free);
    }
  }

  void bring_column(const Registry& registry, const Field& field) {
    const auto& columns = table(registry).columns;
    const auto column = columns.find(field.id);
    if (column == columns.end()) return add_column(registry, field);
    if (column->second.orphaned)
      add(change(Kind::attach_column, registry.id, field.id,
                 "Вернуть поле " + field_text(registry, field) + " с его данными"));
    if (holds(column->second, field) || !widens(column->second.type, field.type)) return;
    Change made =
        change(Kind::widen_type, registry.id, field.id,
               "Расширить тип поля " + field_text(registry, field) + " до " + std::string(type_name(field.type)));
    made.column = column_for(field);
    if (column->second.type == FieldType::text)  // the keys go, the text stays
      for (const char* suffix : {"_key", "_sort"})
        made.sql.push_back(alter(registry.table()) + "DROP COLUMN " + quoted(field.name + suffix));
    add(std::move(made));
  }

  void add_column(const Registry& registry, const Field& field) {
    Change made = change(Kind::add_column, registry.id, field.id, "Добавить поле " + field_text(registry, field));
    for (const auto& definition : column_definitions(field, catalogue_, dialect_, true))
      made.sql.push_back(alter(registry.table()) + "ADD COLUMN " + definition);
    made.columns[field.id] = column_for(field);
    add(std::move(made));
  }

  /// Fields whose column still has another type.
  std::set<std::string> pending(const Registry& registry) {
    std::set<std::string> ids;
    for (const auto& [id, column] : table(registry).columns)
      if (const Field* field = field_by_id(registry, id); field && !holds(column, *field)) ids.insert(id);
    return ids;
  }

  void bring_indexes(const Registry& registry) {
    const auto wanted = indexes_of(registry, pending(registry));
    const auto stored = table(registry).indexes;
    for (const auto& [name, sql] : stored) {
      const auto same = wanted.find(name);
      if (same != wanted.end() && same->second == sql) continue;
      Change made = change(Kind::drop_index, registry.id, {}, "Убрать индекс " + name);
      made.name = name;
      made.sql.push_back("DROP INDEX " + quoted(name));
      add(std::move(made));
    }
    const auto kept = table(registry).indexes;
    for (const auto& [name, sql] : wanted) {
      if (kept.contains(name)) continue;
      const bool unique = sql.starts_with("CREATE UNIQUE");
      Change made = change(Kind::add_index, registry.id, {},
                           (unique ? "Запретить повторы в реестре «" : "Ускорить поиск в реестре «") + registry.label +
                               "»: индекс " + name);
      made.name = name;
      made.sql.push_back(sql);
      add(std::move(made));
    }
  }

  void orphan_tables() {
    const auto tables = now_.tables;
    for (const auto& [id, stored] : tables)
      if (!stored.orphaned && !catalogue_.find(id))
        add(change(Kind::orphan_table, id, {}, "Реестр " + id + " убран из схемы; его данные остаются в базе"));
  }

  void plan_the_rest() {
    for (const auto& [id, stored] : now_.tables) {
      if (stored.orphaned) {
        Change made = change(Kind::drop_table, id, {}, "Удалить таблицу убранного реестра " + id + " со всеми данными");
        made.sql.push_back("DROP TABLE " + quoted(stored.name));
        plan_.drops.push_back(std::move(made));
        continue;
      }
      const Registry& registry = catalogue_.at(id);
      for (const auto& [field_id, column] : stored.columns) {
        if (column.orphaned) {
          Change made =
              change(Kind::drop_column, id, field_id, "Удалить данные убранного поля " + id + "." + column.name);
          made.sql = drop_sql(stored.name, column.name, column.type);
          plan_.drops.push_back(std::move(made));
        } else if (const Field* field = field_by_id(registry, field_id); field && !holds(column, *field)) {
          plan_.lossy.push_back(change_type(registry, *field, column));
        }
      }
    }
  }

  static std::string type_text(const Snapshot::Column& column) {
    return std::string(type_name(column.type)) + (column.target.empty() ? "" : " " + column.target);
  }

  Change change_type(const Registry& registry, const Field& field, const Snapshot::Column& column) {
    const auto value = converted(quoted(column.name), column.type, field, dialect_);
    Change made =
        change(Kind::change_type, registry.id, field.id,
               "Сменить тип поля " + field_text(registry, field) + " с " + type_text(column) + " на " +
                   type_text(column_for(field)) +
                   (value ? "; значения, которые новый тип не вмещает, пропадут" : "; прежние значения пропадут"));
    Field moving = field;
    moving.name = parked("moving", field.id);
    for (const auto& definition : column_definitions(moving, catalogue_, dialect_, true))
      made.sql.push_back(alter(registry.table()) + "ADD COLUMN " + definition);
    if (value)
      made.sql.push_back("UPDATE " + quoted(registry.table()) + " SET " + quoted(moving.name) + " = " + *value);
    for (auto& sql : drop_sql(registry.table(), column.name, column.type)) made.sql.push_back(std::move(sql));
    for (auto& sql : rename_sql(registry.table(), moving.name, field.name, field.type))
      made.sql.push_back(std::move(sql));
    made.column = column_for(field);
    if (field.has_key() && value) made.rebuild_keys = field.name;
    return made;
  }

  Snapshot now_;  ///< what the database will be after the changes planned so far
  const Catalogue& catalogue_;
  Dialect dialect_;
  Plan plan_;
};

}  // namespace

std::vector<std::string> Plan::blocked() const {
  std::set<std::string> ids;
  for (const auto& change : lossy)
    if (change.kind == Kind::change_type) ids.insert(change.registry);
  return {ids.begin(), ids.end()};
}

Plan plan(const Snapshot& stored, const Catalogue& catalogue, Dialect dialect) {
  return Planner(stored, catalogue, dialect).run();
}

void apply(Snapshot& snapshot, const Change& change) {
  if (change.kind == Kind::create_table) {
    snapshot.tables[change.registry] = {change.table, false, change.columns, {}};
    return;
  }
  if (change.kind == Kind::drop_table) {
    snapshot.tables.erase(change.registry);
    return;
  }
  Snapshot::Table& table = snapshot.tables.at(change.registry);
  switch (change.kind) {
    case Kind::attach_table:
      table.orphaned = false;
      break;
    case Kind::orphan_table:
      table.orphaned = true;
      break;
    case Kind::drop_index:
      table.indexes.erase(change.name);
      break;
    case Kind::add_index:
      table.indexes[change.name] = change.sql.at(0);
      break;
    case Kind::rename_column:
      table.columns.at(change.field).name = change.name;
      break;
    case Kind::attach_column:
      table.columns.at(change.field).orphaned = false;
      break;
    case Kind::orphan_column:
      table.columns.at(change.field).orphaned = true;
      break;
    case Kind::add_column:
      table.columns.insert(change.columns.begin(), change.columns.end());
      break;
    case Kind::widen_type:
    case Kind::change_type:
      table.columns.at(change.field).type = change.column.type;
      table.columns.at(change.field).target = change.column.target;
      break;
    case Kind::drop_column:
      table.columns.erase(change.field);
      break;
    case Kind::create_table:
    case Kind::drop_table:
    case Kind::add_reference:
      break;
  }
}

}  // namespace eschool::schema
