#include "kernel/api/json_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parser.hpp>

#include "kernel/registry/problems.hpp"
#include "text/dates.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 32;

/// "строка 2, знак 8" of a place in a text.
std::string place_in(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = before.substr(before.rfind('\n') + 1);  // npos + 1 is the beginning
  const auto letters = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return fmt::format("строка {}, знак {}", std::count(before.begin(), before.end(), '\n') + 1, letters + 1);
}

std::string complaint(std::string_view text, std::size_t offset, const json::error_code& failure) {
  if (text.empty()) return "Тело запроса пустое: нужен объект JSON.";
  if (failure == json::error::incomplete) return "Тело запроса не разобрано как JSON: текст обрывается.";
  const auto place = place_in(text, offset);
  if (failure == json::error::too_deep)
    return fmt::format("Тело запроса не разобрано как JSON: вложенность больше {} ({}).", max_depth, place);
  return fmt::format("Тело запроса не разобрано как JSON: ошибка здесь — {}.", place);
}

}  // namespace

json::value parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::error_code failure;
  json::parser parser({}, options);
  const auto offset = parser.write(json::string_view(text.data(), text.size()), failure);
  if (failure) throw registry::bad_request("malformed_json", complaint(text, offset, failure));
  return parser.release();
}

namespace {

const json::value* member(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(json::string_view(name.data(), name.size()));
  return value && value->is_null() ? nullptr : value;
}

}  // namespace

std::string text_member(const json::object& body, std::string_view name) {
  const auto* value = member(body, name);
  const auto* text = value ? value->if_string() : nullptr;
  if (!text) throw registry::invalid({{std::string(name), "required", "нужна строка"}});
  return {text->data(), text->size()};
}

std::string optional_text(const json::object& body, std::string_view name) {
  const auto* value = member(body, name);
  if (!value) return {};
  const auto* text = value->if_string();
  if (!text) throw registry::invalid({{std::string(name), "type", "ожидалась строка"}});
  return {text->data(), text->size()};
}

std::string optional_date(const json::object& body, std::string_view name) {
  const auto text = optional_text(body, name);
  if (text.empty()) return {};
  auto date = text::parse_date(text);
  if (!date) throw registry::invalid({{std::string(name), "date", "нужна дата вида 2026-09-01"}});
  return *date;
}

std::int64_t optional_number(const json::object& body, std::string_view name) {
  const auto* value = member(body, name);
  if (!value) return 0;
  const auto* number = value->if_int64();
  if (!number) throw registry::invalid({{std::string(name), "type", "ожидалось целое число"}});
  return *number;
}

bool flag_member(const json::object& body, std::string_view name) {
  const auto* value = member(body, name);
  return value && value->is_bool() && value->get_bool();
}

}  // namespace eschool::api
