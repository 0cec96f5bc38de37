#include "schema/loader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "build.hpp"
#include "schema/json_scan.hpp"

using namespace schema_test;
namespace fs = std::filesystem;

namespace {

/// Errors of one registry file of plugin `p`.
std::vector<std::string> errors_of(const std::string& text, const std::string& name = "p/r.json") {
  std::vector<LoadError> errors;
  load({{name, text}}, errors);
  return texts(errors);
}

/// Errors of a registry with the given text of one field on line 3.
std::vector<std::string> errors_of_field(const std::string& text) {
  return errors_of("{\"id\": \"p.r\", \"label\": \"Р\", \"display\": \"x\",\n\"fields\": [\n" + text + "\n]}");
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every key of a registry is read") {
  std::vector<LoadError> errors;
  const Loaded loaded = load({{"people/student.json", R"({
  "$schema": "../registry.meta.json",
  "id": "people.student", "label": "Ученики", "label_one": "Ученик", "display": "{surname}",
  "facet_of": "people.person", "facet_by": "person", "singleton": true,
  "fields": [
    {"id": "f1", "name": "person", "type": "ref", "target": "people.person", "label": "Персона", "required": true,
     "once": true, "index": true, "aliases": ["человек", "лицо"]},
    {"id": "f2", "name": "group", "type": "enum", "label": "Группа", "sensitivity": "special", "recommended": true,
     "values": [{"id": "1", "label": "I"}, {"id": "2", "label": "II", "aliases": ["вторая"]}], "default": "2"},
    {"id": "f3", "name": "code", "type": "text", "label": "Код", "help": "Из дела", "unique": true, "readonly": true,
     "search": true, "check": "snils", "when": "group = '1'", "derive": "{group}-{person}", "max_length": 20},
    {"id": "f4", "name": "weight", "type": "decimal", "label": "Вес", "scale": 1, "min": 0, "max": 200.5, "default": 30},
    {"id": "f5", "name": "marks", "type": "children", "label": "Оценки", "target": "journal.mark", "via": "student"}
  ],
  "unique": [["group", "code"]],
  "identity": [["code"], ["group", "person"]],
  "views": {
    "list": ["code", "group"], "sort": "-code,group", "filters": ["group"],
    "form": [{"label": "Основные", "fields": ["code"]}],
    "import": {"sheets": ["Ученики"], "name_value": true,
      "columns": [{"header": "Код", "to": "code"},
                  {"header": "ФИО", "aliases": ["Имя"], "to": "person.full_name", "parse": "full_name"}],
      "upsert": ["person"], "deferred": ["person"], "companions": ["school.class"]}
  }
})"}},
                             errors);
  CHECK(texts(errors) == Texts{});
  REQUIRE(loaded.registries.size() == 1);
  const Registry& r = loaded.registries[0];
  CHECK(r.id == "people.student");
  CHECK(r.plugin == "people");
  CHECK(r.label == "Ученики");
  CHECK(r.label_one == "Ученик");
  CHECK(r.display == "{surname}");
  CHECK(r.facet_of == "people.person");
  CHECK(r.facet_by == "person");
  CHECK(r.singleton);
  CHECK(r.file == "schemas/people/student.json");
  REQUIRE(r.fields.size() == 5);
  CHECK(r.fields[0].type == FieldType::reference);
  CHECK(r.fields[0].target == "people.person");
  CHECK((r.fields[0].required && r.fields[0].once && r.fields[0].index && !r.fields[0].unique));
  CHECK(r.fields[0].aliases == Texts{"человек", "лицо"});
  CHECK(r.fields[0].line == 6);
  CHECK(r.fields[1].type == FieldType::enumeration);
  CHECK(r.fields[1].sensitivity == Sensitivity::special);
  CHECK(r.fields[1].recommended);
  REQUIRE(r.fields[1].values.size() == 2);
  CHECK(r.fields[1].values[1].label == "II");
  CHECK(r.fields[1].values[1].aliases == Texts{"вторая"});
  CHECK(r.fields[1].default_value == "\"2\"");
  CHECK(r.fields[2].help == "Из дела");
  CHECK((r.fields[2].unique && r.fields[2].readonly && r.fields[2].search));
  CHECK(r.fields[2].check == "snils");
  CHECK(r.fields[2].when == "group = '1'");
  CHECK(r.fields[2].derive == "{group}-{person}");
  CHECK(r.fields[2].max_length == 20);
  CHECK(r.fields[2].sensitivity == Sensitivity::open);
  CHECK(r.fields[3].scale == 1);
  CHECK(r.fields[3].min == 0.0);
  CHECK(r.fields[3].max == 200.5);
  CHECK(r.fields[3].default_value == "30");
  CHECK(r.fields[4].via == "student");
  CHECK(r.unique == std::vector<Texts>{{"group", "code"}});
  CHECK(r.identity == std::vector<Texts>{{"code"}, {"group", "person"}});
  CHECK(r.views.list == Texts{"code", "group"});
  CHECK(r.views.sort == "-code,group");
  CHECK(r.views.filters == Texts{"group"});
  REQUIRE(r.views.form.size() == 1);
  CHECK(r.views.form[0].fields == Texts{"code"});
  CHECK(r.views.import.sheets == Texts{"Ученики"});
  CHECK(r.views.import.name_value);
  REQUIRE(r.views.import.columns.size() == 2);
  CHECK(r.views.import.columns[1].parse == "full_name");
  CHECK(r.views.import.columns[1].to == "person.full_name");
  CHECK(r.views.import.columns[1].aliases == Texts{"Имя"});
  CHECK(r.views.import.upsert == Texts{"person"});
  CHECK(r.views.import.deferred == Texts{"person"});
  CHECK(r.views.import.companions == Texts{"school.class"});
}

TEST_CASE("an error names file, line and key") {
  CHECK(errors_of_field(R"({"id": "f1", "name": "a", "type": "text", "label": "А",
  "requird": true})") ==
        Texts{"schemas/p/r.json:4: fields[0].requird: неизвестный ключ; здесь бывают: id name type label help required "
              "recommended unique readonly once index search default preset check when derive sensitivity aliases "
              "values target "
              "via max_length scale min max"});
  CHECK(errors_of("{\n\"id\": \"p.r\",\n\n\"label\": 5, \"display\": \"x\", \"fields\": [" + field("f", "a", "text") +
                  "]}") == Texts{"schemas/p/r.json:4: label: ожидалась строка"});
}

TEST_CASE("errors of one field") {
  struct Case {
    const char* field;
    const char* error;
  };
  const Case cases[] = {
      {R"({"name": "a", "type": "text", "label": "А"})", ": полю нужен ключ id"},
      {R"({"id": "f", "type": "text", "label": "А"})", ": полю нужен ключ name"},
      {R"({"id": "f", "name": "a", "label": "А"})", ": полю нужен ключ type"},
      {R"({"id": "f", "name": "a", "type": "text"})", ": полю нужен ключ label"},
      {R"({"id": "f", "name": "a", "type": "text", "label": ""})", ".label: пустая строка"},
      {R"({"id": "F", "name": "a", "type": "text", "label": "А"})", ".id: id поля: латинские строчные буквы"},
      {R"({"id": "f", "name": "Имя", "type": "text", "label": "А"})", ".name: имя поля: латинские строчные буквы"},
      {R"({"id": "f", "name": "a__b", "type": "text", "label": "А"})", ".name: имя поля: латинские строчные буквы"},
      {R"({"id": "f", "name": "version", "type": "int", "label": "А"})", ".name: имя «version» занято: такая колонка"},
      {R"({"id": "f", "name": "archived", "type": "int", "label": "А"})", ".name: имя «archived» занято"},
      {R"({"id": "f", "name": "null", "type": "int", "label": "А"})", ".name: имя «null» занято: это слово языка"},
      {R"({"id": "f", "name": "child_rows", "type": "int", "label": "А"})",
       ".name: имя «child_rows» занято: так в ответе"},
      {R"({"id": "f", "name": "a", "type": "string", "label": "А"})", ".type: неизвестный тип «string»"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "sensitivity": "secret"})",
       ".sensitivity: неизвестный уровень «secret»"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "check": "snilz"})",
       ".check: неизвестная проверка «snilz»"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "required": "yes"})",
       ".required: ожидалось true или false"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "aliases": "б"})", ".aliases: ожидался список"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "aliases": ["б", "б"]})",
       ".aliases[1]: «б» указано дважды"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "max_length": -1})",
       ".max_length: ожидалось целое неотрицательное число"},
      {R"({"id": "f", "name": "a", "type": "int", "label": "А", "max_length": 5})", ".max_length: max_length бывает у"},
      {R"({"id": "f", "name": "a", "type": "int", "label": "А", "scale": 5})", ".scale: scale бывает у"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "min": 5})", ".min: min бывает у"},
      {R"({"id": "f", "name": "a", "type": "int", "label": "А", "min": 5, "max": 4})", ".min: min больше max"},
      {R"({"id": "f", "name": "a", "type": "int", "label": "А", "min": "5"})", ".min: ожидалось число"},
      {R"({"id": "f", "name": "a", "type": "enum", "label": "А"})", ": полю типа enum нужны values"},
      {R"({"id": "f", "name": "a", "type": "enum", "label": "А", "values": []})", ": полю типа enum нужны values"},
      {R"({"id": "f", "name": "a", "type": "enum", "label": "А", "values": [{"id": "x"}]})",
       ".values[0]: значению нужны id и label"},
      {R"({"id": "f", "name": "a", "type": "enum", "label": "А", "values": [{"id": "x y", "label": "б"}]})",
       ".values[0].id: id значения: латинские буквы"},
      {R"({"id": "f", "name": "a", "type": "enum", "label": "А",
          "values": [{"id": "x", "label": "б"}, {"id": "x", "label": "в"}]})",
       ".values[1].id: значение «x» указано дважды"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "values": [{"id": "x", "label": "б"}]})",
       ".values: values бывает у"},
      {R"({"id": "f", "name": "a", "type": "ref", "label": "А"})", ": полю типа ref или children нужен target"},
      {R"({"id": "f", "name": "a", "type": "ref", "label": "А", "target": "student"})",
       ".target: ожидался реестр вида"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "target": "a.b"})", ".target: target бывает у"},
      {R"({"id": "f", "name": "a", "type": "children", "label": "А", "target": "a.b"})",
       ": полю типа children нужен via"},
      {R"({"id": "f", "name": "a", "type": "ref", "label": "А", "target": "a.b", "via": "c"})", ".via: via бывает у"},
      {R"({"id": "f", "name": "a", "type": "children", "label": "А", "target": "a.b", "via": "c", "required": true})",
       ".required: required не бывает у полей типа children"},
      {R"({"id": "f", "name": "a", "type": "bool", "label": "А", "search": true})", ".search: search бывает у"},
      {R"({"id": "f", "name": "a", "type": "longtext", "label": "А", "unique": true})", ".unique: поля типа longtext"},
      {R"({"id": "f", "name": "a", "type": "json", "label": "А", "index": true})", ".index: index не бывает у"},
      {R"({"id": "f", "name": "a", "type": "int", "label": "А", "derive": "{b}"})", ".derive: derive бывает у"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "derive": "{b"})",
       ".derive: фигурные скобки шаблона не закрыты или пусты"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "when": "b ="})",
       ".when: ожидалось значение после '=' (позиция 4)"},
      {R"({"id": "f", "name": "a", "type": "int", "label": "А", "default": "5"})", ".default: для типа int"},
      {R"({"id": "f", "name": "a", "type": "bool", "label": "А", "default": 1})", ".default: для типа bool"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "default": 1})", ".default: ожидалась строка"},
      {R"({"id": "f", "name": "a", "type": "decimal", "label": "А", "default": "1"})", ".default: для типа decimal"},
      {R"({"id": "f", "name": "a", "type": "text", "label": "А", "default": null})",
       ".default: ожидалась строка, число"},
      {R"({"id": "f", "name": "a", "type": "ref", "target": "a.b", "label": "А", "default": 1})",
       ".default: у поля этого типа не бывает default"},
      {R"({"id": "f", "name": "a", "type": "enum", "label": "А", "values": [{"id": "x", "label": "б"}], "default": "y"})",
       ".default: ожидался id одного из values"},
      {R"("a")", ": ожидался объект"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.field);
    const auto errors = errors_of_field(c.field);
    REQUIRE(errors.size() >= 1);
    CAPTURE(errors[0]);
    CHECK(errors.size() == 1);
    const std::string start = std::string(": fields[0]") + c.error;
    CHECK(errors[0].starts_with("schemas/p/r.json:"));
    CHECK(errors[0].find(start) != std::string::npos);
  }
}

TEST_CASE("an empty list of check names knows every check") {
  Loaded loaded;
  std::vector<LoadError> errors;
  const File file = registry("p.r", field("f", "a", "text", "\"check\": \"anything\""));
  load_registry_text(file.text, "f", "p", {}, loaded, errors);
  CHECK(errors.empty());
}

TEST_CASE("field ids and names are not repeated") {
  CHECK(errors_of_field(field("f1", "a", "int") + ",\n" + field("f1", "b", "int")) ==
        Texts{"schemas/p/r.json:4: fields[1].id: id «f1» уже есть у другого поля этого файла"});
  CHECK(errors_of_field(field("f1", "a", "int") + ",\n" + field("f2", "a", "int")) ==
        Texts{"schemas/p/r.json:4: fields[1].name: поле «a» уже есть в этом файле"});
}

TEST_CASE("errors of a registry") {
  const std::string good = field("f", "a", "text");
  CHECK(errors_of("[]") == Texts{"schemas/p/r.json:1: ожидался объект {...}"});
  CHECK(errors_of("{}") ==
        Texts{"schemas/p/r.json:1: реестру нужен ключ id", "schemas/p/r.json:1: реестру нужен ключ label",
              "schemas/p/r.json:1: реестру нужен ключ fields", "schemas/p/r.json:1: реестру нужен ключ display"});
  CHECK(errors_of(registry("q.r", good).text) == Texts{"schemas/p/r.json:1: id: реестр плагина «p» начинается с «p.»"});
  CHECK(errors_of(registry("p.R", good).text) ==
        Texts{"schemas/p/r.json:1: id: ожидался реестр вида people.student, не длиннее 50 знаков"});
  CHECK(errors_of(registry("p.r", "").text) == Texts{"schemas/p/r.json:2: fields: реестру нужно хотя бы одно поле"});
  CHECK(errors_of(registry("p.r", good, "\"facet_of\": \"p.q\",").text) ==
        Texts{"schemas/p/r.json:1: facet_of: facet_of и facet_by бывают только вместе"});
  CHECK(errors_of(registry("p.r", good, "\"facet_by\": \"a\",").text) ==
        Texts{"schemas/p/r.json:1: facet_by: facet_of и facet_by бывают только вместе"});
  CHECK(errors_of(registry("p.r", good, "\"unique\": [[]],").text) ==
        Texts{"schemas/p/r.json:1: unique[0]: пустой список"});
  CHECK(errors_of(registry("p.r", good, "\"unique\": [\"a\"],").text) ==
        Texts{"schemas/p/r.json:1: unique[0]: ожидался список [...]"});
  CHECK(errors_of("{\"id\": \"p.r\", \"label\": \"Р\",\n \"display\": \"{}\", \"fields\": [" + good + "]}") ==
        Texts{"schemas/p/r.json:2: display: фигурные скобки шаблона не закрыты или пусты"});
}

TEST_CASE("errors of views") {
  const auto errors = [](const std::string& views) {
    return errors_of(registry("p.r", field("f", "a", "text"), "\n\"views\": " + views + ",").text);
  };
  CHECK(errors("{\"tables\": []}") == Texts{"schemas/p/r.json:2: views.tables: неизвестный ключ; здесь бывают: list "
                                            "lists sort filters form related import"});
  CHECK(errors("{\"form\": [{\"fields\": [\"a\"]}]}") ==
        Texts{"schemas/p/r.json:2: views.form[0]: разделу формы нужен label"});
  CHECK(errors("{\"import\": {\"columns\": [\n{\"header\": \"А\"}]}}") ==
        Texts{"schemas/p/r.json:3: views.import.columns[0]: колонке нужен ключ to"});
  CHECK(errors("{\"import\": {\"columns\": [{\"to\": \"a\"}]}}") ==
        Texts{"schemas/p/r.json:2: views.import.columns[0]: колонке нужен ключ header"});
  CHECK(
      errors("{\"import\": {\"columns\": [{\"header\": \"А\", \"to\": \"a\", \"parse\": \"name\"}]}}") ==
      Texts{
          "schemas/p/r.json:2: views.import.columns[0].parse: неизвестный разбор «name»; бывают full_name и quantity"});
  CHECK(errors("{\"import\": {\"columns\": [{\"header\": \"А\", \"to\": \"surname\", \"parse\": \"full_name\"}]}}") ==
        Texts{"schemas/p/r.json:2: views.import.columns[0].to: для разбора full_name путь кончается на full_name"});
  CHECK(
      errors("{\"import\": {\"columns\": [{\"header\": \"А\", \"to\": \"a\"}, {\"header\": \"А\", \"to\": \"b\"}]}}") ==
      Texts{"schemas/p/r.json:2: views.import.columns[1].header: колонка «А» уже есть"});
  CHECK(errors("{\"import\": {\"companions\": [\"class\"]}}") ==
        Texts{"schemas/p/r.json:2: views.import.companions[0]: ожидался реестр вида people.student"});
}

TEST_CASE("an extension") {
  std::vector<LoadError> errors;
  const Loaded loaded = load({{"people/school.class.json", R"({"adds_to": "school.class",
    "fields": [{"id": "f1", "name": "teacher", "type": "ref", "target": "people.employee", "label": "Учитель"}],
    "views": {"list": ["teacher"]}})"}},
                             errors);
  CHECK(texts(errors) == Texts{});
  CHECK(loaded.registries.empty());
  REQUIRE(loaded.extensions.size() == 1);
  CHECK(loaded.extensions[0].adds_to == "school.class");
  CHECK(loaded.extensions[0].plugin == "people");
  CHECK(loaded.extensions[0].fields[0].id == "people.f1");
  CHECK(loaded.extensions[0].fields[0].added_by == "people");

  const auto bad = [](const char* text) { return errors_of(text, "people/school.class.json"); };
  CHECK(bad(R"({"adds_to": "people.person"})") ==
        Texts{"schemas/people/school.class.json:1: adds_to: реестр своего плагина дополняют в его собственном файле"});
  CHECK(bad(R"({"adds_to": "class"})") ==
        Texts{"schemas/people/school.class.json:1: adds_to: ожидался реестр вида school.class"});
  CHECK(bad(R"({"adds_to": "a.b", "label": "x"})").size() == 1);
  CHECK(bad(R"({"adds_to": "a.b", "views": {"sort": "x"}})") ==
        Texts{"schemas/people/school.class.json:1: views.sort: этот ключ задаёт только сам реестр"});
  CHECK(bad(R"({"adds_to": "a.b", "views": {"import": {"through": "x.y", "name_value": true}}})").size() == 2);
}

TEST_CASE("relations") {
  std::vector<LoadError> errors;
  const Loaded loaded = load({{"people/relations.json", R"({
  "guardian_of": {"label": "родитель ученика", "on": {
    "people.student": "person = @me",
    "people.person": "id = @me"}}})"}},
                             errors);
  CHECK(texts(errors) == Texts{});
  REQUIRE(loaded.relations.size() == 2);
  CHECK(loaded.relations[0].name == "guardian_of");
  CHECK(loaded.relations[0].label == "родитель ученика");
  CHECK(loaded.relations[0].registry == "people.student");
  CHECK(loaded.relations[0].rule == "person = @me");
  CHECK(loaded.relations[0].file == "schemas/people/relations.json");
  CHECK(loaded.relations[1].line == 4);

  const auto bad = [](const char* text) { return errors_of(text, "people/relations.json"); };
  CHECK(bad("{\"r\": {\"label\": \"x\",\n\"on\": {\n\"a.b\": \"x = \"}}}") ==
        Texts{"schemas/people/relations.json:3: r.on.a.b: ожидалось значение после '=' (позиция 5)"});
  CHECK(bad(R"({"r": {"on": {"a.b": "x"}}})") == Texts{"schemas/people/relations.json:1: r: связи нужен ключ label"});
  CHECK(bad(R"({"r": {"label": "x"}})") ==
        Texts{"schemas/people/relations.json:1: r: связи нужен ключ on: реестр и условие"});
  CHECK(bad(R"({"r": {"label": "x", "on": {"b": "x"}}})").size() == 1);
  CHECK(bad(R"({"R": {"label": "x", "on": {"a.b": "x"}}})").size() == 1);
  CHECK(bad(R"({"r": {"label": "x", "on": {"a.b": 5}, "more": 1}})").size() >= 2);
  CHECK(bad("[]") == Texts{"schemas/people/relations.json:1: ожидался объект {...}"});
}

TEST_CASE("errors of JSON itself have lines") {
  struct Case {
    const char* text;
    const char* error;
  };
  const Case cases[] = {
      {"", "1: JSON обрывается: ожидалось значение"},
      {"{\"id\": 1,\n\n\"label\" 2}", "3: label: ожидалось двоеточие после ключа"},
      {"{\"id\": 1\n\"label\": 2}", "2: ожидалась запятая или } в объекте"},
      {"{\"id\": 1,\n}", "2: ожидался ключ в двойных кавычках"},
      {"{\"id\": [1,\n2", "2: id: ожидалась запятая или ] в списке"},
      {"{\"id\": [1,\n]}",
       "2: id[1]: ожидалось значение JSON: строка в двойных кавычках, число, true, false, null, { или ["},
      {"{\n\"id\": \"abc\n\"}", "2: id: строка не закрыта кавычкой или содержит управляющий знак"},
      {"{\"id\": \"abc", "1: id: строка не закрыта кавычкой"},
      {"{\"id\": \"\\x\"}", "1: id: неизвестный знак после \\ в строке"},
      {"{\"id\": \"\\u12g4\"}", "1: id: после \\u в строке нужны четыре шестнадцатеричные цифры"},
      {"{\"id\": 01}", "1: id: число не может начинаться с нуля"},
      {"{\"id\": 1.}", "1: id: число записано неверно"},
      {"{\"id\": -}", "1: id: число записано неверно"},
      {"{\"id\": nul}", "1: id: ожидалось значение JSON: строка в двойных кавычках, число, true, false, null, { или ["},
      {"{}\n{}", "2: лишний текст после конца JSON"},
      {"{\"id\": 1,\n\"id\": 2}", "2: id: ключ указан дважды"},
      {"{\"fields\": [{\"a\": 1,\n\"a\": 2}]}", "2: fields[0].a: ключ указан дважды"},
      {"{\"a\\u0062\": 1}", "1: ключ записан с обратной косой чертой"},
      {"{'id': 1}", "1: ожидался ключ в двойных кавычках"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(errors_of(c.text) == Texts{std::string("schemas/p/r.json:") + c.error});
  }
  CHECK(errors_of("{\"id\":\n\"\xff\"}").at(0).starts_with("schemas/p/r.json:2: текст не в UTF-8"));
  CHECK(errors_of(std::string(100000, '[')).at(0).find("вложенность JSON больше 32") != std::string::npos);
  CHECK(errors_of("\xEF\xBB\xBF" + registry("p.r", field("f", "a", "text")).text) == Texts{});
}

TEST_CASE("the scan takes what the parser takes, and notes every key") {
  Lines lines;
  CHECK(scan_json("{\"a\": [1, {\"b\": -0.5e+3}],\n \"c\": \"\\\"\\\\\\u00e9\\n\", \"d\": [], \"e\": {}}", lines)
            .empty());
  CHECK(lines == Lines{{"", 1}, {"a", 1}, {"a[0]", 1}, {"a[1]", 1}, {"a[1].b", 1}, {"c", 2}, {"d", 2}, {"e", 2}});
}

TEST_CASE("damaged files never break the loader") {
  const std::string text = registry("p.r", field("f", "a", "enum", R"("values": [{"id": "x", "label": "б"}])"),
                                    R"("views": {"import": {"columns": [{"header": "А", "to": "a"}]}},)")
                               .text;
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = text;
    for (int k = 0; k < 3; ++k) damaged[random() % damaged.size()] = "{}[]\",:0a\\\xff\n"[random() % 12];
    errors_of(damaged.substr(0, random() % (damaged.size() + 1)));
    errors_of(damaged, "p/relations.json");
  }
}

TEST_CASE("a folder is read in the order of names, and a bad file leaves the others") {
  const fs::path folder =
      fs::temp_directory_path() / ("eschool-schema-" + std::to_string(std::random_device{}())) / "p";
  fs::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; };
  write("b.json", registry("p.b", field("f", "a", "int")).text);
  write("a.json", registry("p.a", field("f", "a", "int")).text);
  write("bad.json", "{");
  write("big.json", std::string((1 << 20) + 1, ' '));
  write("notes.txt", "{");
  write("relations.json", R"({"mine": {"label": "x", "on": {"p.a": "a = 1"}}})");
  std::vector<LoadError> errors;
  const Loaded loaded = load_folder(folder, "p", {}, errors);
  fs::remove_all(folder.parent_path());
  REQUIRE(loaded.registries.size() == 2);
  CHECK(loaded.registries[0].id == "p.a");
  CHECK(loaded.registries[1].id == "p.b");
  CHECK(loaded.relations.size() == 1);
  CHECK(texts(errors) == Texts{"schemas/p/bad.json:1: ожидался ключ в двойных кавычках",
                               "schemas/p/big.json: файл не читается или больше 1 МиБ"});
  errors.clear();
  load_folder(folder, "p", {}, errors);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].message.starts_with("папка не читается"));
}
