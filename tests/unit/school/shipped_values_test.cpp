// What a school is given of its plugins' values, when, and what is never touched again.
#include "kernel/school/shipped_values.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "desk.hpp"
#include "schema/loader.hpp"
#include "text/checks.hpp"

using namespace eschool;
using importing::test::Desk;

namespace {

using Texts = std::vector<std::string>;

constexpr const char* level_schema =
    R"({"id": "p.level", "label": "Уровни", "display": "{name}", "identity": [["name"]], "fields": [
         {"id": "f1", "name": "name", "type": "text", "label": "Название", "required": true, "unique": true}]})";
constexpr const char* award_schema =
    R"({"id": "p.award", "label": "Награды", "display": "{name}", "identity": [["name"]], "fields": [
         {"id": "f1", "name": "name", "type": "text", "label": "Название", "required": true, "max_length": 12},
         {"id": "f2", "name": "level", "type": "ref", "target": "p.level", "label": "Уровень", "required": true},
         {"id": "f3", "name": "since", "type": "date", "label": "С"}]})";

schema::Catalogue catalogue_with(const std::string& levels, const std::string& awards) {
  std::vector<schema::LoadError> errors;
  schema::Loaded loaded;
  schema::load_registry_text(level_schema, "schemas/p/level.json", "p", text::known_check, loaded, errors);
  schema::load_registry_text(award_schema, "schemas/p/award.json", "p", text::known_check, loaded, errors);
  schema::load_values_text(R"({"registry": "p.level", "values": [)" + levels + "]}", "schemas/p/values/level.json", "p",
                           loaded, errors);
  schema::load_values_text(R"({"registry": "p.award", "values": [)" + awards + "]}", "schemas/p/values/award.json", "p",
                           loaded, errors);
  auto catalogue = schema::Catalogue::build(std::move(loaded.registries), {}, {}, errors);
  catalogue.take_values(std::move(loaded.values), errors);
  for (const auto& error : errors) MESSAGE(error.text());
  REQUIRE(errors.empty());
  return catalogue;
}

const std::string school_level = R"({"id": "school", "name": "школьный"})";
const std::string city_level = R"({"id": "city", "name": "городской"})";
const std::string thanks = R"({"id": "thanks", "name": "грамота", "level": "school", "since": "2020-09-01"})";

struct Office : Desk {
  explicit Office(const schema::Catalogue& first) : Desk(first) {
    write([](storage::Session& session) { school::create_shipped_table(session); });
  }
  /// Gives what the catalogue ships: the same registries as the desk's, with the values of some version.
  school::Given give(
      const schema::Catalogue& version, const school::Wanted& wanted = [](auto&) { return true; }) {
    const access::Policy its_policy(version, roles);
    const registry::RecordQuery its_query(version, its_policy);
    registry::RecordWriter its_writer(version, its_policy, its_query, history, nullptr);
    school::Given given;
    write([&](storage::Session& session) { given = school::give_values(session, asker, version, its_writer, wanted); });
    return given;
  }
  bool lacks(const schema::Catalogue& version) {
    return school::lacks_values(*database->read(), version, [](auto&) { return true; });
  }
  std::string awards() {
    return text(
        "SELECT COALESCE(MAX(a.name), '') || '|' || COALESCE(MAX(l.name), '') || '|' || COUNT(*) FROM p_award a JOIN"
        " p_level l ON l.id = a.level WHERE a.archived = 0");
  }
};

}  // namespace

TEST_CASE("values become records with history, once") {
  const auto catalogue = catalogue_with(school_level, thanks);
  Office office(catalogue);
  CHECK(office.lacks(catalogue));
  auto given = office.give(catalogue);
  CHECK(given.created == 2);
  CHECK(given.problems == Texts{});
  CHECK(office.awards() == "грамота|школьный|1");
  CHECK(office.text("SELECT since FROM p_award") == "2020-09-01");
  CHECK(office.count("es_history") == 2);
  CHECK_FALSE(office.lacks(catalogue));
  given = office.give(catalogue);
  CHECK(given.created + given.found == 0);
  CHECK(office.count("p_award") == 1);
}

TEST_CASE("an update adds what is new and leaves the school's changes alone") {
  const auto first = catalogue_with(school_level, thanks);
  Office office(first);
  office.give(first);
  office.write([&](storage::Session& session) {
    office.writer.update(session, office.asker, first.at("p.award"), 1, {{"name", std::string("Грамота лицея")}}, {});
  });
  const auto second = catalogue_with(
      school_level + "," + city_level,
      R"({"id": "thanks", "name": "новое имя", "level": "city"}, {"id": "cup", "name": "кубок", "level": "city"})");
  CHECK(office.lacks(second));
  CHECK(office.give(second).created == 2);
  CHECK(office.text("SELECT name FROM p_award WHERE id = 1") == "Грамота лицея");
  CHECK(office.text("SELECT l.name FROM p_award a JOIN p_level l ON l.id = a.level WHERE a.id = 2") == "городской");
}

TEST_CASE("what the school archived does not come back, nor does what cannot be without it") {
  const auto first = catalogue_with(city_level, "");
  Office office(first);
  office.give(first);
  office.write(
      [&](storage::Session& session) { office.writer.archive(session, office.asker, first.at("p.level"), 1, {}); });
  const auto second = catalogue_with(city_level, R"({"id": "cup", "name": "кубок", "level": "city"})");
  const auto given = office.give(second);
  CHECK(given.created == 0);
  CHECK(given.problems == Texts{});
  CHECK(office.count("p_award") == 0);
  CHECK_FALSE(office.lacks(second));
}

TEST_CASE("a record that the school made itself is taken for the shipped one") {
  const auto catalogue = catalogue_with(school_level, thanks);
  Office office(catalogue);
  office.create("p.level", {{"name", std::string("Школьный")}});
  const auto given = office.give(catalogue);
  CHECK(given.found == 1);
  CHECK(given.created == 1);
  CHECK(office.count("p_level") == 1);
  CHECK(office.awards() == "грамота|Школьный|1");
}

TEST_CASE("a value that is refused is told with file and line, harms no other and is tried again") {
  const auto catalogue =
      catalogue_with(school_level, "\n" + thanks +
                                       ",\n"
                                       R"({"id": "long", "name": "очень длинное название", "level": "school"},)"
                                       "\n"
                                       R"({"id": "day", "name": "день", "level": "school", "since": "31.31.2020"})");
  Office office(catalogue);
  const auto given = office.give(catalogue);
  CHECK(given.created == 2);
  REQUIRE(given.problems.size() == 2);
  CHECK(given.problems[0].starts_with("schemas/p/values/award.json:3: values[1]: name: "));
  CHECK(given.problems[1].starts_with("schemas/p/values/award.json:4: values[2]: since: "));
  CHECK(office.lacks(catalogue));
}

TEST_CASE("registries that may not be written now wait") {
  const auto catalogue = catalogue_with(school_level, thanks);
  Office office(catalogue);
  const auto only_levels = [](const schema::Registry& registry) { return registry.id == "p.level"; };
  CHECK(office.give(catalogue, only_levels).created == 1);
  CHECK_FALSE(school::lacks_values(*office.database->read(), catalogue, only_levels));
  CHECK(office.give(catalogue).created == 1);
}

TEST_CASE("all values that the product ships are accepted") {
  std::vector<schema::LoadError> errors;
  schema::Loaded all;
  for (const auto* plugin : {"school", "people"}) {
    auto loaded = schema::load_folder(std::filesystem::path(ESCHOOL_SOURCE_DIR) / "schemas" / plugin, plugin,
                                      text::known_check, errors);
    std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(all.registries));
    std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(all.extensions));
    std::move(loaded.values.begin(), loaded.values.end(), std::back_inserter(all.values));
  }
  auto catalogue = schema::Catalogue::build(std::move(all.registries), std::move(all.extensions), {}, errors);
  catalogue.take_values(std::move(all.values), errors);
  for (const auto& error : errors) MESSAGE(error.text());
  REQUIRE(errors.empty());
  Office office(catalogue);
  const auto given = office.give(catalogue);
  for (const auto& problem : given.problems) MESSAGE(problem);
  CHECK(given.problems.empty());
  CHECK(given.found == 0);
  std::size_t shipped = 0;
  for (const auto& file : catalogue.values()) shipped += file.values.size();
  CHECK(static_cast<std::size_t>(given.created) == shipped);
  CHECK(shipped > 200);
}
