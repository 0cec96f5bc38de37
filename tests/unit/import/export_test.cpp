#include "kernel/registry/import/export.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/registry/import/template.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::book;
using importing::test::Desk;
using importing::test::parsed;
using importing::test::sheet;

namespace {

struct Shop : Desk {
  Shop() : Desk(test::small_catalogue()) {
    create("store.shelf", {{"name", "А"}});
    import("store.crate", book({sheet("Ящики", {{"Код", "Полка", "Упакован", "Вид", "Вес", "Заметка"},
                                                {"К1", "А", "01.09.2026", "сухой", "1,5", "=1+1"},
                                                { "К2",
                                                  "",
                                                  "",
                                                  "",
                                                  "",
                                                  "" }})}));
  }
  std::string bytes(const std::string& registry, tabular::Format format, registry::ListRequest request = {}) {
    return export_table(*database->read(), asker, catalogue, query, catalogue.at(registry), std::move(request), format);
  }
};

std::vector<std::string> texts(const tabular::Row& row) {
  std::vector<std::string> result;
  for (const auto& cell : row.cells) result.push_back(cell.text);
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an exported file has the import's columns and, imported again, changes nothing") {
  Shop shop;
  for (const auto format : {tabular::Format::xlsx, tabular::Format::csv}) {
    const auto file = parsed(shop.bytes("store.crate", format));
    REQUIRE(file.sheets.size() == 1);
    REQUIRE(file.sheets[0].rows.size() == 3);
    CHECK(texts(file.sheets[0].rows[0]) ==
          Texts{"Код", "Полка", "Комната", "Хранитель", "Упакован", "Вид", "Вес", "Заметка"});
    CHECK(file.sheets[0].rows[1].cells[7].text == "=1+1");
    CHECK_FALSE(file.sheets[0].rows[1].cells[7].formula);
    const auto again = shop.import("store.crate", file);
    CHECK(again.applied);
    CHECK(again.unchanged == 2);
  }
  const auto sheet = parsed(shop.bytes("store.crate", tabular::Format::xlsx)).sheets.front();
  CHECK(sheet.name == "Ящики");
  CHECK(sheet.rows[1].cells[4].kind == tabular::Cell::Kind::date);
}

TEST_CASE("filters and fields of the list hold in the export") {
  Shop shop;
  registry::ListRequest request;
  request.filter = "code = 'К1'";
  request.fields = "kind,code";
  const auto rows = parsed(shop.bytes("store.crate", tabular::Format::csv, request)).sheets.front().rows;
  REQUIRE(rows.size() == 2);
  CHECK(texts(rows[0]) == Texts{"Код", "Вид"});
  CHECK(texts(rows[1]) == Texts{"К1", "сухой"});
}

TEST_CASE("the export holds all rows, not a page") {
  Shop shop;
  shop.write([&](storage::Session& session) {
    for (int i = 0; i < 600; ++i)
      shop.writer.create(session, shop.asker, shop.catalogue.at("store.shelf"), {{"name", "П" + std::to_string(i)}});
  });
  CHECK(parsed(shop.bytes("store.shelf", tabular::Format::csv)).sheets.front().rows.size() == 602);
}

TEST_CASE("a bond is exported with what identifies its two ends") {
  Desk desk(test::school_catalogue());
  desk.import("people.employee", test::sample("Сотрудники.xlsx"));
  desk.import("school.institution", test::sample("Учреждение.xlsx"));
  desk.import("people.student", test::sample("Ученики.xlsx"));
  REQUIRE(desk.import("people.guardian", test::sample("Родители.xlsx")).applied);
  const auto bytes = [&](const char* registry) {
    return export_table(*desk.database->read(), desk.asker, desk.catalogue, desk.query, desk.catalogue.at(registry), {},
                        tabular::Format::xlsx);
  };
  for (const auto* registry :
       {"school.institution", "school.class", "people.employee", "people.student", "people.guardianship"}) {
    CAPTURE(registry);
    const auto again = desk.import(registry, parsed(bytes(registry)));
    for (const auto& remark : again.errors.items) MESSAGE(remark.row << " " << remark.column << " " << remark.message);
    CHECK(again.applied);
    CHECK(again.rows > 0);
    CHECK(again.created + again.updated == 0);
  }
  CHECK(parsed(bytes("people.guardian")).sheets.front().rows.size() == 186);
}

TEST_CASE("nothing is exported that the caller may not read") {
  Shop shop;
  shop.who.system = false;
  CHECK_THROWS_AS(shop.bytes("store.crate", tabular::Format::csv), http::ProblemError);
}

TEST_CASE("a template has the headers of the import and can be filled in") {
  const auto& catalogue = test::small_catalogue();
  const auto keepers = parsed(template_table(catalogue, catalogue.at("store.keeper"))).sheets.front();
  CHECK(keepers.name == "Хранители");
  REQUIRE(keepers.rows.size() == 1);
  CHECK(texts(keepers.rows[0]) == Texts{"ФИО", "Дата рождения", "СНИЛС", "Телефон", "Пропуск"});
  const auto book = parsed(template_table(catalogue, catalogue.at("store.crate")));
  REQUIRE(book.sheets.size() == 3);
  CHECK(book.sheets[1].name == "Как заполнять");
  std::vector<std::string> code, kind;
  for (const auto& row : book.sheets[1].rows) {
    if (row.cells[0].text == "Код") code = texts(row);
    if (row.cells[0].text == "Вид") kind = texts(row);
  }
  CHECK(code.at(1) == "да");
  CHECK(kind.at(3) == "сухой, мокрый");
  CHECK(kind.at(4) == "сухой");
  CHECK(book.sheets[2].hidden);
  CHECK(texts(book.sheets[2].rows.at(1)) == Texts{"мокрый"});
  // The form is read, not what explains it.
  Desk desk(catalogue);
  CHECK(desk.refusal("store.crate", book).starts_with("empty_sheet: На листе «Ящики»"));

  const auto firm = parsed(template_table(catalogue, catalogue.at("store.firm"))).sheets.front();
  REQUIRE(firm.rows.size() == 4);
  CHECK(firm.rows[1].cells[0].text == "Наименование");
  CHECK_THROWS_AS(template_table(catalogue, catalogue.at("store.room")), http::ProblemError);
}
