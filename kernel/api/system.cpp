#include "kernel/api/system.hpp"

#include <fmt/format.h>

#include "kernel/api/application.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

http::Reply list_plugins(Context& context) {
  const auto enabled = context.school.enabled_plugins();
  json::array items;
  for (const auto& plugin : context.application.plugins().plugins()) {
    json::array requires_list;
    for (const auto& requirement : plugin.requires_plugins) requires_list.push_back(json::value(requirement));
    json::array faults;
    for (const auto& error : context.application.load_errors())
      if (error.file.find("/" + plugin.id + "/") != std::string::npos) faults.push_back(json::value(error.text()));
    json::object item{{"id", plugin.id},
                      {"version", plugin.version},
                      {"title", plugin.title},
                      {"description", plugin.description},
                      {"required", plugin.required},
                      {"requires", std::move(requires_list)},
                      {"state", plugin_host::name(plugin.state)},
                      {"enabled", enabled->contains(plugin.id)}};
    if (!plugin.reason.empty()) item["reason"] = plugin.reason;
    if (!plugin.code.empty()) item["code"] = plugin.code;
    if (!faults.empty()) item["schema_errors"] = std::move(faults);
    items.push_back(std::move(item));
  }
  http::Reply reply;
  reply.body = json::serialize(json::object{{"items", std::move(items)}});
  return reply;
}

http::Reply set_plugin(Context& context) {
  const auto id = std::string(context.parameter("id"));
  const auto* flag = context.body().if_contains("enabled");
  if (!flag || !flag->if_bool()) throw registry::bad_request("enabled", "Нужно поле enabled: true или false.");
  context.school.store_enabled(*context.database, id, *flag->if_bool(), context.now);
  context.committed = [&school = context.school] { school.publish_enabled(); };
  http::Reply reply;
  reply.body = json::serialize(json::object{{"id", id}, {"enabled", *flag}});
  return reply;
}

http::Reply accepted(const std::optional<std::string>& job) {
  if (!job) throw registry::problem(503, "busy", "Сервер занят", "Много работ ждёт очереди. Повторите через минуту.");
  http::Reply reply;
  reply.status = 202;
  reply.body = fmt::format(R"({{"job":"{}"}})", *job);
  reply.headers.emplace_back("Location", "/api/v1/jobs/" + *job);
  return reply;
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
  const auto status = context.application.jobs().find(context.parameter("id"));
  if (!status || status->school != context.school.id() ||
      (status->account != context.who.account && !context.who.system))
    throw registry::problem(404, "not_found", "Такой работы нет",
                            "Она окончена давно, или сервер с тех пор запускался заново.");
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
  context->application.jobs().cancel(status.id);
  http::Reply reply;
  reply.body = job_text(own_job(*context));
  send(std::move(reply));
}

}  // namespace eschool::api
