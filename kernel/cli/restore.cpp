#include "kernel/cli/restore.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "kernel/school/origin.hpp"
#include "kernel/school/place.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::cli {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

void refuse_foreign(const fs::path& backup, const std::string& school, bool other_school) {
  const auto origin = school::origin_of(backup);
  if (origin.layout > school::layout)
    throw std::runtime_error(
        "Копия снята более новой версией программы. Обновите программу и повторите: эта прочла бы её неверно. Ничего "
        "не "
        "изменено.");
  if (other_school || origin.school.empty() || origin.school == school) return;
  throw std::runtime_error(fmt::format(
      "Копия снята со школы {}, а восстанавливается {}. Ничего не изменено. Проверьте имя файла; если так и задумано, "
      "добавьте ключ --other-school.",
      origin.school, school));
}

}  // namespace

CommandResult restore_school(const fs::path& folder, const config::Config& config, const fs::path& backup,
                             bool other_school) {
  refuse_foreign(backup, folder.filename().string(), other_school);
  const bool known = fs::exists(folder);
  fs::create_directories(folder);
  const auto place = known ? school::place_of(folder, config) : school::new_place(folder, config);
  const auto counts = storage::Database::restore(backup, place);
  school::note_place(folder, place);
  json::array tables;
  std::int64_t rows = 0;
  for (const auto& table : counts) {
    tables.push_back(json::object{{"table", table.table}, {"rows", table.rows}});
    rows += table.rows;
  }
  return {{{"restored", place.name()}, {"tables", std::move(tables)}},
          fmt::format("Восстановлено и проверено: таблиц {}, строк {}.", counts.size(), rows),
          {}};
}

}  // namespace eschool::cli
