#include "kernel/api/upkeep/upkeep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/process.hpp>
#include <fstream>

#include "kernel/api/application.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/api/upkeep/health.hpp"
#include "kernel/api/upkeep/system.hpp"
#include "kernel/auth/instant.hpp"
#include "kernel/backup/shelf.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

backup::Stamp now_of(const school::School& school) {
  const auto moment = school.clock().moment();
  return backup::stamp_of(moment.today, moment.second_of_day);
}

const config::BackupSettings& settings_of(const Context& context) {
  const auto& settings = context.application.config().backup;
  if (settings.folder.empty())
    throw registry::problem(409, "no_schedule", "Папка копий не настроена",
                            "Добавьте в eschool.info раздел backup { folder … } и перезапустите сервер.");
  return settings;
}

/// Memory of this process, in bytes; 0 where the system does not tell.
std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t whole = 0, resident = 0;
  file >> whole >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

/// The same program at the command line. Whatever goes wrong inside a backup's copy stays outside this process.
json::object run_drill(const config::Config& config, const std::string& school, const std::string& file) {
  namespace process = boost::process;
  process::ipstream out;
  std::vector<std::string> arguments{"backup", "drill",  file,     "--school",
                                     school,   "--json", "--data", config.data.string()};
  if (!config.file.empty()) arguments.insert(arguments.end(), {"--config", config.file.string()});
  process::child child(fs::read_symlink("/proc/self/exe").string(), process::args(arguments), process::std_out > out,
                       process::std_err > process::null, process::std_in < process::null);
  const std::string text{std::istreambuf_iterator<char>(out), {}};
  child.wait();
  json::error_code failure;
  auto answer = json::parse(text, failure);
  if (failure || !answer.is_object())
    throw registry::problem(500, "drill_failed", "Проверка не выполнена",
                            "Запустите «eschool backup drill» на сервере: он скажет причину.");
  return std::move(answer.get_object());
}

}  // namespace

http::Reply list_backups(Context& context) {
  const auto& settings = context.application.config().backup;
  json::array items;
  if (!settings.folder.empty()) {
    auto taken = backup::Shelf(settings, context.school.id()).list(now_of(context.school));
    std::reverse(taken.begin(), taken.end());
    for (const auto& one : taken)
      items.push_back(json::object{
          {"name", one.file.filename().string()}, {"bytes", one.bytes}, {"kept", backup::label(one.kept)}});
  }
  std::string error;
  if (auto* caretaker = context.application.caretaker())
    error = caretaker->backup_state(context.school.id()).last_error;
  return reply_of({{"scheduled", !settings.folder.empty()},
                   {"at", fmt::format("{:02}:{:02}", settings.at_minute / 60, settings.at_minute % 60)},
                   {"items", std::move(items)},
                   {"last_error", error}});
}

void take_backup(std::shared_ptr<Context> context, http::Send send) {
  settings_of(*context);
  start_job(*context, std::move(send), "backup", [context](jobs::Control& control) {
    auto* caretaker = context->application.caretaker();
    if (!caretaker) throw registry::problem(503, "no_caretaker", "Сервер останавливают");
    const auto taken = caretaker->take(context->school, [&](double fraction) {
      if (control.cancelled()) throw jobs::Cancelled{};
      control.progress(fraction);
    });
    return json::serialize(json::object{{"name", taken.file.filename().string()}, {"bytes", taken.bytes}});
  });
}

void drill_backup(std::shared_ptr<Context> context, http::Send send) {
  const auto& settings = settings_of(*context);
  const auto name = optional_text(context->body(), "name");
  auto taken = backup::Shelf(settings, context->school.id()).list(now_of(context->school));
  // Only what lies on the shelf: a name is no path.
  const auto chosen = std::find_if(taken.rbegin(), taken.rend(), [&](const backup::Taken& one) {
    return name.empty() || one.file.filename().string() == name;
  });
  if (chosen == taken.rend()) throw registry::problem(404, "no_backup", "Такой копии нет");
  start_job(*context, std::move(send), "backup.drill", [context, file = chosen->file](jobs::Control&) {
    return json::serialize(run_drill(context->application.config(), context->school.id(), file.string()));
  });
}

http::Reply list_jobs(Context& context) {
  json::array items;
  auto rows = context.database->prepare(
      "SELECT j.id, j.kind, a.login, j.state, j.progress, j.created_at FROM es_job j"
      " LEFT JOIN es_account a ON a.id = j.account ORDER BY j.created_at DESC, j.id LIMIT 200");
  while (rows.step())
    items.push_back(json::object{{"id", rows.text(0)},
                                 {"kind", rows.text(1)},
                                 {"by", rows.null(2) ? "сервер" : std::string(rows.text(2))},
                                 {"state", rows.text(3)},
                                 {"progress", rows.real(4)},
                                 {"created_at", auth::instant(rows.integer(5))}});
  return reply_of({{"items", std::move(items)}});
}

http::Reply system_state(Context& context) {
  auto& application = context.application;
  const auto report = look(application, context.school.id());
  json::array remarks;
  for (const auto& remark : report.remarks)
    remarks.push_back(json::object{{"code", remark.code}, {"text", remark.text}, {"fatal", remark.fatal}});
  const auto& location = context.school.database().location();
  const bool file = location.engine() == storage::Engine::sqlite;
  std::error_code failure;
  const auto bytes = file ? static_cast<std::int64_t>(fs::file_size(location.file, failure)) : 0;
  const auto workers = application.workers();
  const auto figures = context.school.database().figures();
  json::object answer{{"version", ESCHOOL_VERSION},
                      {"school", context.school.id()},
                      {"engine", file ? "SQLite" : "PostgreSQL"},
                      {"status", report.status},
                      {"remarks", std::move(remarks)},
                      {"memory_bytes", resident_bytes()},
                      {"database_bytes", failure ? 0 : bytes},
                      {"free_bytes", school::free_space(file ? location.file : application.config().data)},
                      {"requests", application.figures().requests.load()},
                      {"problems", application.figures().problems.load()},
                      {"workers", workers.working},
                      {"workers_lost", workers.lost},
                      {"commits", figures.commits},
                      {"history_entries", context.database->integer("SELECT max(seq) FROM es_history")}};
  return reply_of(answer);
}

}  // namespace eschool::api
