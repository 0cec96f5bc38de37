#include "schema/resolve.hpp"

#include <doctest/doctest.h>

#include "build.hpp"

using namespace schema_test;

namespace {

const Catalogue& school() {
  static const Catalogue catalogue = [] {
    std::vector<LoadError> errors;
    const std::string person =
        field("f1", "person", "ref", R"("target": "people.person", "required": true, "once": true)");
    const std::string facet = R"("facet_of": "people.person", "facet_by": "person",)";
    Catalogue built =
        build({registry("people.person", field("f1", "surname", "text") + "," + field("f2", "deceased", "bool")),
               registry("people.student",
                        person + "," + field("f2", "class", "ref", R"("target": "school.class")") + "," +
                            field("f3", "bonds", "children", R"("target": "people.guardianship", "via": "student")"),
                        facet),
               registry("people.guardian", person, facet),
               registry("people.guardianship", field("f1", "student", "ref", R"("target": "people.student")") + "," +
                                                   field("f2", "guardian", "ref", R"("target": "people.guardian")") +
                                                   "," + field("f3", "restricted", "bool")),
               registry("school.class", field("f1", "name", "text"))},
              errors);
    REQUIRE(texts(errors) == std::vector<std::string>{});
    return built;
  }();
  return catalogue;
}

/// "people.student.person people.person.surname", or the error.
std::string steps(const std::string& root, const std::string& path) {
  const Resolved resolved = resolve_dotted(school(), school().at(root), path);
  if (const auto* problem = std::get_if<std::string>(&resolved)) return "! " + *problem;
  std::string text;
  for (const Step& step : std::get<std::vector<Step>>(resolved)) {
    if (step.field) CHECK(step.field->name == step.name);
    text += (text.empty() ? "" : " ") + step.owner->id + "." + step.name + (step.field ? "" : "*");
  }
  return text;
}

std::string rule(const std::string& root, const std::string& text) {
  return check_rule(school(), school().at(root), text).value_or("");
}

}  // namespace

TEST_CASE("paths are real columns") {
  CHECK(steps("school.class", "name") == "school.class.name");
  CHECK(steps("people.student", "class.name") == "people.student.class school.class.name");
  CHECK(steps("people.student", "surname") == "people.student.person people.person.surname");
  CHECK(steps("people.student", "person.surname") == "people.student.person people.person.surname");
  CHECK(steps("people.guardianship", "student.surname") ==
        "people.guardianship.student people.student.person people.person.surname");
  CHECK(steps("people.guardianship", "student.class.name") ==
        "people.guardianship.student people.student.class school.class.name");
}

TEST_CASE("kernel columns stand at the end and belong to the facet") {
  CHECK(steps("people.student", "id") == "people.student.id*");
  CHECK(steps("people.student", "person.id") == "people.student.person people.person.id*");
  CHECK(steps("people.student", "class.updated_at") == "people.student.class school.class.updated_at*");
  CHECK(steps("people.student", "id.surname") == "! после «id» не может стоять точка: это не ссылка");
}

TEST_CASE("what cannot be followed") {
  CHECK(steps("people.student", "name") == "! нет поля «name» в реестре people.student");
  CHECK(steps("people.student", "class.surname") == "! нет поля «surname» в реестре school.class");
  CHECK(steps("people.student", "surname.x") == "! после «surname» не может стоять точка: это не ссылка");
  CHECK(steps("people.student", "bonds") == "! «bonds» — список дочерних записей: условие на них пишется через any");
  CHECK(steps("people.student", "") == "! нет поля «» в реестре people.student");
  CHECK(std::holds_alternative<std::string>(resolve(school(), school().at("people.student"), {})));
}

TEST_CASE("any refers to the registry or to its base") {
  const auto any = [](const std::string& root, const char* text) {
    return resolve_any(school(), school().at(root), std::get<eschool::rules::Expression>(eschool::rules::parse(text)));
  };
  const auto own = std::get<AnyTarget>(any("people.student", "any people.guardianship.student where (true)"));
  CHECK(own.registry->id == "people.guardianship");
  CHECK(own.field->name == "student");
  CHECK_FALSE(own.to_base);
  CHECK(std::get<AnyTarget>(any("people.student", "any people.guardian.person where (true)")).to_base);
  CHECK(std::get<std::string>(any("people.person", "any people.guardianship.student where (true)")) ==
        "поле people.guardianship.student ссылается на people.student, а не на people.person");
  CHECK(std::get<std::string>(any("people.student", "any people.none.x where (true)")) == "нет реестра people.none");
  CHECK(std::get<std::string>(any("people.student", "any people.guardianship.x where (true)")) ==
        "нет поля «x» в реестре people.guardianship");
  CHECK(std::get<std::string>(any("people.student", "any people.guardianship.restricted where (true)")) ==
        "поле people.guardianship.restricted не ссылка");
}

TEST_CASE("rules are checked to the depth, and the position is told") {
  CHECK(rule("people.student", "any people.guardianship.student where (guardian.person = @me and not restricted)")
            .empty());
  CHECK(rule("people.person",
             "any people.student.person where (any people.guardianship.student where (guardian.person = "
             "@me)) or not deceased and id = @me")
            .empty());
  CHECK(rule("people.student", "class.name = 'я' and (archived or x = 1)") ==
        "нет поля «x» в реестре people.student (позиция 35)");
  CHECK(rule("people.student", "any people.guardianship.student where (surname = 'x')") ==
        "нет поля «surname» в реестре people.guardianship (позиция 40)");
  CHECK(rule("people.student", "not class") == "поле «class» не да/нет: его нужно с чем-то сравнить (позиция 5)");
  CHECK(rule("people.student", "id") == "поле «id» не да/нет: его нужно с чем-то сравнить (позиция 1)");
  CHECK(rule("people.student", "class =") == "ожидалось значение после '=' (позиция 8)");
}

TEST_CASE("fields of templates") {
  using Names = std::vector<std::string>;
  CHECK(template_fields("{surname} {given_name}, {patronymic}!") == Names{"surname", "given_name", "patronymic"});
  CHECK(template_fields("text") == Names{});
  for (const char* text : {"{a", "a}", "{}", "{a{b}}", "{a}}"}) CHECK_FALSE(template_fields(text));
}
