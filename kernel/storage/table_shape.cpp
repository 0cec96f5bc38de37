#include "kernel/storage/table_shape.hpp"

#include <algorithm>
#include <string_view>

#include "kernel/storage/row_guard.hpp"

namespace eschool::storage {

namespace {

using Names = std::vector<std::string>;

std::string list_of(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + quoted_name(name);
  return text;
}

ColumnKind kind_of(std::string_view type, const std::string& where) {
  if (type == "INTEGER" || type == "int8") return ColumnKind::integer;
  if (type == "REAL" || type == "float8") return ColumnKind::real;
  if (type == "TEXT" || type == "text") return ColumnKind::text;
  throw Error(ErrorKind::other, where + " has the type " + std::string(type) + ", which the other engine lacks");
}

/// Names that a query has put together with a separator that no name has.
Names split(std::string_view text) {
  Names names;
  while (!text.empty()) {
    const auto end = std::min(text.find('\x1f'), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

// --- SQLite
// -----------------------------------------------------------------------------------------------------------

void read_sqlite_columns(Session& session, TableShape& table) {
  auto row = session.prepare("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?) ORDER BY cid");
  row.bind(1, table.name);
  std::vector<std::pair<std::int64_t, std::string>> key;
  while (row.step()) {
    const std::string name(row.text(0));
    table.columns.push_back(
        {name, kind_of(row.text(1), table.name + "." + name), row.integer(2) != 0, std::string(row.text(3))});
    if (row.integer(4)) key.emplace_back(row.integer(4), name);
  }
  std::sort(key.begin(), key.end());
  for (auto& [place, name] : key) table.key.push_back(std::move(name));
}

void read_sqlite_indexes(Session& session, TableShape& table) {
  auto list = session.prepare(
      "SELECT l.name, l.\"unique\", l.origin, s.sql FROM pragma_index_list(?) l LEFT JOIN sqlite_schema s ON s.type ="
      " 'index' AND s.name = l.name ORDER BY l.name");
  list.bind(1, table.name);
  while (list.step()) {
    if (list.text(2) == "pk") continue;
    TableShape::Index index{std::string(list.text(0)), list.integer(1) != 0, {}, {}};
    auto columns = session.prepare("SELECT name, \"desc\" FROM pragma_index_xinfo(?) WHERE \"key\" = 1 ORDER BY seqno");
    columns.bind(1, index.name);
    while (columns.step()) {
      if (columns.null(0)) throw Error(ErrorKind::other, "the index " + index.name + " is over an expression");
      index.columns.emplace_back(columns.text(0), columns.integer(1) != 0);
    }
    if (list.text(2) == "u") {
      Names& names = table.uniques.emplace_back();
      for (const auto& column : index.columns) names.push_back(column.first);
      continue;
    }
    const auto sql = list.text(3);
    if (const auto where = sql.rfind(" WHERE "); where != std::string_view::npos) index.where = sql.substr(where + 7);
    table.indexes.push_back(std::move(index));
  }
}

std::vector<TableShape> read_sqlite(Session& session) {
  std::vector<TableShape> tables;
  auto names = session.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name");
  while (names.step()) {
    TableShape table;
    table.name = names.text(0);
    read_sqlite_columns(session, table);
    read_sqlite_indexes(session, table);
    auto references =
        session.prepare("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq");
    references.bind(1, table.name);
    while (references.step())
      table.references.push_back({std::string(references.text(0)), std::string(references.text(1)),
                                  references.null(2) ? std::string("id") : std::string(references.text(2))});
    tables.push_back(std::move(table));
  }
  return tables;
}

// --- PostgreSQL
// -------------------------------------------------------------------------------------------------------

constexpr std::string_view of_table =
    " JOIN pg_class c ON c.oid = x.{} JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()"
    " AND c.relname = ?";

std::string of(std::string_view column) {
  std::string text(of_table);
  return text.replace(text.find("{}"), 2, column);
}

/// An expression as PostgreSQL prints it, without its casts: 'x'::text, (0)::double precision. Casts inside of quotes
/// stay.
std::string without_casts(std::string_view expression) {
  std::string text;
  bool quoted = false;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    if (expression[at] == '\'') quoted = !quoted;
    if (quoted || expression.substr(at, 2) != "::") {
      text += expression[at];
      continue;
    }
    auto end = at + 2;
    while (end < expression.size() && ((expression[end] >= 'a' && expression[end] <= 'z') || expression[end] == '"'))
      ++end;
    if (expression.substr(at, end - at) == "::double") end += std::string_view(" precision").size();
    at = end - 1;
  }
  return text;
}

void read_postgres_columns(Session& session, TableShape& table) {
  auto row = session.prepare(
      "SELECT x.attname, t.typname, x.attnotnull, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE"
      " d.adrelid = x.attrelid AND d.adnum = x.attnum) FROM pg_attribute x JOIN pg_type t ON t.oid = x.atttypid" +
      of("attrelid") + " AND x.attnum > 0 AND NOT x.attisdropped ORDER BY x.attnum");
  row.bind(1, table.name);
  while (row.step()) {
    const std::string name(row.text(0));
    table.columns.push_back(
        {name, kind_of(row.text(1), table.name + "." + name), row.integer(2) != 0, without_casts(row.text(3))});
  }
}

void read_postgres_constraints(Session& session, TableShape& table) {
  const std::string names_in =
      "(SELECT string_agg(a.attname::text, chr(31) ORDER BY k.n) FROM unnest(x.{1}) WITH ORDINALITY k(num, n) JOIN"
      " pg_attribute a ON a.attrelid = x.{2} AND a.attnum = k.num)";
  const auto names = [&](const char* numbers, const char* relation) {
    auto text = names_in;
    text.replace(text.find("{1}"), 3, numbers);
    return text.replace(text.find("{2}"), 3, relation);
  };
  auto row =
      session.prepare("SELECT x.contype::text, " + names("conkey", "conrelid") +
                      ", (SELECT r.relname FROM pg_class r WHERE r.oid = x.confrelid), " +
                      names("confkey", "confrelid") + " FROM pg_constraint x" + of("conrelid") + " ORDER BY x.conname");
  row.bind(1, table.name);
  while (row.step()) {
    auto columns = split(row.text(1));
    if (row.text(0) == "p")
      table.key = std::move(columns);
    else if (row.text(0) == "u")
      table.uniques.push_back(std::move(columns));
    else if (row.text(0) == "f")
      table.references.push_back({columns.at(0), std::string(row.text(2)), split(row.text(3)).at(0)});
  }
}

void read_postgres_indexes(Session& session, TableShape& table) {
  auto row = session.prepare(
      "SELECT (SELECT i.relname FROM pg_class i WHERE i.oid = x.indexrelid), x.indisunique, pg_get_expr(x.indpred,"
      " x.indrelid), (SELECT string_agg((k.opt & 1)::text || a.attname, chr(31) ORDER BY k.n) FROM"
      " unnest(x.indkey::int2[], x.indoption::int2[]) WITH ORDINALITY k(num, opt, n) JOIN pg_attribute a ON a.attrelid"
      " = x.indrelid AND a.attnum = k.num) FROM pg_index x" +
      of("indrelid") +
      " AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = x.indexrelid) ORDER BY x.indexrelid");
  row.bind(1, table.name);
  while (row.step()) {
    TableShape::Index index{std::string(row.text(0)), row.integer(1) != 0, {}, without_casts(row.text(2))};
    for (const auto& column : split(row.text(3))) index.columns.emplace_back(column.substr(1), column[0] == '1');
    table.indexes.push_back(std::move(index));
  }
}

std::vector<TableShape> read_postgres(Session& session) {
  std::vector<TableShape> tables;
  auto names = session.prepare(
      "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ="
      " current_schema() AND c.relkind = 'r' AND c.relname <> ? ORDER BY c.relname::text COLLATE \"C\"");
  names.bind(1, reach_table);
  while (names.step()) {
    TableShape table;
    table.name = names.text(0);
    read_postgres_columns(session, table);
    read_postgres_constraints(session, table);
    read_postgres_indexes(session, table);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string type_of(Engine engine, ColumnKind kind) {
  const bool sqlite = engine == Engine::sqlite;
  if (kind == ColumnKind::integer) return sqlite ? "INTEGER" : "BIGINT";
  if (kind == ColumnKind::real) return sqlite ? "REAL" : "DOUBLE PRECISION";
  return sqlite ? "TEXT" : "TEXT COLLATE \"C\"";
}

std::string create_table(Engine engine, const TableShape& table) {
  const bool sqlite = engine == Engine::sqlite;
  std::string sql = "CREATE TABLE " + quoted_name(table.name) + " (";
  bool first = true;
  for (const auto& column : table.columns) {
    sql += (first ? "" : ", ") + quoted_name(column.name) + " " + type_of(engine, column.kind);
    first = false;
    if (table.numbered() && column.name == table.key[0])
      sql += sqlite ? " PRIMARY KEY" : " GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
    else if (column.not_null)
      sql += " NOT NULL";
    if (!column.otherwise.empty()) sql += " DEFAULT " + column.otherwise;
    if (!sqlite) continue;
    for (const auto& reference : table.references)
      if (reference.column == column.name)
        sql += " REFERENCES " + quoted_name(reference.table) + " (" + quoted_name(reference.target) + ")";
  }
  if (!table.key.empty() && !table.numbered()) sql += ", PRIMARY KEY (" + list_of(table.key) + ")";
  for (const auto& names : table.uniques) sql += ", UNIQUE (" + list_of(names) + ")";
  return sql + ")" + (sqlite ? " STRICT" : "");
}

}  // namespace

std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

bool TableShape::numbered() const {
  return key.size() == 1 && std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
           return column.name == key[0] && column.kind == ColumnKind::integer;
         });
}

std::vector<TableShape> read_shapes(Session& session) {
  return session.engine() == Engine::sqlite ? read_sqlite(session) : read_postgres(session);
}

std::vector<std::string> statements_before_rows(Engine engine, const std::vector<TableShape>& tables) {
  std::vector<std::string> statements;
  for (const auto& table : tables) statements.push_back(create_table(engine, table));
  return statements;
}

std::vector<std::string> statements_after_rows(Engine engine, const std::vector<TableShape>& tables) {
  std::vector<std::string> statements;
  for (const auto& table : tables) {
    for (const auto& index : table.indexes) {
      std::string columns;
      for (const auto& [name, descends] : index.columns)
        columns += (columns.empty() ? "" : ", ") + quoted_name(name) + (descends ? " DESC" : "");
      statements.push_back(std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " +
                           quoted_name(index.name) + " ON " + quoted_name(table.name) + " (" + columns + ")" +
                           (index.where.empty() ? "" : " WHERE " + index.where));
    }
    if (engine == Engine::sqlite) continue;
    for (const auto& reference : table.references)
      statements.push_back("ALTER TABLE " + quoted_name(table.name) + " ADD FOREIGN KEY (" +
                           quoted_name(reference.column) + ") REFERENCES " + quoted_name(reference.table) + " (" +
                           quoted_name(reference.target) + ")");
    // Rows that came with their numbers did not move the sequence.
    if (table.numbered()) {
      const auto key = quoted_name(table.key[0]), name = quoted_name(table.name);
      std::string literal;
      for (const char c : name) literal += c == '\'' ? std::string("''") : std::string(1, c);
      statements.push_back("SELECT setval(pg_get_serial_sequence('" + literal + "', '" + table.key[0] + "'), max(" +
                           key + ")) FROM " + name + " HAVING max(" + key + ") IS NOT NULL");
    }
  }
  return statements;
}

}  // namespace eschool::storage
