#include <fmt/format.h>

#include "kernel/api/application.hpp"
#include "kernel/api/upkeep/system.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/school/plugin_services.hpp"

namespace eschool::api {

namespace {

/// A job works for hours where a request has seconds; a write body inside it keeps the writer no longer than any other.
constexpr std::chrono::hours job_time{6};

/// Services of a job: it reads on its own thread and writes in bodies of their own on the writer's.
class JobServices : public school::PluginServices {
 public:
  JobServices(school::School& its_school, storage::Session& session, const registry::Asker& asker)
      : PluginServices(its_school.policy(), its_school.query(), nullptr, session, asker),
        school_(its_school),
        asker_(asker) {}

  es_status write_from_job(const std::function<es_status(es_call&)>& body) override {
    struct Undone {};  // takes the savepoint back
    return attempt([&] {
      es_status status = ES_INTERNAL;
      try {
        school_.database().write([&](storage::Session& session) {
          const auto moment = school_.clock().moment();
          // Rights may have been taken away while the job worked.
          auto who = asker_.who;
          if (!who.system) {
            who = school_.principal(session, who.account, moment.today);
            who.remote = asker_.who.remote;
          }
          const registry::Asker asker{std::move(who), moment.today, moment.now};
          PluginServices services(school_.policy(), school_.query(), &school_.writer(), session, asker);
          es_call call(services, true);
          school::describe_caller(call, asker, school_.id());
          status = body(call);
          if (status == ES_OK) return;
          if (services.problem()) throw http::ProblemError{*services.problem()};
          throw Undone{};
        });
        school_.forget_principals();  // the job may have written who is active
      } catch (const Undone&) {
      }
      return status;
    });
  }

 private:
  school::School& school_;
  const registry::Asker& asker_;
};

std::string run(Context& context, const plugin_host::PluginHost::Job& job, jobs::Control& control) {
  auto& school = context.school;
  const auto moment = school.clock().moment();
  auto who = context.who;
  auto session = registry::read_as(school.database(), who, moment.today);
  const registry::Asker asker{who, moment.today, moment.now};
  JobServices services(school, *session, asker);
  es_call call(services, false);
  school::describe_caller(call, asker, school.id());
  call.deadline = std::chrono::steady_clock::now() + job_time;
  plugin_host::PluginHost::JobSink sink;
  sink.progress = [&](double fraction) { control.progress(fraction); };
  sink.cancelled = [&] { return control.cancelled(); };
  const auto& arguments = context.request.body;
  auto result = context.application.plugins().run_job(job, call, sink, arguments.empty() ? "{}" : arguments);
  if (control.cancelled()) throw jobs::Cancelled{};
  if (result.status != ES_OK) throw services.problem_of(result.status, call);
  if (result.json.empty()) return "null";
  boost::json::error_code failure;
  static_cast<void>(boost::json::parse(result.json, failure));
  if (failure)
    throw registry::problem(500, "plugin_fault", "Сбой модуля", "Работа окончена, но её итог записан неверно.");
  return std::move(result.json);
}

void start(std::shared_ptr<Context> context, http::Send send) {
  const auto& job = *context->plugin_job;
  if (!context->school.enabled(job.plugin)) throw registry::problem(404, "no_route", "Такого адреса нет");
  if (!context->request.body.empty()) context->body();  // must be a JSON object
  start_job(*context, std::move(send), fmt::format("{}.{}", job.plugin, job.job->id),
            [context, &job](jobs::Control& control) { return run(*context, job, control); });
}

}  // namespace

void add_plugin_jobs(http::Router<Endpoint>& router, const std::vector<plugin_host::PluginHost::Job>& jobs) {
  for (const auto& job : jobs) {
    const bool guarded = job.job->capability && *job.job->capability;
    Endpoint endpoint{nullptr, start, job.job->label};
    endpoint.plugin_job = &job;
    try {
      router.add("POST", fmt::format("/api/v1/{}/jobs/{}", job.plugin, job.job->id),
                 guarded ? http::Policy::capability : http::Policy::session, http::Mode::detached, endpoint,
                 guarded ? job.job->capability : "");
    } catch (const std::logic_error& failure) {
      fmt::print(stderr, "plugin {}: {}\n", job.plugin, failure.what());
    }
  }
}

}  // namespace eschool::api
