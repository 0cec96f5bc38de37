#include "schema/catalogue.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "build.hpp"

using namespace schema_test;
using Texts = std::vector<std::string>;

namespace {

const File person = registry("people.person", field("f1", "surname", "text") + "," + field("f2", "given_name", "text") +
                                                  "," + field("f3", "patronymic", "text"));
const std::string by_person =
    field("f1", "person", "ref", R"("target": "people.person", "required": true, "once": true)");
const std::string student_keys = R"("facet_of": "people.person", "facet_by": "person",)";
const File student = registry("people.student", by_person + "," + field("f2", "file_no", "text"), student_keys);

Texts errors_of(const std::vector<File>& files) {
  std::vector<LoadError> errors;
  build(files, errors);
  return texts(errors);
}

/// Errors of a students' registry with `more` keys, beside persons.
Texts errors_of_student(const std::string& more) {
  return errors_of({person, registry("people.student", by_person + "," + field("f2", "file_no", "text"),
                                     student_keys + "\n" + more + ",")});
}

}  // namespace

TEST_CASE("the text of an error") {
  CHECK(LoadError{"schemas/p/r.json", 14, "fields[3].type", "плохо"}.text() ==
        "schemas/p/r.json:14: fields[3].type: плохо");
  CHECK(LoadError{"schemas/p/r.json", 0, "", "плохо"}.text() == "schemas/p/r.json: плохо");
}

TEST_CASE("registries are found, in the order of loading") {
  std::vector<LoadError> errors;
  const Catalogue catalogue = build({person, student}, errors);
  CHECK(texts(errors) == Texts{});
  CHECK(ids(catalogue) == Texts{"people.person", "people.student"});
  CHECK(catalogue.find("people.person")->table() == "people_person");
  CHECK(catalogue.find("people.nobody") == nullptr);
  CHECK(&catalogue.at("people.person") == catalogue.find("people.person"));
  CHECK_THROWS_AS(catalogue.at("people.nobody"), std::out_of_range);
  const auto referrers = catalogue.referrers("people.person");
  REQUIRE(referrers.size() == 1);
  CHECK(referrers[0].first->id == "people.student");
  CHECK(referrers[0].second->name == "person");
  CHECK(catalogue.at("people.student").lines.empty());
}

TEST_CASE("a facet finds the fields of its base") {
  std::vector<LoadError> errors;
  const Catalogue catalogue = build({student, person}, errors);
  const Registry& facet = catalogue.at("people.student");
  CHECK(catalogue.base(facet)->id == "people.person");
  CHECK(catalogue.base(catalogue.at("people.person")) == nullptr);
  CHECK(catalogue.locate(facet, "file_no").owner == &facet);
  CHECK(catalogue.locate(facet, "surname").owner->id == "people.person");
  CHECK(catalogue.locate(facet, "surname").field->name == "surname");
  CHECK_FALSE(catalogue.locate(facet, "nothing"));
  CHECK_FALSE(catalogue.locate(catalogue.at("people.person"), "file_no"));
}

TEST_CASE("what is left unsaid is filled in") {
  std::vector<LoadError> errors;
  const File base = {"people/person.json",
                     R"({"id": "people.person", "label": "Люди", "display": "{name}", "fields": [)" +
                         field("f1", "name", "text", R"("derive": "{code}")") + "," + field("f2", "code", "text") +
                         "]}"};
  const File facet = {"people/student.json", R"({"id": "people.student", "label": "Ученики", "label_one": "Ученик",)" +
                                                 student_keys + R"("fields": [)" + by_person + "]}"};
  const Catalogue catalogue = build({facet, base}, errors);
  CHECK(texts(errors) == Texts{});
  CHECK(catalogue.at("people.person").label_one == "Люди");
  CHECK(catalogue.at("people.student").label_one == "Ученик");
  CHECK(catalogue.at("people.student").display == "{name}");
  CHECK(catalogue.at("people.person").find("name")->readonly);
  CHECK_FALSE(catalogue.at("people.person").find("code")->readonly);
  CHECK(catalogue.at("people.student").unique == std::vector<Texts>{{"person"}});
}

TEST_CASE("the unique group of a facet is not added twice") {
  std::vector<LoadError> errors;
  const Catalogue listed =
      build({person, registry("people.student", by_person, student_keys + R"("unique": [["person"]],)")}, errors);
  CHECK(listed.at("people.student").unique.size() == 1);
  const std::string unique =
      field("f1", "person", "ref", R"("target": "people.person", "required": true, "once": true, "unique": true)");
  const Catalogue flagged = build({person, registry("people.student", unique, student_keys)}, errors);
  CHECK(flagged.at("people.student").unique.empty());
  CHECK(texts(errors) == Texts{});
}

TEST_CASE("errors of facets") {
  const auto facet = [](const std::string& fields) {
    return errors_of({person, registry("people.student", fields, student_keys)});
  };
  const std::string wrong =
      "schemas/people/student.json:1: facet_by: нужно поле-ссылка на people.person с required и once";
  CHECK(facet(field("f1", "x", "text")) == Texts{wrong});
  CHECK(facet(field("f1", "person", "text")) == Texts{wrong});
  CHECK(facet(field("f1", "person", "ref", R"("target": "people.person", "required": true)")) == Texts{wrong});
  CHECK(facet(field("f1", "person", "ref", R"("target": "people.person", "once": true)")) == Texts{wrong});
  CHECK(facet(field("f1", "person", "ref", R"("target": "people.student", "once": true, "required": true)")) ==
        Texts{wrong});
  CHECK(facet(by_person + ",\n" + field("f2", "surname", "text")) ==
        Texts{"schemas/people/student.json:3: fields[1].name: поле «surname» уже есть в реестре people.person"});
  CHECK(errors_of(
            {person, student,
             registry("people.leader",
                      field("f1", "student", "ref", R"("target": "people.student", "required": true, "once": true)"),
                      R"("facet_of": "people.student", "facet_by": "student",)")}) ==
        Texts{"schemas/people/leader.json:1: facet_of: реестр people.student сам дополняет другой: facet_of"});
}

TEST_CASE("references, children and rules") {
  CHECK(errors_of({registry("p.a", field("f1", "b", "ref", R"("target": "p.b")"))}) ==
        Texts{"schemas/p/a.json:2: fields[0].target: нет реестра p.b"});

  const auto children = [](const std::string& via) {
    return errors_of({person, student,
                      registry("p.a", field("f1", "n", "int") + ",\n" +
                                          field("f2", "list", "children", R"("target": "p.b", "via": ")" + via + "\"")),
                      registry("p.b", field("f1", "a", "ref", R"("target": "p.a")") + "," + field("f2", "n", "int") +
                                          "," + field("f3", "s", "ref", R"("target": "people.student")"))});
  };
  CHECK(children("a") == Texts{});
  for (const char* via : {"n", "s", "x"})
    // p.b refers to p.a and goes with it, which is the second error.
    CHECK(children(via).at(0) ==
          "schemas/p/a.json:3: fields[1].via: в реестре p.b нет поля-ссылки «" + std::string(via) + "» на p.a");

  CHECK(errors_of({registry("p.a", field("f1", "n", "int", R"("when": "m = 1")"))}) ==
        Texts{"schemas/p/a.json:2: fields[0].when: нет поля «m» в реестре p.a (позиция 1)"});
  CHECK(errors_of({registry("p.a", field("f1", "n", "text", R"("derive": "{m}")"))}) ==
        Texts{"schemas/p/a.json:2: fields[0].derive: шаблон называет поле «m», которого нет в реестре p.a"});
  // A child of a facet's base may be the facet's children too.
  CHECK(
      errors_of({person,
                 registry("people.student",
                          by_person + "," + field("f2", "papers", "children", R"("target": "p.paper", "via": "owner")"),
                          student_keys),
                 registry("p.paper", field("f1", "owner", "ref", R"("target": "people.person")"))}) == Texts{});
}

TEST_CASE("names used by views, groups and templates") {
  CHECK(errors_of_student(R"("identity": [["surname", "file_no"]], "unique": [["file_no", "person"]],
      "views": {"list": ["surname", "file_no", "updated_at"], "sort": "surname,-file_no,person.given_name,id",
                "filters": ["person", "archived"], "form": [{"label": "А", "fields": ["surname"]}],
                "import": {"columns": [{"header": "ФИО", "to": "full_name", "parse": "full_name"},
                                       {"header": "№", "to": "file_no"}, {"header": "Ф", "to": "person.surname"}],
                           "upsert": ["person"], "deferred": ["person"], "companions": ["people.person"]}})") ==
        Texts{});

  const std::string at = "schemas/people/student.json:2: ", missing = ": нет поля «x» в реестре people.student";
  CHECK(errors_of_student(R"("views": {"list": ["surname", "x"]})") == Texts{at + "views.list[1]" + missing});
  CHECK(errors_of_student(R"("views": {"filters": ["x"]})") == Texts{at + "views.filters[0]" + missing});
  CHECK(errors_of_student(R"("views": {"form": [{"label": "А", "fields": ["x"]}]})") ==
        Texts{at + "views.form[0].fields[0]" + missing});
  CHECK(errors_of_student(R"("views": {"form": [{"label": "А", "fields": ["version"]}]})").size() == 1);
  CHECK(errors_of_student(R"("views": {"sort": "surname,-x"})") == Texts{at + "views.sort" + missing});
  CHECK(errors_of_student(R"("views": {"import": {"columns": [{"header": "А", "to": "x"}]}})") ==
        Texts{at + "views.import.columns[0].to" + missing});
  CHECK(errors_of_student(R"("views": {"import": {"columns": [{"header": "А", "to": "person.x"}]}})") ==
        Texts{at + "views.import.columns[0].to: нет поля «x» в реестре people.person"});
  CHECK(errors_of_student(
            R"("views": {"import": {"columns": [{"header": "А", "to": "surname.full_name", "parse": "full_name"}]}})")
            .size() == 3);
  CHECK(errors_of_student(R"("views": {"import": {"upsert": ["x"]}})") ==
        Texts{at + "views.import.upsert[0]" + missing});
  CHECK(errors_of_student(R"("views": {"import": {"deferred": ["file_no"]}})") ==
        Texts{at + "views.import.deferred[0]: поле «file_no» не ссылка"});
  CHECK(errors_of_student(R"("views": {"import": {"companions": ["p.x"]}})") ==
        Texts{at + "views.import.companions[0]: нет реестра p.x"});
  CHECK(errors_of_student(R"("views": {"import": {"through": "p.x"}})") ==
        Texts{at + "views.import.through: нет реестра p.x"});
  CHECK(errors_of_student(R"("identity": [["file_no"], ["file_no", "x"]])") == Texts{at + "identity[1][1]" + missing});
  CHECK(errors_of_student(R"("identity_among": "file_no = '1'")") ==
        Texts{at + "identity_among: реестр дополняет записи другого: условие указывается там"});
  // The last day of a facet is a date of its own; a named list asks what is there.
  const std::string last =
      "active_until: нужно собственное поле-дата реестра, который дополняет записи другого (facet_of)";
  CHECK(errors_of_student(R"("active_until": "file_no")") == Texts{at + last});
  CHECK(errors_of_student(R"("active_until": "surname")") == Texts{at + last});
  CHECK(errors_of_student(R"("views": {"lists": [{"id": "all", "label": "А", "filter": "x = 1"}]})").size() == 1);
  CHECK(errors_of_student(
            R"("views": {"lists": [{"id": "all", "label": "А", "filter": "file_no = '1'", "list": ["x"]}]})") ==
        Texts{at + "views.lists[0].list[0]" + missing});
  CHECK(errors_of_student(R"("views": {"lists": [{"id": "all", "label": "А", "filter": "surname ^= 'А'"}]})") ==
        Texts{});
  CHECK(errors_of_student(R"("unique": [["x"]])") == Texts{at + "unique[0][0]" + missing});
  // A unique index lies in one table.
  CHECK(errors_of_student(R"("unique": [["surname"]])") ==
        Texts{at + "unique[0][0]: нет поля «surname» в реестре people.student"});
  std::vector<LoadError> errors;
  build({{"p/a.json", "{\"id\": \"p.a\", \"label\": \"А\",\n\"display\": \"{n} {x}\", \"fields\": [" +
                          field("f", "n", "int") + "]}"}},
        errors);
  CHECK(texts(errors) == Texts{"schemas/p/a.json:2: display: шаблон называет поле «x», которого нет в реестре p.a"});
}

TEST_CASE("a preset is a rule over what the reference leads to") {
  const auto errors = [](const std::string& preset) {
    return errors_of(
        {person, registry("p.plan", field("f1", "author", "ref", R"("target": "people.person", )" + preset))});
  };
  CHECK(errors(R"("preset": "id = @me")") == Texts{});
  CHECK(errors(R"("preset": "nobody = @me")").size() == 1);
  CHECK(errors_of({registry("p.plan", field("f1", "n", "int", R"("preset": "id = 1")"))}) ==
        Texts{"schemas/p/plan.json:2: fields[0].preset: preset бывает только у ссылки (ref)"});
}

TEST_CASE("a related list is of records that refer here, its columns at most one reference away") {
  const auto errors = [](const std::string& related) {
    const File bond = registry("people.bond", field("f1", "student", "ref", R"("target": "people.student")") + "," +
                                                  field("f2", "kind", "text"));
    Texts all = errors_of(
        {person, bond,
         registry("people.student", by_person, student_keys + "\n\"views\": {\"related\": [" + related + "]},")});
    std::erase_if(all, [](const auto& one) { return one.starts_with("schemas/people/bond"); });  // falls with the other
    return all;
  };
  const std::string at = "schemas/people/student.json:2: views.related[0].";
  CHECK(errors(R"({"registry": "people.bond", "by": "student", "label": "Б"})") == Texts{});
  CHECK(errors(R"({"registry": "people.bond", "by": "student", "label": "Б", "list": ["kind", "student.surname"]})") ==
        Texts{});
  CHECK(errors(R"({"registry": "people.none", "by": "student", "label": "Б"})") ==
        Texts{at + "registry: нет реестра people.none"});
  const Texts no_reference{at + "by: нужно поле реестра people.bond, которое ссылается на people.student"};
  for (const char* by : {"kind", "nothing"})
    CHECK(errors(std::string(R"({"registry": "people.bond", "label": "Б", "by": ")") + by + "\"}") == no_reference);
  CHECK(errors(R"({"registry": "people.bond", "by": "student", "label": "Б", "list": ["x", "kind.x", "student.x"]})") ==
        Texts{at + "list[0]: нет поля «x» в реестре people.bond", at + "list[1]: «kind» не ссылка реестра people.bond",
              at + "list[2]: нет поля «x» в реестре people.student"});
  CHECK(errors(R"({"registry": "people.bond", "by": "student"})") ==
        Texts{"schemas/people/student.json:2: views.related[0]: связанному списку нужен ключ label"});
}

TEST_CASE("a text field keeps the names of its key columns") {
  CHECK(errors_of({registry("p.a", field("f1", "n", "text") + ",\n" + field("f2", "n_key", "int"))}) ==
        Texts{"schemas/p/a.json:3: fields[1].name: имена «n_key» и «n» вместе нельзя: у текстового поля есть колонки "
              "_key и _sort"});
  CHECK(errors_of({registry("p.a", field("f1", "n", "int") + "," + field("f2", "n_key", "int"))}) == Texts{});
}

TEST_CASE("of duplicate registries and tables the first stays") {
  std::vector<LoadError> errors;
  const std::string one = field("f", "n", "int");
  File again = registry("p.a", one);
  again.name = "p/copy.json";
  const Catalogue catalogue =
      build({registry("p.a", one), again, registry("p.b_c", one), registry("p_b.c", one)}, errors);
  CHECK(ids(catalogue) == Texts{"p.a", "p.b_c"});
  CHECK(texts(errors) ==
        Texts{"schemas/p/copy.json:1: id: реестр p.a уже описан в schemas/p/a.json",
              "schemas/p_b/c.json:1: id: таблица p_b_c уже занята реестром p.b_c в schemas/p/b_c.json"});
}

TEST_CASE("what refers to a registry left out goes too, and names the cause") {
  std::vector<LoadError> errors;
  const auto to = [](const std::string& target) { return field("f1", "r", "ref", "\"target\": \"" + target + "\""); };
  const Catalogue catalogue = build({registry("p.a", to("p.b")),
                                     registry("p.b", to("p.c")),
                                     registry("p.c", to("p.none")),
                                     registry("p.free", field("f", "n", "int")),
                                     registry("p.self", to("p.self")),
                                     registry("p.d", to("p.broken")),
                                     {"p/broken.json", "{\n\"id\": }"},
                                     registry("p.bro", to("p.cc"))},
                                    errors);
  CHECK(ids(catalogue) == Texts{"p.free", "p.self"});
  CHECK(
      texts(errors) ==
      Texts{
          "schemas/p/broken.json:2: id: ожидалось значение JSON: строка в двойных кавычках, число, true, false, null, "
          "{ или [",
          "schemas/p/c.json:2: fields[0].target: нет реестра p.none",
          "schemas/p/d.json:2: fields[0].target: нет реестра p.broken: он не загружен из-за ошибки в "
          "schemas/p/broken.json:2",
          "schemas/p/bro.json:2: fields[0].target: нет реестра p.cc",
          "schemas/p/b.json:2: fields[0].target: нет реестра p.c: он не загружен из-за ошибки в schemas/p/c.json:2",
          "schemas/p/a.json:2: fields[0].target: нет реестра p.b: он не загружен из-за ошибки в schemas/p/b.json:2"});
}

TEST_CASE("a facet goes with its base") {
  std::vector<LoadError> errors;
  const File broken = registry("people.person", field("f1", "surname", "text", R"("when": "x")"));
  CHECK(ids(build({broken, student}, errors)) == Texts{});
  CHECK(texts(errors).at(1) ==
        "schemas/people/student.json:1: facet_of: нет реестра people.person: он не загружен из-за ошибки в "
        "schemas/people/person.json:2");
}

TEST_CASE("an extension adds fields and views") {
  std::vector<LoadError> errors;
  const File room = registry("school.class", field("f1", "name", "text"), R"("views": {"list": ["name"],
      "form": [{"label": "Основные", "fields": ["name"]}], "import": {"columns": [{"header": "Класс", "to": "name"}]}},)");
  const File more = {"people/school.class.json",
                     R"({"adds_to": "school.class", "fields": [)" +
                         field("f1", "teacher", "ref", R"("target": "people.person")") +
                         R"(], "views": {"list": ["name", "teacher"], "filters": ["teacher"],
      "form": [{"label": "Основные", "fields": ["teacher"]}, {"label": "Ещё", "fields": ["teacher"]}],
      "import": {"columns": [{"header": "Учитель", "to": "teacher"}], "deferred": ["teacher"]}}})"};
  const Catalogue catalogue = build({more, room, person}, errors);
  CHECK(texts(errors) == Texts{});
  const Registry& r = catalogue.at("school.class");
  REQUIRE(r.fields.size() == 2);
  CHECK(r.fields[1].id == "people.f1");
  CHECK(r.fields[1].added_by == "people");
  CHECK(r.views.list == Texts{"name", "teacher"});
  CHECK(r.views.filters == Texts{"teacher"});
  REQUIRE(r.views.form.size() == 2);
  CHECK(r.views.form[0].fields == Texts{"name", "teacher"});
  CHECK(r.views.import.columns.size() == 2);
  CHECK(r.views.import.deferred == Texts{"teacher"});
}

TEST_CASE("a wrong extension leaves the registry as it was") {
  const File room = registry("school.class", field("f1", "name", "text") + "," + field("f2", "code_key", "int"));
  const auto extension = [](const std::string& fields, const std::string& views = "{}") {
    return File{"people/school.class.json",
                "{\"adds_to\": \"school.class\", \"views\": " + views + ",\n\"fields\": [" + fields + "]}"};
  };
  const std::string at = "schemas/people/school.class.json:2: ";
  const auto check = [&](const File& more, const std::string& error) {
    std::vector<LoadError> errors;
    const Catalogue catalogue = build({room, more}, errors);
    CHECK(texts(errors) == Texts{error});
    REQUIRE(catalogue.find("school.class"));
    CHECK(catalogue.at("school.class").fields.size() == 2);
  };
  check(extension(field("f1", "name", "int")), at + "fields[0].name: поле «name» уже есть в реестре school.class");
  check(extension(field("f1", "t", "ref", R"("target": "p.x")")), at + "fields[0].target: нет реестра p.x");
  check(extension(field("f1", "name_key", "int")),
        at + "fields[0].name: имена «name_key» и «name» вместе нельзя: у текстового поля есть колонки _key и _sort");
  check(extension(field("f1", "code", "text")),
        at + "fields[0].name: имена «code» и «code_key» вместе нельзя: у текстового поля есть колонки _key и _sort");
  check(extension("", R"({"list": ["x"]})"),
        "schemas/people/school.class.json:1: views.list[0]: нет поля «x» в реестре school.class");
  std::vector<LoadError> errors;
  build({extension("")}, errors);
  CHECK(texts(errors) == Texts{"schemas/people/school.class.json:1: adds_to: нет реестра school.class"});
}

TEST_CASE("an extension may not repeat a name of the base, of a facet or of another extension") {
  const auto to = [](const std::string& plugin, const std::string& registry_id, const std::string& name) {
    return File{plugin + "/" + registry_id + ".json",
                "{\"adds_to\": \"" + registry_id + "\", \"fields\": [" + field("x", name, "int") + "]}"};
  };
  CHECK(errors_of({person, student, to("p", "people.student", "surname")}) ==
        Texts{"schemas/p/people.student.json:1: fields[0].name: поле «surname» уже есть в реестре people.person"});
  CHECK(errors_of({person, student, to("p", "people.person", "file_no")}) ==
        Texts{"schemas/p/people.person.json:1: fields[0].name: поле «file_no» уже есть в реестре people.student"});
  std::vector<LoadError> errors;
  const Catalogue catalogue = build({person, to("p", "people.person", "n"), to("q", "people.person", "n")}, errors);
  CHECK(texts(errors) ==
        Texts{"schemas/q/people.person.json:1: fields[0].name: поле «n» уже есть в реестре people.person"});
  CHECK(catalogue.at("people.person").find("n")->added_by == "p");
}

TEST_CASE("relations are checked on their registry") {
  std::vector<LoadError> errors;
  const File relations = {"people/relations.json", R"json({
  "self": {"label": "сам", "on": {"people.person": "id = @me", "people.student": "person = @me"}},
  "bad": {"label": "х", "on": {
    "people.person": "nobody = @me",
    "people.none": "true",
    "people.student": "any people.student.person where (surname = 'x')"}}})json"};
  const File second = {"p/relations.json", R"({"self": {"label": "сам", "on": {"people.person": "true"}}})"};
  const Catalogue catalogue = build({person, student, relations, second}, errors);
  CHECK(catalogue.relations().size() == 3);
  REQUIRE(catalogue.relation("self", "people.student"));
  CHECK(catalogue.relation("self", "people.student")->rule == "person = @me");
  CHECK(catalogue.relation("self", "people.person")->rule == "id = @me");
  CHECK(catalogue.relation("bad", "people.person") == nullptr);
  CHECK(catalogue.relation("bad", "people.student") != nullptr);  // by the base
  CHECK(texts(errors) ==
        Texts{"schemas/people/relations.json:4: bad.on.people.person: нет поля «nobody» в реестре people.person "
              "(позиция 1)",
              "schemas/people/relations.json:5: bad.on.people.none: нет реестра people.none",
              "schemas/p/relations.json:1: self.on.people.person: связь self на people.person уже описана в "
              "schemas/people/relations.json"});
}

TEST_CASE("child rows stand in the relations of the records that they live with") {
  std::vector<LoadError> errors;
  const Catalogue catalogue =
      build({person,
             registry("people.student",
                      by_person + "," + field("f2", "rows", "children", R"("target": "people.row", "via": "student")"),
                      student_keys),
             registry("people.row", field("f1", "student", "ref", R"("target": "people.student")") + "," +
                                        field("f2", "surname", "text"))},
            errors);
  CHECK(texts(errors) == Texts{});
  const auto parents = catalogue.parents("people.row");
  REQUIRE(parents.size() == 1);
  CHECK(parents[0].first->id == "people.student");
  CHECK(parents[0].second->name == "rows");
  CHECK(catalogue.parents("people.person").empty());
  CHECK_FALSE(catalogue.relates("self", "people.row"));
}
