#include "kernel/cli/upkeep.hpp"

#include <fmt/format.h>

#include "kernel/api/upkeep/health.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::cli {

namespace json = boost::json;

namespace {

std::string school_named(api::Application& application, const std::string& school) {
  auto ids = application.school_ids();
  for (const auto& [id, fault] : application.closed_schools()) ids.push_back(id);
  if (!school.empty() && std::find(ids.begin(), ids.end(), school) != ids.end()) return school;
  if (school.empty() && ids.size() == 1) return ids.front();
  return application.school(school).id();  // says what is wrong with the name
}

}  // namespace

CommandResult status(api::Application& application, const std::string& school) {
  const auto report = api::look(application, school);
  json::array items;
  std::string text = report.status == "ready"      ? "Всё в порядке."
                     : report.status == "degraded" ? "Работает, но есть замечания:"
                     : report.status == "no_school" ? "Школ ещё нет: eschool school create --name НАЗВАНИЕ"
                                                    : "Школа не может работать как следует:";
  for (const auto& remark : report.remarks) {
    json::object item{{"code", remark.code}, {"reason", remark.text}, {"fatal", remark.fatal}};
    if (!remark.school.empty()) item["school"] = remark.school;
    items.push_back(std::move(item));
    text += fmt::format("\n  {}{}{}", remark.school, remark.school.empty() ? "" : ": ", remark.text);
  }
  return {{{"ok", report.ready()}, {"status", report.status}, {"problems", std::move(items)}}, std::move(text), {}};
}

CommandResult backup_list(api::Application& application, const std::string& school) {
  const auto& settings = application.config().backup;
  if (settings.folder.empty())
    throw registry::problem(409, "no_schedule", "Копии по расписанию не настроены",
                            "Добавьте в eschool.info раздел backup { folder … } и перезапустите сервер");
  const auto id = school_named(application, school);
  const auto moment = school::Clock(application.config().time_zone).moment();
  json::array items;
  std::string text;
  for (const auto& taken : backup::Shelf(settings, id).list(backup::stamp_of(moment.today, moment.second_of_day))) {
    items.push_back(json::object{{"file", taken.file.string()},
                                 {"taken", backup::text(taken.stamp)},
                                 {"bytes", taken.bytes},
                                 {"kept", backup::label(taken.kept)}});
    text += fmt::format("{}{}  {:>8.1f} МБ  {}", text.empty() ? "" : "\n", taken.file.string(),
                        static_cast<double>(taken.bytes) / (1 << 20), backup::label(taken.kept));
  }
  std::string error;
  if (auto* caretaker = application.caretaker()) error = caretaker->backup_state(id).last_error;
  if (text.empty()) text = fmt::format("Копий ещё нет, папка {}.", (settings.folder / id).string());
  if (!error.empty()) text += "\nПоследняя попытка не удалась: " + error;
  return {{{"school", id}, {"items", std::move(items)}, {"last_error", error}}, std::move(text), {}};
}

}  // namespace eschool::cli
