#include "schema/names.hpp"

#include <algorithm>
#include <utility>

namespace eschool::schema {
namespace {

constexpr std::array<std::pair<FieldType, std::string_view>, 13> types{{{FieldType::text, "text"},
                                                                        {FieldType::longtext, "longtext"},
                                                                        {FieldType::integer, "int"},
                                                                        {FieldType::decimal, "decimal"},
                                                                        {FieldType::boolean, "bool"},
                                                                        {FieldType::date, "date"},
                                                                        {FieldType::time, "time"},
                                                                        {FieldType::datetime, "datetime"},
                                                                        {FieldType::enumeration, "enum"},
                                                                        {FieldType::reference, "ref"},
                                                                        {FieldType::children, "children"},
                                                                        {FieldType::file, "file"},
                                                                        {FieldType::json, "json"}}};

constexpr std::array<std::pair<Sensitivity, std::string_view>, 4> sensitivities{{{Sensitivity::open, "public"},
                                                                                 {Sensitivity::staff, "staff"},
                                                                                 {Sensitivity::personal, "personal"},
                                                                                 {Sensitivity::special, "special"}}};

template <typename Table, typename Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [known, name] : table)
    if (known == value) return name;
  return {};
}

}  // namespace

bool is_kernel_column(std::string_view name) {
  return std::find(kernel_columns.begin(), kernel_columns.end(), name) != kernel_columns.end();
}

std::string_view type_name(FieldType type) { return name_in(types, type); }
std::optional<FieldType> type_by_name(std::string_view name) {
  for (const auto& [type, known] : types)
    if (known == name) return type;
  return std::nullopt;
}

std::string_view sensitivity_name(Sensitivity level) { return name_in(sensitivities, level); }
std::optional<Sensitivity> sensitivity_by_name(std::string_view name) {
  for (const auto& [level, known] : sensitivities)
    if (known == name) return level;
  return std::nullopt;
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 40 || name.front() < 'a' || name.front() > 'z' || name.back() == '_') return false;
  if (name.find("__") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_registry_id(std::string_view id) {
  const auto dot = id.find('.');
  return id.size() <= 50 && dot != std::string_view::npos && is_name(id.substr(0, dot)) && is_name(id.substr(dot + 1));
}

}  // namespace eschool::schema
