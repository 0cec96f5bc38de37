#include "desk.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <variant>

#include "kernel/http/problem.hpp"
#include "kernel/registry/import/journal.hpp"
#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/migration.hpp"
#include "place.hpp"
#include "schema/loader.hpp"
#include "tabular/reader.hpp"
#include "text/checks.hpp"

namespace eschool::importing::test {

namespace {

namespace fs = std::filesystem;
const fs::path root = ESCHOOL_SOURCE_DIR;

schema::Catalogue build(schema::Loaded loaded, std::vector<schema::LoadError> errors) {
  auto catalogue = schema::Catalogue::build(std::move(loaded.registries), std::move(loaded.extensions),
                                            std::move(loaded.relations), errors);
  for (const auto& error : errors) MESSAGE(error.text());
  REQUIRE(errors.empty());
  return catalogue;
}

constexpr const char* small_schemas[] = {
    R"({"id": "store.person", "label": "Люди", "label_one": "Человек", "display": "{surname} {given_name} {patronymic}",
        "fields": [
          {"id": "f1", "name": "surname", "type": "text", "label": "Фамилия", "required": true, "check": "person_name", "index": true},
          {"id": "f2", "name": "given_name", "type": "text", "label": "Имя", "required": true, "check": "person_name"},
          {"id": "f3", "name": "patronymic", "type": "text", "label": "Отчество", "check": "person_name"},
          {"id": "f4", "name": "birth_date", "type": "date", "label": "Дата рождения"},
          {"id": "f5", "name": "snils", "type": "text", "label": "СНИЛС", "check": "snils", "unique": true},
          {"id": "f6", "name": "phone", "type": "text", "label": "Телефон", "check": "phone", "index": true}],
        "identity": [["snils"], ["surname", "given_name", "patronymic", "birth_date"]],
        "views": {"import": {"columns": [
          {"header": "ФИО", "to": "full_name", "parse": "full_name"},
          {"header": "Дата рождения", "to": "birth_date"}, {"header": "СНИЛС", "to": "snils"}, {"header": "Телефон", "to": "phone"}]}}})",
    R"({"id": "store.keeper", "label": "Хранители", "label_one": "Хранитель", "facet_of": "store.person", "facet_by": "person",
        "fields": [
          {"id": "f1", "name": "person", "type": "ref", "target": "store.person", "label": "Человек", "required": true, "once": true},
          {"id": "f2", "name": "badge", "type": "text", "label": "Пропуск", "unique": true}],
        "identity": [["snils"], ["badge"], ["surname", "given_name", "patronymic", "birth_date"],
                     ["surname", "given_name", "patronymic", "phone"]],
        "views": {"sort": "surname", "import": {"sheets": ["Хранители"], "columns": [
          {"header": "ФИО", "to": "full_name", "parse": "full_name"},
          {"header": "Фамилия", "to": "surname"}, {"header": "Имя", "to": "given_name"}, {"header": "Отчество", "to": "patronymic"},
          {"header": "Дата рождения", "to": "birth_date"}, {"header": "СНИЛС", "to": "snils"},
          {"header": "Телефон", "to": "phone"}, {"header": "Пропуск", "aliases": ["№ пропуска"], "to": "badge"}]}}})",
    R"({"id": "store.shelf", "label": "Полки", "label_one": "Полка", "display": "{name}",
        "fields": [{"id": "f1", "name": "name", "type": "text", "label": "Полка", "required": true, "unique": true}],
        "identity": [["name"]],
        "views": {"sort": "name", "import": {"sheets": ["Полки"], "columns": [{"header": "Название", "to": "name"}]}}})",
    R"({"id": "store.crate", "label": "Ящики", "label_one": "Ящик", "display": "{code} на {shelf}",
        "fields": [
          {"id": "f1", "name": "code", "type": "text", "label": "Код", "required": true, "unique": true, "max_length": 8},
          {"id": "f2", "name": "shelf", "type": "ref", "target": "store.shelf", "label": "Полка"},
          {"id": "f3", "name": "room", "type": "ref", "target": "store.room", "label": "Комната"},
          {"id": "f4", "name": "keeper", "type": "ref", "target": "store.keeper", "label": "Хранитель"},
          {"id": "f5", "name": "packed", "type": "date", "label": "Упакован"},
          {"id": "f6", "name": "kind", "type": "enum", "label": "Вид", "values": [{"id": "dry", "label": "сухой"}, {"id": "wet", "label": "мокрый"}]},
          {"id": "f7", "name": "weight", "type": "decimal", "label": "Вес"},
          {"id": "f8", "name": "note", "type": "text", "label": "Заметка"}],
        "identity": [["code"]],
        "views": {"sort": "code", "import": {"sheets": ["Ящики"], "upsert": ["room"], "deferred": ["keeper"], "companions": ["store.shelf"], "columns": [
          {"header": "Код", "to": "code"}, {"header": "Полка", "to": "shelf"}, {"header": "Комната", "to": "room.name"},
          {"header": "Хранитель", "to": "keeper.full_name", "parse": "full_name"}, {"header": "Упакован", "to": "packed"},
          {"header": "Вид", "to": "kind"}, {"header": "Вес", "to": "weight", "parse": "quantity"}, {"header": "Заметка", "to": "note"}]}}})",
    R"({"id": "store.room", "label": "Комнаты", "label_one": "Комната", "display": "{name}",
        "fields": [{"id": "f1", "name": "name", "type": "text", "label": "Комната", "required": true},
                   {"id": "f2", "name": "floor", "type": "int", "label": "Этаж"}],
        "identity": [["name"]]})",
    R"({"id": "store.firm", "label": "Фирма", "label_one": "Фирма", "display": "{title}", "singleton": true,
        "fields": [
          {"id": "f1", "name": "title", "type": "text", "label": "Наименование", "required": true},
          {"id": "f2", "name": "inn", "type": "text", "label": "ИНН", "check": "inn_org"},
          {"id": "f3", "name": "founded", "type": "date", "label": "Основана"}],
        "views": {"import": {"sheets": ["Фирма"], "name_value": true, "companions": ["store.shelf"], "columns": [
          {"header": "Наименование", "to": "title"}, {"header": "ИНН", "to": "inn"}, {"header": "Основана", "to": "founded"}]}}})",
};

}  // namespace

const schema::Catalogue& school_catalogue() {
  static const auto built = [] {
    std::vector<schema::LoadError> errors;
    schema::Loaded all;
    for (const auto* plugin : {"school", "people", "curriculum"}) {
      auto loaded = schema::load_folder(root / "schemas" / plugin, plugin, text::known_check, errors);
      std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(all.registries));
      std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(all.extensions));
    }
    return build(std::move(all), std::move(errors));
  }();
  return built;
}

const schema::Catalogue& small_catalogue() {
  static const auto built = [] {
    std::vector<schema::LoadError> errors;
    schema::Loaded all;
    for (const auto* text : small_schemas)
      schema::load_registry_text(text, "store.json", "store", text::known_check, all, errors);
    return build(std::move(all), std::move(errors));
  }();
  return built;
}

Desk::Desk(const schema::Catalogue& of, registry::Hooks* hooks)
    : catalogue(of), policy(of, roles), query(of, policy), writer(of, policy, query, history, hooks) {
  const auto made = std::make_shared<eschool::test::Place>();
  place = made;
  database = storage::Database::open(made->database());
  database->write([&](storage::Session& session) {
    registry::create_tables(session);
    audit::create_tables(session);
    create_tables(session);
    create_journal_tables(session);
    registry::migrate(session, of, false);
  });
  who.system = true;
}

ImportResult Desk::import(const std::string& registry, const tabular::Workbook& workbook,
                          const ImportOptions& options) {
  ImportResult result;
  write([&](storage::Session& session) {
    result = Importer(catalogue, query, writer).run(session, asker, catalogue.at(registry), workbook, options);
  });
  return result;
}

std::string Desk::refusal(const std::string& registry, const tabular::Workbook& workbook) {
  try {
    import(registry, workbook);
    return {};
  } catch (const http::ProblemError& thrown) {
    CHECK(thrown.problem.status == 422);
    return thrown.problem.code + ": " + thrown.problem.detail;
  }
}

std::int64_t Desk::count(const std::string& table) {
  return database->read()->integer(fmt::format("SELECT COUNT(*) FROM {}", table));
}

std::string Desk::text(const std::string& sql) { return database->read()->text(sql); }

registry::Written Desk::create(const std::string& registry, registry::Values values) {
  registry::Written written;
  write([&](storage::Session& session) {
    written = writer.create(session, asker, catalogue.at(registry), std::move(values));
  });
  return written;
}

void Desk::write(const std::function<void(storage::Session&)>& body) { database->write(body); }

tabular::Sheet sheet(std::string name, std::initializer_list<std::initializer_list<const char*>> rows) {
  tabular::Sheet made;
  made.name = std::move(name);
  int number = 0;
  for (const auto& cells : rows) {
    tabular::Row row;
    row.number = ++number;
    for (const auto* cell : cells) row.cells.push_back(*cell ? tabular::Cell::of_text(cell) : tabular::Cell{});
    if (!row.cells.empty()) made.rows.push_back(std::move(row));
  }
  return made;
}

tabular::Workbook book(std::initializer_list<tabular::Sheet> sheets) {
  tabular::Workbook workbook;
  workbook.sheets = sheets;
  return workbook;
}

tabular::Workbook parsed(const std::string& bytes) {
  auto read = tabular::read(bytes);
  if (const auto* problem = std::get_if<tabular::ReadProblem>(&read)) FAIL(problem->message);
  return std::get<tabular::Workbook>(std::move(read));
}

tabular::Workbook sample(const std::string& file) {
  std::ifstream stream(root / "tests/fixtures/excel" / file, std::ios::binary);
  REQUIRE_MESSAGE(stream, file);
  return parsed({std::istreambuf_iterator<char>(stream), {}});
}

std::vector<std::string> marks(const Capped<Remark>& remarks) {
  std::vector<std::string> texts;
  for (const auto& remark : remarks.items)
    texts.push_back(fmt::format("{} {} {}", remark.row, remark.column, remark.code));
  return texts;
}

}  // namespace eschool::importing::test
