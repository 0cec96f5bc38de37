#include "kernel/school/origin.hpp"

#include <fmt/format.h>

#include <charconv>

#include "kernel/storage/database.hpp"

namespace eschool::school {

namespace {

constexpr const char* setting = "SELECT value FROM es_setting WHERE name = ?";

int number_of(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void store(storage::Session& session, const std::string& name, const std::string& value) {
  if (session.text(setting, {name}) == value) return;
  session.execute(
      "INSERT INTO es_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {name, value});
}

}  // namespace

NewerDatabase::NewerDatabase(int found)
    : std::runtime_error(fmt::format("the database has layout {}, this program knows {}", found, layout)) {}

void note_origin(storage::Session& session, const std::string& school) {
  if (const auto found = number_of(session.text(setting, {"layout"})); found > layout) throw NewerDatabase(found);
  store(session, "layout", std::to_string(layout));
  store(session, "school", school);
}

Origin origin_of(const std::filesystem::path& backup) {
  const auto told = storage::Database::peek(backup, setting, {"school", "layout"});
  return {told[0], number_of(told[1])};
}

}  // namespace eschool::school
