#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>

#include "kernel/audit/history.hpp"
#include "kernel/backup/shelf.hpp"
#include "kernel/cli/upkeep.hpp"

namespace eschool::cli {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

/// For this user alone: it holds all that the school keeps.
class PrivateFolder {
 public:
  PrivateFolder() {
    auto pattern = (fs::temp_directory_path() / "eschool-drill-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("временная папка не создаётся: " + pattern);
    path_ = pattern;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string only_school(const config::Config& config) {
  std::vector<std::string> ids;
  for (const auto& folder : {config.backup.folder, config.data / "schools"}) {
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
      if (entry->is_directory()) ids.push_back(entry->path().filename().string());
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > 1) throw std::runtime_error("школ несколько: назовите одну ключом --school");
  return ids.empty() ? "school" : ids.front();
}

fs::path newest_backup(const config::Config& config, const std::string& school) {
  if (config.backup.folder.empty()) throw std::runtime_error("копии по расписанию не настроены: назовите файл копии");
  const auto moment = school::Clock(config.time_zone).moment();
  const auto backups = backup::Shelf(config.backup, school).list(backup::stamp_of(moment.today, moment.second_of_day));
  if (backups.empty())
    throw std::runtime_error(fmt::format("в папке {} нет ни одной копии", (config.backup.folder / school).string()));
  return backups.back().file;
}

/// What the report tells, in the order of the steps; the first that fails ends the drill.
struct Report {
  json::object json;
  std::string text;
  bool ok = true;
  void step(bool good, const std::string& line) {
    ok = ok && good;
    text += fmt::format("{}{} {}", text.empty() ? "" : "\n", good ? "[да] " : "[НЕТ]", line);
  }
};

void try_school(api::Application& application, const std::string& id, Report& report) {
  if (const auto closed = application.closed_schools(); closed.contains(id))
    return report.step(false, "школа не открывается: " + school::text_of(closed.at(id), id).title);
  auto& school = application.school(id);
  auto session = school.database().read();
  const auto name = session->text("SELECT value FROM es_setting WHERE name = 'name'");
  report.step(true, fmt::format("школа открывается этой версией программы: «{}»", name));
  report.json["name"] = name;

  const auto history = audit::verify(*session);
  report.json["history"] = json::object{{"ok", history.ok()}, {"entries", history.count}, {"head", history.head.hash}};
  const auto last = session->text("SELECT at FROM es_history ORDER BY seq DESC LIMIT 1");
  report.step(history.ok(), history.ok()
                                ? fmt::format("история цела: записей {}{}", history.count,
                                              last.empty() ? "" : ", последняя от " + last)
                                : fmt::format("история нарушена у записи {}: {}", history.bad_seq, history.reason));

  const auto accounts = session->integer("SELECT COUNT(*) FROM es_account WHERE enabled = 1");
  report.json["accounts"] = accounts;
  report.step(accounts > 0, accounts > 0 ? fmt::format("учётных записей: {}", accounts)
                                         : "учётных записей нет: войти после восстановления будет некому");
  json::array registries;
  std::string counts;
  for (const auto* registry : school.registries()) {
    const auto count =
        session->integer(fmt::format("SELECT COUNT(*) FROM \"{}\" WHERE archived = 0", registry->table()));
    registries.push_back(json::object{{"id", registry->id}, {"label", registry->label}, {"count", count}});
    counts += fmt::format("\n      {}: {}", registry->label, count);
  }
  report.json["registries"] = std::move(registries);
  report.step(true, "записей в реестрах:" + counts);
}

}  // namespace

CommandResult backup_drill(const config::Config& config, const std::string& school, const std::string& file) {
  const auto id = school.empty() ? only_school(config) : school;
  const auto copy = file.empty() ? newest_backup(config, id) : fs::path(file);
  const auto before = std::chrono::steady_clock::now();
  Report report;
  report.json = {{"file", copy.string()}, {"school", id}};
  report.text = "Учебное восстановление из копии " + copy.string();
  try {
    const PrivateFolder place;
    auto settings = config;
    settings.data = place.path() / "data";
    settings.backup = {};
    const auto folder = settings.data / "schools" / id;
    fs::create_directories(folder);
    const auto counts = storage::Database::restore(copy, folder / "school.db");
    std::int64_t rows = 0;
    for (const auto& table : counts) rows += table.rows;
    report.json["tables"] = counts.size();
    report.json["rows"] = rows;
    report.step(true, fmt::format("файл цел и восстановлен: таблиц {}, строк {}", counts.size(), rows));
    api::Application application(settings);
    try_school(application, id, report);
  } catch (const storage::Error& failure) {
    report.step(false, std::string(failure.kind() == storage::ErrorKind::corrupt ? "файл копии повреждён: "
                                   : failure.kind() == storage::ErrorKind::full ? "не хватило места: "
                                                                                : "копия не восстановлена: ") +
                           failure.what());
  }
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  report.json["seconds"] = took;
  report.json["ok"] = report.ok;
  report.text += fmt::format("\n{} Заняло {:.1f} с.",
                             report.ok ? "Копия годится." : "КОПИЯ НЕ ГОДИТСЯ: снимите новую и проверьте её.", took);
  return {std::move(report.json), std::move(report.text), {}};
}

}  // namespace eschool::cli
