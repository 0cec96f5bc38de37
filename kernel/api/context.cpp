#include "kernel/api/context.hpp"

#include <fmt/format.h>

#include <charconv>

#include "kernel/api/application.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

std::string_view Context::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

std::int64_t Context::id() const {
  const auto text = parameter("id");
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc{} || end != text.data() + text.size() || id <= 0) throw registry::not_found();
  return id;
}

std::int64_t Context::number(std::string_view name) const {
  const auto text = query.text(name);
  if (text.empty()) return 0;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < 0)
    throw registry::bad_request(std::string(name), fmt::format("{}: нужно число.", name));
  return value;
}

const schema::Registry& Context::registry() const { return school.registry(parameter("registry")); }

const json::object& Context::body() {
  if (!parsed_) {
    const auto type = request.header("content-type");
    if (!type.empty() && type.substr(0, type.find(';')) != "application/json")
      throw registry::problem(415, "media_type", "Тело запроса не в том виде", "Нужен application/json.");
    parsed_ = parse_json(request.body);
  }
  const auto* object = parsed_->if_object();
  if (!object) throw registry::bad_request("malformed_json", "Тело запроса должно быть объектом JSON.");
  return *object;
}

std::optional<std::int64_t> Context::if_match() const {
  auto text = request.header("if-match");
  if (text.empty()) return {};
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failure != std::errc{} || end != text.data() + text.size())
    throw registry::bad_request("if_match", "If-Match — это version записи, например \"3\".");
  return version;
}

void Context::require(std::string_view capability) const {
  if (!school.policy().has_capability(who, capability)) throw registry::denied("Вашей роли это действие не разрешено.");
}

std::string Context::cookie_name() const {
  const std::string name = request.secure ? "__Host-eschool_session" : "eschool_session";
  return by_path ? name + "_" + school.id() : name;
}

std::string Context::school_name() const { return database->text("SELECT value FROM es_setting WHERE name = 'name'"); }

registry::ListRequest list_request(const http::Query& query, bool paged,
                                   const std::function<bool(std::string_view name, std::string_view value)>& other) {
  registry::ListRequest request;
  for (const auto& [name, value] : query.items()) {
    if (name == "filter")
      request.filter = value;
    else if (name == "q")
      request.q = value;
    else if (name == "sort")
      request.sort = value;
    else if (name == "fields")
      request.fields = value;
    else if (paged && name == "after")
      request.after = value;
    else if (paged && name == "count")
      request.count = value == "1" || value == "true";
    else if (paged && name == "limit") {
      const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), request.limit);
      if (failure != std::errc{} || end != value.data() + value.size())
        throw registry::bad_request("limit", "limit — целое число от 1 до 500.");
    } else if (!other || !other(name, value)) {
      throw registry::bad_request("unknown_parameter", fmt::format("Неизвестный параметр или значение: «{}».", name));
    }
  }
  return request;
}

}  // namespace eschool::api
