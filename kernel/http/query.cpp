#include "kernel/http/query.hpp"

#include <charconv>

#include "kernel/http/percent.hpp"
#include "kernel/http/problem.hpp"

namespace eschool::http {
namespace {

[[noreturn]] void refuse(std::string detail, std::vector<FieldError> errors = {}) {
  throw ProblemError{{400, "bad_query", "Неверные параметры запроса", std::move(detail), std::move(errors), {}}};
}

}  // namespace

Query::Query(std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view part = raw.substr(0, end);
    raw = end == std::string_view::npos ? std::string_view{} : raw.substr(end + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto key = percent_decode(part.substr(0, equals), true);
    auto value = percent_decode(equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1), true);
    if (!key || !value) refuse("Строка запроса закодирована неверно: ожидается UTF-8 в виде %XX.");
    items_.emplace_back(std::move(*key), std::move(*value));
  }
}

std::optional<std::string_view> Query::first(std::string_view key) const {
  for (const auto& [name, value] : items_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

std::string_view Query::text(std::string_view key, std::string_view otherwise) const {
  return first(key).value_or(otherwise);
}

std::vector<std::string_view> Query::all(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const auto& [name, value] : items_) {
    if (name == key) values.emplace_back(value);
  }
  return values;
}

std::optional<std::int64_t> Query::integer(std::string_view key) const {
  const auto value = first(key);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value->data() + value->size();
  const auto [stop, error] = std::from_chars(value->data(), end, number);
  if (error != std::errc{} || stop != end) {
    refuse("Параметр «" + std::string(key) + "» должен быть целым числом.",
           {{std::string(key), "integer", "Ожидается целое число."}});
  }
  return number;
}

}  // namespace eschool::http
