#include "kernel/cli/move.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "kernel/audit/history.hpp"
#include "kernel/school/place.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// The head of the history's chain, which is whole.
audit::Head verified_head(const storage::Location& place) {
  const auto database = storage::Database::open(place);
  const auto session = database->read();
  const auto result = audit::verify(*session);
  if (!result.ok()) throw std::runtime_error("история изменений нарушена: " + result.reason);
  return result.head;
}

}  // namespace

CommandResult move_school(const fs::path& folder, const config::Config& config, const std::string& engine) {
  if (!fs::is_directory(folder)) throw std::runtime_error("такой школы нет: " + folder.filename().string());
  const auto from = school::place_of(folder, config);
  const bool to_file = engine == "sqlite";
  if (to_file == (from.engine() == storage::Engine::sqlite))
    throw std::runtime_error(fmt::format("школа уже там: {}", from.name()));
  const auto to = to_file ? school::file_place(folder) : school::schema_place(folder, config);

  const auto before = verified_head(from);
  const auto counts = storage::Database::copy(from, to);
  const auto after = verified_head(to);
  if (after.seq != before.seq || after.hash != before.hash)
    throw std::runtime_error("история изменений разошлась: школа осталась на прежнем месте");
  school::note_place(folder, to);
  auto left = from.name();
  if (!to_file) {
    // Out of the way of a later move back, and so that nobody takes it for the living one.
    auto moved = from.file;
    moved += ".moved";
    fs::rename(from.file, moved);
    left = moved.string();
  }
  json::array tables;
  std::int64_t rows = 0;
  for (const auto& table : counts) {
    tables.push_back(json::object{{"table", table.table}, {"rows", table.rows}});
    rows += table.rows;
  }
  return {{{"moved", to.name()}, {"left", left}, {"head", after.hash}, {"tables", std::move(tables)}},
          fmt::format("Школа перенесена: {}. Сверены все записи: таблиц {}, строк {}; история цела.\n"
                      "Прежняя база осталась: {}. Удалите её, когда убедитесь, что всё на месте.",
                      to.name(), counts.size(), rows, left),
          {}};
}

}  // namespace eschool::cli
