#include "kernel/registry/import/header_match.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::sheet;

namespace {

struct Matcher {
  SheetPlan plan;
  HeaderNames names;
  explicit Matcher(const char* registry, const schema::Catalogue& catalogue = test::small_catalogue())
      : plan(make_plan(catalogue, catalogue.at(registry))), names(catalogue, plan) {}
  std::optional<Header> header(const tabular::Sheet& in) const { return find_header(names, plan, in); }
  std::string to(const MappedColumn& mapped) const { return plan.columns[mapped.column].column->to; }
};

}  // namespace

TEST_CASE("headers are compared without case, dots, blanks and hyphens") {
  CHECK(header_key("Ф. И. О.*") == header_key("фио"));
  CHECK(header_key("E-mail") == header_key("email"));
  CHECK(header_key("CНИЛC") == header_key("СНИЛС"));  // Latin C
  CHECK(header_key("№ приказа") != header_key("Приказа"));
  CHECK(header_key("Приёма") == header_key("приема"));
}

TEST_CASE("the header row is found below titles, in any order of columns") {
  const Matcher keepers("store.keeper");
  const auto found = keepers.header(sheet(
      "", {{"Хранители склада"}, {"", "ФИО"}, {"№ п/п", "№ пропуска", "Ф.И.О.", "СНИЛС (без пробелов)"}, {"1", "7"}}));
  REQUIRE(found);
  CHECK(found->row == 2);
  REQUIRE(found->columns.size() == 3);
  CHECK(keepers.to(found->columns[0]) == "badge");
  CHECK(found->columns[0].cell == 1);
  CHECK(keepers.to(found->columns[1]) == "full_name");
  CHECK(keepers.to(found->columns[2]) == "snils");
  CHECK(found->unknown == std::vector<std::string>{"№ п/п"});
}

TEST_CASE("no header row where too little is known") {
  const Matcher keepers("store.keeper");
  CHECK_FALSE(keepers.header(sheet("", {{"Тема", "Часы", "ФИО"}, {"x", "y"}})));
  CHECK_FALSE(keepers.header(sheet("", {})));
  CHECK(keepers.header(sheet("", {{"ФИО"}, {"Иванов Иван"}})));
}

TEST_CASE("of two columns for one field the better named is taken and the other is told") {
  const Matcher keepers("store.keeper");
  const auto found = keepers.header(sheet("", {{"ФИО", "№ пропуска", "Пропуск"}}));
  REQUIRE(found);
  REQUIRE(found->columns.size() == 2);
  CHECK(found->columns[1].cell == 2);
  REQUIRE(found->notes.size() == 1);
  CHECK(found->notes[0].code == "duplicate_column");
  CHECK(found->notes[0].header == "№ пропуска");
}

TEST_CASE("a label that two records of the row share says nothing") {
  const Matcher parents("people.guardianship", test::school_catalogue());
  const auto found = parents.header(sheet("", {{"ФИО ребёнка", "ФИО родителя", "Дата рождения"}}));
  REQUIRE(found);
  CHECK(found->columns.size() == 2);
  REQUIRE(found->notes.size() == 1);
  CHECK(found->notes[0].code == "ambiguous_column");
}

TEST_CASE("a sheet of names and values is read line by line") {
  const Matcher firm("store.firm");
  const auto values = find_named_values(firm.names, firm.plan,
                                        sheet("", {{"Сведения"},
                                                   {"Показатель", "Значение"},
                                                   {"ИНН", "", "7707083893"},
                                                   {"Касса", "1"},
                                                   {"Наименование", "ООО"},
                                                   {"инн", "5"}}));
  REQUIRE(values);
  REQUIRE(values->lines.size() == 2);
  CHECK(values->lines[0].cell == 2);
  CHECK(values->lines[1].row == 4);
  CHECK(values->unknown == std::vector<std::string>{"Касса"});
  CHECK(values->notes.size() == 1);
  CHECK_FALSE(find_named_values(firm.names, firm.plan, sheet("", {{"ИНН", "1"}, {"Касса", "1"}})));
}
