#include "kernel/api/upkeep/system.hpp"

#include <fmt/format.h>

#include "kernel/api/application.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

json::object plugin_item(const Application& application, const plugin_host::PluginStatus& plugin, bool enabled) {
  json::array requires_list;
  for (const auto& requirement : plugin.requires_plugins) requires_list.push_back(json::value(requirement));
  json::object item{{"id", plugin.id},
                    {"version", plugin.version},
                    {"title", plugin.title},
                    {"description", plugin.description},
                    {"required", plugin.required},
                    {"requires", std::move(requires_list)},
                    {"state", plugin_host::name(plugin.state)},
                    {"enabled", enabled}};
  if (!plugin.reason.empty()) item["reason"] = plugin.reason;
  if (!plugin.code.empty()) item["code"] = plugin.code;
  if (const auto suspension = application.plugins().suspension(plugin.id); !suspension.empty()) {
    item["state"] = "suspended";
    item["code"] = "suspended";
    item["reason"] = suspension;
  }
  json::array schema_errors, faults;
  for (const auto& error : application.load_errors())
    if (error.file.find("/" + plugin.id + "/") != std::string::npos) schema_errors.push_back(json::value(error.text()));
  for (const auto& fault : application.plugins().faults(plugin.id))
    faults.push_back(json::object{
        {"code", fault.code}, {"message", fault.message}, {"count", fault.count}, {"last_at", fault.last_at}});
  if (!schema_errors.empty()) item["schema_errors"] = std::move(schema_errors);
  if (!faults.empty()) item["faults"] = std::move(faults);
  return item;
}

Released release_plugin(Application& application, std::string_view id) {
  using Release = plugin_host::PluginHost::Release;
  if (!application.plugins().find(id)) throw registry::problem(404, "unknown_plugin", "Такого модуля нет", {});
  switch (application.plugins().release(id)) {
    case Release::resumed:
      return {false, fmt::format("Модуль {} снова работает.", id)};
    case Release::at_next_start:
      return {true, fmt::format("Карантин снят: модуль {} загрузится при следующем запуске сервера.", id)};
    case Release::nothing:
      break;
  }
  throw registry::problem(409, "not_held", "Модуль не приостановлен", "Снимать нечего.");
}

http::Reply list_plugins(Context& context) {
  const auto enabled = context.school.enabled_plugins();
  json::array items;
  for (const auto& plugin : context.application.plugins().plugins())
    items.push_back(plugin_item(context.application, plugin, enabled->contains(plugin.id)));
  http::Reply reply;
  reply.body = json::serialize(json::object{{"items", std::move(items)}});
  return reply;
}

http::Reply set_plugin(Context& context) {
  const auto id = std::string(context.parameter("id"));
  if (const auto* released = context.body().if_contains("released")) {
    if (!released->is_bool() || !released->get_bool() || context.body().contains("enabled"))
      throw registry::bad_request("released", "released: true — и ничего больше.");
    const auto result = release_plugin(context.application, id);
    http::Reply reply;
    reply.body = json::serialize(json::object{
        {"id", id}, {"released", true}, {"restart_needed", result.restart_needed}, {"message", result.text}});
    return reply;
  }
  const auto* flag = context.body().if_contains("enabled");
  if (!flag || !flag->if_bool()) throw registry::bad_request("enabled", "Нужно поле enabled: true или false.");
  context.school.store_enabled(*context.database, id, *flag->if_bool(), context.now);
  context.committed = [&school = context.school] { school.publish_enabled(); };
  http::Reply reply;
  reply.body = json::serialize(json::object{{"id", id}, {"enabled", *flag}});
  return reply;
}

void start_job(const Context& context, http::Send send, std::string kind, jobs::Jobs::Work work) {
  context.application.jobs().submit(
      context.school.id(), std::move(kind), context.who.account, std::move(work),
      [&application = context.application, send = std::move(send)](std::exception_ptr refusal, const std::string& id) {
        if (refusal) return send(application.problem_reply(std::move(refusal)));
        http::Reply reply;
        reply.status = 202;
        reply.body = fmt::format(R"({{"job":"{}"}})", id);
        reply.headers.emplace_back("Location", "/api/v1/jobs/" + id);
        send(std::move(reply));
      });
}

std::string job_text(const jobs::Status& status) {
  std::string text = fmt::format(R"({{"id":"{}","kind":"{}","state":"{}","progress":{:.3f})", status.id, status.kind,
                                 jobs::name(status.state), status.progress);
  if (!status.result.empty()) text += ",\"result\":" + status.result;
  if (!status.problem.empty()) text += ",\"problem\":" + status.problem;
  return text + "}";
}

namespace {
/// A job of another person or another school is not there.
jobs::Status own_job(const Context& context) {
  const auto status = context.application.jobs().find(context.school.id(), context.parameter("id"));
  if (!status || (status->account != context.who.account && !context.who.system))
    throw registry::problem(404, "not_found", "Такой работы нет", "Она окончена больше суток назад.");
  return *status;
}
}  // namespace

void get_job(std::shared_ptr<Context> context, http::Send send) {
  http::Reply reply;
  reply.body = job_text(own_job(*context));
  send(std::move(reply));
}

void cancel_job(std::shared_ptr<Context> context, http::Send send) {
  const auto status = own_job(*context);
  context->application.jobs().cancel(context->school.id(), status.id);
  http::Reply reply;
  reply.body = job_text(own_job(*context));
  send(std::move(reply));
}

}  // namespace eschool::api
