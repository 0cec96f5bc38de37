#include "kernel/registry/import/identity.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::Desk;
using registry::Values;
using Kind = Match::Kind;

namespace {

constexpr const char* snils_a = "112-233-445 95";
constexpr const char* snils_b = "229-555-640 97";

Values person(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  Values values;
  for (const auto& [name, text] : pairs) values.emplace(name, std::string(text));
  return values;
}

Values named(const char* surname, const char* given, const char* patronymic,
             std::initializer_list<std::pair<const char*, const char*>> more = {}) {
  auto values = person(more);
  values.emplace("surname", std::string(surname));
  values.emplace("given_name", std::string(given));
  if (*patronymic) values.emplace("patronymic", std::string(patronymic));
  return values;
}

struct Search : Desk {
  Identity keepers;
  Search() : Desk(test::small_catalogue()), keepers(catalogue, catalogue.at("store.keeper")) {}
  Match identify(const Values& given) { return keepers.identify(*database->read(), given); }
  Match look_up(const Values& given) { return keepers.look_up(*database->read(), given); }
};

}  // namespace

TEST_CASE("the strongest complete group finds the record, folded") {
  Search search;
  const auto made = search.create(
      "store.keeper",
      named("Артёмов", "Семён", "Ильич", {{"snils", snils_a}, {"birth_date", "1980-01-02"}, {"badge", "К-7"}}));
  CHECK(search.identify(person({{"snils", snils_a}})).record.id == made.id);
  CHECK(search.identify(person({{"badge", "к-7"}})).record.id == made.id);
  const auto by_name = search.identify(named("АРТЕМОВ", "Семен", "Ильич", {{"birth_date", "1980-01-02"}}));
  CHECK(by_name.kind == Kind::found);
  CHECK(by_name.record.id == made.id);
  CHECK(search.identify(named("Артёмов", "Семён", "Ильич", {{"birth_date", "1981-01-02"}})).kind == Kind::none);
}

TEST_CASE("a name alone identifies nobody who is to be made, and names one who must be there") {
  Search search;
  CHECK(search.identify(named("Артёмов", "Семён", "Ильич")).kind == Kind::missing);
  CHECK(search.look_up(named("Артёмов", "Семён", "Ильич")).kind == Kind::none);
  CHECK(search.look_up(person({{"surname", "Артёмов"}})).kind == Kind::missing);
  const auto made = search.create("store.keeper", named("Артёмов", "Семён", "Ильич", {{"snils", snils_a}}));
  CHECK(search.look_up(named("Артемов", "Семен", "Ильич")).record.id == made.id);
  CHECK(search.look_up(named("Артемов", "Семен", "")).record.id == made.id);
  search.create("store.keeper", named("Артёмов", "Семён", "Ильич", {{"snils", snils_b}}));
  const auto several = search.look_up(named("Артёмов", "Семён", "Ильич"));
  CHECK(several.kind == Kind::ambiguous);
  CHECK(several.candidates.size() == 2);
}

TEST_CASE("a base record without the facet is the same person") {
  Search search;
  const auto made = search.create("store.person", named("Артёмов", "Семён", "Ильич", {{"snils", snils_a}}));
  const auto found = search.identify(person({{"snils", snils_a}}));
  CHECK(found.kind == Kind::found);
  CHECK(found.record.id == 0);
  CHECK(found.record.base == made.id);
  CHECK(search.look_up(person({{"snils", snils_a}})).kind == Kind::none);  // but he is no keeper yet
}

TEST_CASE("a number of somebody else is a contradiction, a new surname is not") {
  Search search;
  search.create("store.keeper",
                named("Иванова", "Анна", "Петровна", {{"snils", snils_a}, {"birth_date", "1990-05-06"}}));
  CHECK(
      search.identify(named("Сидорова", "Анна", "Петровна", {{"snils", snils_a}, {"birth_date", "1990-05-06"}})).kind ==
      Kind::found);
  CHECK(search.identify(named("Сидорова", "Ольга", "Петровна", {{"snils", snils_a}})).kind == Kind::contradiction);
  CHECK(
      search.identify(named("Иванова", "Ольга", "Петровна", {{"snils", snils_a}, {"birth_date", "1992-05-06"}})).kind ==
      Kind::contradiction);
}

TEST_CASE("found by less than a number while the numbers differ is a conflict") {
  Search search;
  search.create("store.keeper", named("Иванова", "Анна", "Петровна",
                                      {{"snils", snils_a}, {"birth_date", "1990-05-06"}, {"phone", "+79610005595"}}));
  const auto other_snils =
      search.identify(named("Иванова", "Анна", "Петровна", {{"snils", snils_b}, {"birth_date", "1990-05-06"}}));
  CHECK(other_snils.kind == Kind::conflict);
  CHECK(other_snils.fields == std::vector<std::string>{"snils"});
  const auto other_date =
      search.identify(named("Иванова", "Анна", "Петровна", {{"phone", "+79610005595"}, {"birth_date", "1991-05-06"}}));
  CHECK(other_date.kind == Kind::conflict);
  CHECK(other_date.fields == std::vector<std::string>{"birth_date"});
  CHECK(search.identify(named("Иванова", "Анна", "Петровна", {{"phone", "+79610005595"}})).kind == Kind::found);
}

TEST_CASE("a patronymic on one side only is not a second person") {
  Search search;
  search.create("store.keeper", named("Иванова", "Анна", "Петровна", {{"birth_date", "1990-05-06"}}));
  CHECK(search.identify(named("Иванова", "Анна", "", {{"birth_date", "1990-05-06"}})).kind == Kind::similar);
  CHECK(search.look_up(named("Иванова", "Анна", "", {{"birth_date", "1990-05-06"}})).kind == Kind::found);
  CHECK(search.identify(named("Иванова", "Анна", "Олеговна", {{"birth_date", "1990-05-06"}})).kind == Kind::none);
  search.create("store.keeper", named("Ким", "Анна", "", {{"birth_date", "1990-05-06"}}));
  CHECK(search.identify(named("Ким", "Анна", "", {{"birth_date", "1990-05-06"}})).kind == Kind::found);
}

TEST_CASE("namesakes are those whom nothing given tells apart") {
  Search search;
  search.create("store.person",
                named("Иванова", "Анна", "Петровна", {{"birth_date", "1990-05-06"}, {"phone", "+79610005595"}}));
  const auto count = [&](std::initializer_list<std::pair<const char*, const char*>> more) {
    return search.keepers.namesakes(*search.database->read(), named("Иванова", "Анна", "Петровна", more)).size();
  };
  CHECK(count({{"phone", "+79610005596"}}) == 1);
  CHECK(count({{"birth_date", "1991-05-06"}}) == 0);
}

TEST_CASE("archived records are not found") {
  Search search;
  const auto made = search.create("store.keeper", named("Иванова", "Анна", "Петровна", {{"badge", "7"}}));
  search.write([&](storage::Session& session) {
    search.writer.archive(session, search.asker, search.catalogue.at("store.keeper"), made.id, {});
  });
  CHECK(search.identify(person({{"badge", "7"}})).kind == Kind::none);
}
