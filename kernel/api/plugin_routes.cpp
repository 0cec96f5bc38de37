#include <fmt/format.h>

#include <cstring>

#include "kernel/api/application.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/plugin_services.hpp"

namespace eschool::api {

using plugin_host::span;

namespace {

std::vector<es_field> text_fields(const std::vector<std::pair<std::string, std::string>>& items) {
  std::vector<es_field> fields;
  for (const auto& [name, value] : items) {
    es_field field{span(name), {}};
    field.value.type = ES_TEXT;
    field.value.as.s = span(value);
    fields.push_back(field);
  }
  return fields;
}

/// The problem of a status that a plugin gave without saying more.
http::ProblemError plain_problem(es_status status) {
  switch (status) {
    case ES_NOT_FOUND:
      return registry::not_found();
    case ES_DENIED:
      return registry::denied({});
    case ES_INVALID:
      return registry::problem(422, "invalid", "Данные не приняты");
    case ES_CONFLICT:
      return registry::problem(409, "conflict", "Запись изменил кто-то другой", "Обновите её и повторите.");
    case ES_BUSY:
      return registry::problem(503, "busy", "Сервер занят", "Повторите через несколько секунд.");
    case ES_UNSUPPORTED:
      return registry::problem(501, "unsupported", "Это здесь не поддерживается");
    default:
      return registry::problem(500, "plugin_fault", "Сбой модуля",
                               "Ничего не изменено; подробности в журнале сервера.");
  }
}

http::Reply call_plugin(Context& context) {
  const auto& route = *context.plugin_route;
  if (!context.school.enabled(route.plugin)) throw registry::problem(404, "no_route", "Такого адреса нет");
  const auto asker = context.asker();
  const bool writes = route.route->mode == ES_ROUTE_WRITE;
  school::PluginServices services(context.school.policy(), context.school.query(),
                                  writes ? &context.school.writer() : nullptr, *context.database, asker);
  es_call call(services, writes);
  school::describe_caller(call, asker, context.school.id());
  const auto parameters = text_fields(context.parameters);
  const auto query = text_fields(context.query.items());
  const es_request request{sizeof(es_request),
                           0,
                           span(context.request.method),
                           span(context.request.path),
                           span(context.request.header("content-type")),
                           span(context.request.body),
                           parameters.data(),
                           parameters.size(),
                           query.data(),
                           query.size()};
  auto result = context.application.plugins().call_route(route, call, request);
  if (result.status != ES_OK) {
    auto error = services.problem() && call.failures.empty() ? http::ProblemError{*services.problem()}
                                                             : plain_problem(result.status);
    for (const auto& failure : call.failures) {
      if (failure.field.empty())
        error.problem.detail = failure.message;
      else
        error.problem.errors.push_back({failure.field, failure.code, failure.message});
      if (!failure.code.empty()) error.problem.code = failure.code;
    }
    throw error;
  }
  http::Reply reply;
  reply.status = result.http_status;
  reply.mime = std::move(result.mime);
  reply.body = std::move(result.body);
  reply.cacheable = !writes && reply.status == 200;
  return reply;
}

}  // namespace

void add_plugin_routes(http::Router<Endpoint>& router, const std::vector<plugin_host::PluginHost::Route>& routes) {
  for (const auto& route : routes) {
    const auto pattern = fmt::format("/api/v1/{}{}", route.plugin, route.route->path);
    const bool guarded = route.route->capability && *route.route->capability;
    try {
      router.add(route.route->method, pattern, guarded ? http::Policy::capability : http::Policy::session,
                 route.route->mode == ES_ROUTE_WRITE ? http::Mode::write : http::Mode::read,
                 {call_plugin, nullptr, "", &route}, guarded ? route.route->capability : "");
    } catch (const std::logic_error& failure) {
      // A route that can not be served is the plugin's mistake and must not stop the rest.
      fmt::print(stderr, "plugin {}: {}\n", route.plugin, failure.what());
    }
  }
}

}  // namespace eschool::api
