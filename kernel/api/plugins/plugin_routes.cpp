#include <fmt/format.h>

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
  if (result.status != ES_OK) throw services.problem_of(result.status, call);
  http::Reply reply;
  reply.status = result.http_status;
  reply.mime = std::move(result.mime);
  reply.body = std::move(result.body);
  reply.cacheable = !writes && reply.status == 200;
  // A page of a plugin, to be printed: it may have a sheet of styles from here and runs nothing.
  if (reply.mime.starts_with("text/html"))
    reply.headers.emplace_back("Content-Security-Policy",
                               "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                               "frame-ancestors 'none'");
  return reply;
}

}  // namespace

void add_plugin_routes(http::Router<Endpoint>& router, const std::vector<plugin_host::PluginHost::Route>& routes) {
  for (const auto& route : routes) {
    const auto pattern = fmt::format("/api/v1/{}{}", route.plugin, route.route->path);
    const bool guarded = route.route->capability && *route.route->capability;
    Endpoint endpoint{call_plugin, nullptr, "", &route};
    endpoint.guarded = route.route->mode != ES_ROUTE_WRITE;
    try {
      router.add(route.route->method, pattern, guarded ? http::Policy::capability : http::Policy::session,
                 route.route->mode == ES_ROUTE_WRITE ? http::Mode::write : http::Mode::read, endpoint,
                 guarded ? route.route->capability : "");
    } catch (const std::logic_error& failure) {
      // A route that can not be served is the plugin's mistake and must not stop the rest.
      fmt::print(stderr, "plugin {}: {}\n", route.plugin, failure.what());
    }
  }
}

}  // namespace eschool::api
