#include "kernel/api/upkeep/health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/api/application.hpp"
#include "kernel/auth/instant.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/clock_check.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr std::int64_t little_space = 200 << 20;
// One missed night may be a power cut; two are a reason to look.
constexpr std::int64_t backup_too_old = 2 * 86400;

std::int64_t seconds_of(const backup::Stamp& stamp) {
  return auth::instant_seconds(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", stamp.year, stamp.month, stamp.day,
                                           stamp.hour, stamp.minute, stamp.second));
}

void look_at_backups(Application& application, school::School& school, std::vector<Remark>& remarks) {
  const auto& settings = application.config().backup;
  if (settings.folder.empty()) return;
  if (auto* caretaker = application.caretaker())
    if (const auto error = caretaker->backup_state(school.id()).last_error; !error.empty()) {
      remarks.push_back({school.id(), "backup_failed",
                         "Копия по расписанию не снята: причина в журнале сервера и в «eschool status»", false, true});
      remarks.push_back({school.id(), "backup_failed", error, false, false});
    }
  const auto moment = school.clock().moment();
  const auto now = backup::stamp_of(moment.today, moment.second_of_day);
  const auto backups = backup::Shelf(settings, school.id()).list(now);
  const auto newest = std::find_if(backups.rbegin(), backups.rend(),
                                   [](const backup::Taken& taken) { return taken.kept != backup::Kept::future; });
  if (newest == backups.rend() || seconds_of(now) - seconds_of(newest->stamp) > backup_too_old)
    remarks.push_back({school.id(), "backup_old", "Проверенной копии за последние двое суток нет", false, true});
}

void look_at_row_guard(const school::School& school, std::vector<Remark>& remarks) {
  using storage::RowGuard;
  const auto& state = school.row_guard();
  if (state.guard != RowGuard::off && state.guard != RowGuard::loose) return;
  const bool off = state.guard == RowGuard::off;
  const std::string code = off ? "row_guard_off" : "row_guard_loose";
  remarks.push_back({school.id(), code,
                     off ? "Политики строк PostgreSQL не действуют: права проверяет только сама программа. Как "
                           "включить, сказано в etc/README.md, «База данных»"
                         : "Политики строк PostgreSQL действуют, но запрос модуля может их обойти. Как закрыть, "
                           "сказано в etc/README.md, «База данных»",
                     false, true});
  remarks.push_back({school.id(), code, state.reason, false, false});
}

bool look_at(Application& application, school::School& school, std::vector<Remark>& remarks) {
  const auto fault = school.health().recheck();
  if (fault != school::Fault::none) {
    const auto words = school::text_of(fault, school.id());
    remarks.push_back({school.id(), words.code, words.title + ". " + words.advice, true, true});
    if (fault == school::Fault::damaged) return false;
  }
  if (const auto free = school::free_space(school.database().location().file); free >= 0 && free < little_space)
    remarks.push_back({school.id(), "disk_low", fmt::format("В папке данных осталось {} МБ", free >> 20), false, true});
  const auto last = school.database().read()->text("SELECT at FROM es_history ORDER BY seq DESC LIMIT 1");
  if (const auto clock = school::clock_fault(school.clock().moment().seconds, auth::instant_seconds(last), 0, 0))
    remarks.push_back({school.id(), "clock_behind", *clock + ". Проверьте службу времени (timedatectl)", false, true});
  look_at_backups(application, school, remarks);
  look_at_row_guard(school, remarks);
  return fault == school::Fault::none;
}

}  // namespace

HealthReport look(Application& application, std::string_view wanted) {
  HealthReport report;
  for (const auto& error : application.load_errors())
    report.remarks.push_back({{}, "schema", error.text(), false, false});
  for (const auto& plugin : application.plugins().plugins())
    if (const auto held = application.plugins().suspension(plugin.id);
        plugin.state != plugin_host::State::running || !held.empty())
      report.remarks.push_back({{}, "plugin", plugin.id + ": " + (held.empty() ? plugin.reason : held), false, false});
  if (auto* caretaker = application.caretaker())
    if (const auto jump = caretaker->clock_jump(); !jump.empty())
      report.remarks.push_back({{}, "clock_jump", jump + ". Проверьте службу времени (timedatectl)", false, true});

  std::size_t seen = 0, usable = 0;
  for (const auto& [id, fault] : application.closed_schools()) {
    if (!wanted.empty() && id != wanted) continue;
    ++seen;
    const auto words = school::text_of(fault, id);
    report.remarks.push_back({id, words.code, words.title + ". " + words.advice, true, true});
  }
  for (const auto& id : application.school_ids()) {
    if (!wanted.empty() && id != wanted) continue;
    ++seen;
    try {
      if (look_at(application, application.school(id), report.remarks)) ++usable;
    } catch (const storage::Error& failure) {
      application.school(id).health().notice(std::current_exception());
      fmt::print(stderr, "readyz: {}: {}\n", id, failure.what());
      report.remarks.push_back({id, "unavailable", "База данных школы не читается", true, true});
    }
  }
  if (seen == 0 && !wanted.empty()) throw registry::problem(404, "no_school", "Такой школы нет", {});
  // Ready with remarks is ready: one broken plugin or school must not take the others off the proxy.
  report.status = seen == 0 ? "no_school" : usable == 0 ? "faulty" : report.remarks.empty() ? "ready" : "degraded";
  return report;
}

void healthz(Application&, std::string_view, http::Send send) {
  http::Reply reply;
  reply.body = R"({"status":"ok"})";
  send(std::move(reply));
}

void readyz(Application& application, std::string_view school, http::Send send) {
  const auto report = look(application, school);
  json::array problems;
  json::object document{{"status", report.status}};
  for (const auto& remark : report.remarks) {
    if (!remark.open) continue;
    if (remark.fatal && !document.contains("code")) {
      document["code"] = remark.code;
      document["reason"] = remark.text;
    }
    json::object item{{"code", remark.code}, {"reason", remark.text}, {"fatal", remark.fatal}};
    if (!remark.school.empty()) item["school"] = remark.school;
    problems.push_back(std::move(item));
  }
  if (report.status == "no_school") {
    document["code"] = "no_school";
    document["reason"] = "Школа ещё не создана: eschool school create --id ИМЯ --name НАЗВАНИЕ";
  }
  if (!problems.empty()) document["problems"] = std::move(problems);
  http::Reply reply;
  reply.status = report.ready() ? 200 : 503;
  reply.body = json::serialize(document);
  send(std::move(reply));
}

void metrics(Application& application, std::string_view, http::Send send) {
  std::string text;
  const auto line = [&](std::string_view name, std::string_view kind, std::string_view help, std::int64_t value,
                        const std::string& labels = {}) {
    if (labels.empty() || text.find(fmt::format("# TYPE {} ", name)) == std::string::npos)
      text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
    text += fmt::format("{}{} {}\n", name, labels, value);
  };
  const auto label = [](const std::string& id) { return fmt::format("{{school=\"{}\"}}", id); };
  line("eschool_requests_total", "counter", "HTTP requests taken", application.figures().requests);
  line("eschool_problems_total", "counter", "requests answered with a problem", application.figures().problems);
  line("eschool_busy_total", "counter", "requests refused because the queue was full", application.figures().busy);
  const auto workers = application.workers();
  line("eschool_workers", "gauge", "threads that run handlers", workers.working);
  line("eschool_workers_lost", "gauge", "threads that a plugin has not given back", workers.lost);
  line("eschool_workers_lost_total", "counter", "threads ever given up", workers.lost_total);
  for (const auto& plugin : application.plugins().plugins())
    for (const auto& fault : application.plugins().faults(plugin.id))
      line("eschool_plugin_faults_total", "counter", "faults of plugins since the start", fault.count,
           fmt::format("{{plugin=\"{}\",code=\"{}\"}}", plugin.id, fault.code));
  const auto schools = application.school_ids();
  for (const auto* figure : {"commits", "bodies", "checkpoints"})
    for (const auto& id : schools) {
      const auto figures = application.school(id).database().figures();
      const std::string_view name = figure;
      line(fmt::format("eschool_writer_{}_total", name), "counter", "work of the writer",
           name == "commits"  ? figures.commits
           : name == "bodies" ? figures.bodies
                              : figures.checkpoints,
           label(id));
    }
  for (const auto& [id, fault] : application.closed_schools())
    line("eschool_school_up", "gauge", "1: the school's database can be used", 0, label(id));
  for (const auto& id : schools)
    line("eschool_school_up", "gauge", "1: the school's database can be used",
         application.school(id).health().fault() == school::Fault::none, label(id));
  if (auto* caretaker = application.caretaker(); caretaker && !application.config().backup.folder.empty())
    for (const auto* figure : {"taken_total", "failed_total", "last_success_seconds"})
      for (const auto& id : schools) {
        const auto state = caretaker->backup_state(id);
        const std::string_view name = figure;
        line(fmt::format("eschool_backup_{}", name), name == "last_success_seconds" ? "gauge" : "counter",
             "scheduled backups since the start",
             name == "taken_total"    ? state.taken
             : name == "failed_total" ? state.failed
                                      : state.last_success,
             label(id));
      }
  http::Reply reply;
  reply.mime = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = std::move(text);
  send(std::move(reply));
}

}  // namespace eschool::api
