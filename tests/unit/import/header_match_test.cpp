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

std::vector<std::string> texts(const std::vector<Header::Unknown>& columns) {
  std::vector<std::string> headers;
  for (const auto& column : columns) headers.push_back(column.header);
  return headers;
}

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
  CHECK(texts(found->unknown) == std::vector<std::string>{"№ п/п"});
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

TEST_CASE("a header with a slip of the pen is taken for the one that it resembles, and that is told") {
  const Matcher keepers("store.keeper");
  const auto found = keepers.header(sheet("", {{"ФИО", "СНИЛС", "№ прпуска", "Тема"}}));
  REQUIRE(found);
  REQUIRE(found->columns.size() == 3);
  CHECK(keepers.to(found->columns[2]) == "badge");
  CHECK(found->columns[2].how == Understood::similar);
  CHECK(found->columns[2].cell == 2);
  REQUIRE(found->notes.size() == 1);
  CHECK(found->notes[0].code == "similar_column");
  CHECK(texts(found->unknown) == std::vector<std::string>{"Тема"});
}

TEST_CASE("what resembles a column that has its header already stays unknown") {
  const Matcher keepers("store.keeper");
  const auto found = keepers.header(sheet("", {{"ФИО", "№ пропуска", "№ прпуска"}}));
  REQUIRE(found);
  CHECK(found->columns.size() == 2);
  CHECK(texts(found->unknown) == std::vector<std::string>{"№ прпуска"});
}

TEST_CASE("headers that someone has told go before names") {
  Matcher keepers("store.keeper");
  keepers.names.tell({{"Тема", "badge"}, {"СНИЛС", ""}, {"ФИО", "no.such.path"}});
  const auto found = keepers.header(sheet("", {{"ФИО", "СНИЛС", "Тема"}}));
  REQUIRE(found);
  REQUIRE(found->columns.size() == 2);
  CHECK(keepers.to(found->columns[0]) == "full_name");
  CHECK(keepers.to(found->columns[1]) == "badge");
  CHECK(found->columns[1].how == Understood::told);
  CHECK(texts(found->skipped) == std::vector<std::string>{"СНИЛС"});
}

TEST_CASE("a header in two rows: the upper spans, the lower names the parts") {
  const Matcher keepers("store.keeper");
  // «Пропуск» stands over both rows: no one row knows all four.
  auto in = sheet("", {{"Хранитель", "", "", "Пропуск"}, {"Фамилия", "Имя", "Отчество"}, {"Иванов", "Иван", "", "7"}});
  in.merged = {{1, 1, 0, 2}, {1, 2, 3, 3}};
  auto found = keepers.header(in);
  REQUIRE(found);
  CHECK(found->row == 1);
  std::vector<std::string> to;
  for (const auto& column : found->columns) to.push_back(keepers.to(column));
  CHECK(to == std::vector<std::string>{"surname", "given_name", "patronymic", "badge"});
  CHECK(found->columns.back().cell == 3);

  // The parts alone say nothing, together with what spans them they do.
  in = sheet("", {{"Хранитель", "№"}, {"ФИО", "пропуска"}, {"Иванов Иван", "7"}});
  found = keepers.header(in);
  REQUIRE(found);
  CHECK(found->row == 1);
  REQUIRE(found->columns.size() == 2);
  CHECK(keepers.to(found->columns[1]) == "badge");
}
