#include "schema/snapshot.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "schema/names.hpp"

namespace eschool::schema {
namespace {

namespace json = boost::json;

constexpr std::int64_t format = 1;

Snapshot::Column column_from(const json::object& object) {
  Snapshot::Column column;
  column.name = object.at("name").as_string();
  const auto type = type_by_name(object.at("type").as_string());
  if (!type) throw std::runtime_error("неизвестный тип");
  column.type = *type;
  if (const auto* target = object.if_contains("target")) column.target = target->as_string();
  column.orphaned = object.contains("orphaned");
  return column;
}

Snapshot::Table table_from(const json::object& object) {
  Snapshot::Table table;
  table.name = object.at("table").as_string();
  table.orphaned = object.contains("orphaned");
  for (const auto& [id, column] : object.at("fields").as_object())
    table.columns.emplace(std::string(id), column_from(column.as_object()));
  for (const auto& [name, sql] : object.at("indexes").as_object())
    table.indexes.emplace(std::string(name), std::string(sql.as_string()));
  return table;
}

json::object to_json(const Snapshot::Table& table) {
  json::object fields, indexes;
  for (const auto& [id, column] : table.columns) {
    json::object& field = fields[id].emplace_object();
    field["name"] = column.name;
    field["type"] = type_name(column.type);
    if (!column.target.empty()) field["target"] = column.target;
    if (column.orphaned) field["orphaned"] = true;
  }
  for (const auto& [name, sql] : table.indexes) indexes[name] = sql;
  json::object object{{"table", table.name}, {"fields", std::move(fields)}, {"indexes", std::move(indexes)}};
  if (table.orphaned) object["orphaned"] = true;
  return object;
}

}  // namespace

std::string serialise(const Snapshot& snapshot) {
  json::object registries;
  for (const auto& [id, table] : snapshot.tables) registries[id] = to_json(table);
  return json::serialize(json::object{{"format", format}, {"registries", std::move(registries)}});
}

Snapshot parse_snapshot(std::string_view text) {
  Snapshot snapshot;
  if (text.empty()) return snapshot;
  try {
    const json::value root = json::parse(text);
    if (root.at("format").as_int64() != format) throw std::runtime_error("сделано другой версией программы");
    for (const auto& [id, table] : root.at("registries").as_object())
      snapshot.tables.emplace(std::string(id), table_from(table.as_object()));
  } catch (const std::exception& problem) {
    throw std::runtime_error(std::string("сохранённое описание таблиц не читается: ") + problem.what());
  }
  return snapshot;
}

}  // namespace eschool::schema
