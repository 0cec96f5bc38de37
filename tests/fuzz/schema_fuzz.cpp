// Schema files: a registry, an extension, or a relations.json (the first byte R), loaded, resolved beside a small
// registry to refer to, and laid out in tables.
#include <sqlite3.h>

#include <algorithm>

#include "oracle.hpp"
#include "schema/loader.hpp"
#include "schema/tables.hpp"

using namespace eschool::schema;
using eschool::fuzz::expect;

namespace {

constexpr std::string_view neighbour = R"({"id": "school.class", "label": "Классы", "display": "{name}",
"fields": [{"id": "name", "name": "name", "type": "text", "label": "Имя", "required": true}]})";

/// The tables of what passed are tables that a database makes.
void check_tables(const Catalogue& catalogue) {
  sqlite3* database = nullptr;
  expect(sqlite3_open(":memory:", &database) == SQLITE_OK, "a database opens");
  for (const auto& registry : catalogue.registries()) {
    const auto table = create_table(*registry, catalogue, {});
    expect(sqlite3_exec(database, table.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database),
           table);
  }
  for (const auto& registry : catalogue.registries())
    for (const auto& [name, statement] : indexes_of(*registry, {})) {
      expect(name.size() <= 63, "the name of an index fits", name);
      expect(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
             sqlite3_errmsg(database), statement);
    }
  sqlite3_close(database);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = eschool::fuzz::text_of(data, size);
  const KnownCheck known = [](std::string_view name) { return name == "snils"; };
  Loaded loaded;
  std::vector<LoadError> errors;
  load_registry_text(neighbour, "schemas/school/class.json", "school", known, loaded, errors);
  expect(errors.empty() && loaded.registries.size() == 1, "the neighbour loads");
  if (text.starts_with('R')) {
    text.remove_prefix(1);
    load_relations_text(text, "schemas/people/relations.json", loaded, errors);
  } else {
    load_registry_text(text, "schemas/people/student.json", "people", known, loaded, errors);
    expect(!errors.empty() || loaded.registries.size() + loaded.extensions.size() == 2, "a file loads or says why",
           text);
  }
  auto catalogue =
      Catalogue::build(std::move(loaded.registries), std::move(loaded.extensions), std::move(loaded.relations), errors);
  expect(catalogue.find("school.class") != nullptr, "a broken file leaves others alone", text);
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  for (const auto& error : errors)
    expect(
        !error.message.empty() && error.line >= 0 && (error.file == "schemas/school/class.json" || error.line <= lines),
        "an error has a line of the file", error.text());
  check_tables(catalogue);
  return 0;
}
