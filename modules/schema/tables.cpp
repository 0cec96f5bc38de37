#include "schema/tables.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace eschool::schema {
namespace {

constexpr std::size_t longest_name = 63;

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

/// FNV-1a: the same on every machine and in every release, as names of indexes must be.
std::string hash(std::string_view text) {
  std::uint32_t value = 2166136261u;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  std::array<char, 9> hex{};
  std::snprintf(hex.data(), hex.size(), "%08x", value);
  return hex.data();
}

std::string key_column(const Field& field) { return field.has_key() ? field.name + "_key" : field.name; }

class IndexList {
 public:
  explicit IndexList(const Registry& registry, const std::set<std::string>& except)
      : registry_(registry), except_(except) {}

  std::map<std::string, std::string> run() {
    for (const Field& field : registry_.fields) {
      if (field.unique) add_group({field.name}, true);
      if (field.index || field.search || field.type == FieldType::reference) add_group({field.name}, false);
    }
    for (const auto& group : registry_.unique) add_group(group, true);
    for (const auto& group : registry_.identity) add_group(group, false);
    add_order();
    std::map<std::string, std::string> made;
    for (const auto& columns : unique_) make(made, columns, true);
    for (const auto& columns : plain_)
      if (!begins_another(columns)) make(made, columns, false);
    return made;
  }

 private:
  using Columns = std::vector<std::string>;

  /// An own field that has a usable column.
  const Field* own(std::string_view name) const {
    const Field* field = registry_.find(name);
    return field && field->has_column() && !except_.contains(field->id) ? field : nullptr;
  }

  void add_group(const std::vector<std::string>& names, bool unique) {
    Columns columns;
    for (const auto& name : names) {
      const Field* field = own(name);
      if (!field) return;
      columns.push_back(key_column(*field));
    }
    note(unique ? unique_ : plain_, std::move(columns));
  }

  /// What a list of everything walks along: the registry's own order, or the numbers. A facet is walked in its base's.
  void add_order() {
    Columns columns = own_order();
    if (columns.empty() && registry_.facet_of.empty()) columns = {"archived"};
    if (columns.empty()) return;
    columns.push_back("id");
    note(plain_, std::move(columns));
  }

  /// The order of the views, if it lies in own columns; else nothing.
  Columns own_order() const {
    Columns columns{"archived"};
    const std::string& order = registry_.views.sort;
    for (std::size_t begin = 0; begin < order.size();) {
      const std::size_t end = std::min(order.find(',', begin), order.size());
      std::string_view name = std::string_view(order).substr(begin, end - begin);
      const bool descending = name.starts_with('-');
      if (descending) name.remove_prefix(1);
      const Field* field = own(name);
      if (!field || field->type == FieldType::reference) return {};  // references are ordered by what they name
      columns.push_back(field->name + (field->has_key() ? "_sort" : "") + (descending ? " DESC" : ""));
      begin = end + 1;
    }
    return columns.size() > 1 ? columns : Columns{};
  }

  static void note(std::vector<Columns>& list, Columns columns) {
    if (std::find(list.begin(), list.end(), columns) == list.end()) list.push_back(std::move(columns));
  }

  bool begins_another(const Columns& columns) const {
    return std::any_of(plain_.begin(), plain_.end(), [&](const Columns& other) {
      return other.size() > columns.size() && std::equal(columns.begin(), columns.end(), other.begin());
    });
  }

  void make(std::map<std::string, std::string>& made, const Columns& columns, bool unique) const {
    Columns terms, words{unique ? "ux" : "ix", registry_.table()};
    for (const auto& column : columns) {
      const bool descending = column.ends_with(" DESC");
      const std::string name = descending ? column.substr(0, column.size() - 5) : column;
      terms.push_back(quoted(name) + (descending ? " DESC" : ""));
      words.push_back(descending ? name + "_desc" : name);
    }
    const std::string over =
        " ON " + quoted(registry_.table()) + " (" + join(terms, ", ") + ")" + (unique ? " WHERE \"archived\" = 0" : "");
    std::string name = join(words, "__");
    if (name.size() > longest_name || made.contains(name))
      name = name.substr(0, longest_name - 9) + "_" + hash(name + over);
    made.emplace(name, (unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") + quoted(name) + over);
  }

  const Registry& registry_;
  const std::set<std::string>& except_;
  std::vector<Columns> unique_, plain_;
};

}  // namespace

Storage storage_of(FieldType type) {
  switch (type) {
    case FieldType::integer:
    case FieldType::boolean:
    case FieldType::reference:
    case FieldType::file:
      return Storage::integer;
    case FieldType::decimal:
      return Storage::real;
    default:
      return Storage::text;
  }
}

std::string_view sql_type(Storage storage, Dialect dialect) {
  switch (storage) {
    case Storage::integer:
      return dialect.sqlite ? "INTEGER" : "BIGINT";
    case Storage::real:
      return dialect.sqlite ? "REAL" : "DOUBLE PRECISION";
    case Storage::text:
      break;
  }
  return dialect.sqlite ? "TEXT" : "TEXT COLLATE \"C\"";
}

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::vector<std::string> column_names(std::string_view name, FieldType type) {
  if (type == FieldType::children) return {};
  const std::string column(name);
  if (type == FieldType::text) return {column, column + "_key", column + "_sort"};
  return {column};
}

std::vector<std::string> column_definitions(const Field& field, const Catalogue& catalogue, Dialect dialect,
                                            bool with_reference) {
  std::vector<std::string> definitions;
  for (const auto& name : column_names(field.name, field.type))
    definitions.push_back(quoted(name) + " " + std::string(sql_type(storage_of(field.type), dialect)));
  if (with_reference && field.type == FieldType::reference)
    definitions.front() += " REFERENCES " + quoted(catalogue.at(field.target).table()) + "(\"id\")";
  return definitions;
}

std::string create_table(const Registry& registry, const Catalogue& catalogue, Dialect dialect) {
  const std::string integer(sql_type(Storage::integer, dialect)), text(sql_type(Storage::text, dialect));
  std::vector<std::string> columns{
      "\"id\" " + integer + (dialect.sqlite ? "" : " GENERATED BY DEFAULT AS IDENTITY") + " PRIMARY KEY",
      "\"version\" " + integer + " NOT NULL", "\"archived\" " + integer + " NOT NULL DEFAULT 0",
      "\"created_at\" " + text + " NOT NULL", "\"updated_at\" " + text + " NOT NULL"};
  for (const Field& field : registry.fields)
    // PostgreSQL knows only tables that exist: there the references are added when all do.
    for (auto& definition : column_definitions(field, catalogue, dialect, dialect.sqlite))
      columns.push_back(std::move(definition));
  return "CREATE TABLE " + quoted(registry.table()) + " (" + join(columns, ", ") + ")" +
         (dialect.sqlite ? " STRICT" : "");
}

std::map<std::string, std::string> indexes_of(const Registry& registry, const std::set<std::string>& except) {
  return IndexList(registry, except).run();
}

}  // namespace eschool::schema
