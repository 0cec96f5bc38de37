#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::book;
using importing::test::Desk;
using importing::test::marks;
using importing::test::sheet;

namespace {

ImportOptions with(ImportMode mode) {
  ImportOptions options;
  options.mode = mode;
  return options;
}

}  // namespace

TEST_CASE("names of modes lead back to them") {
  for (const auto mode : {ImportMode::merge, ImportMode::add, ImportMode::update, ImportMode::synchronise})
    CHECK(import_mode(name(mode)) == mode);
  CHECK_FALSE(import_mode("replace"));
}

TEST_CASE("adding leaves what is there as it is") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}})}));
  const auto result = desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "9"}, {"К2", "3"}})}),
                                  with(ImportMode::add));
  CHECK(result.created == 1);
  CHECK(result.unchanged == 1);
  CHECK(desk.count("store_crate WHERE weight = 5") == 1);
}

TEST_CASE("updating makes nothing new") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}})}));
  const auto result = desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "9"}, {"К2", "3"}})}),
                                  with(ImportMode::update));
  CHECK_FALSE(result.applied);
  CHECK(marks(result.errors) == std::vector<std::string>{"3 Код not_there"});
  CHECK(desk.count("store_crate WHERE weight = 5") == 1);
}

TEST_CASE("a difference is told with both values") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}})}));
  const auto result = desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "9"}})}));
  REQUIRE(result.changes.items.size() == 1);
  REQUIRE(result.changes.items[0].differences.size() == 1);
  const auto& difference = result.changes.items[0].differences[0];
  CHECK(difference.label == "Вес");
  CHECK(difference.before == "5,00");
  CHECK(difference.after == "9,00");
}

TEST_CASE("synchronising archives what the file does not have, and only so many as were confirmed") {
  Desk desk(test::small_catalogue());
  const auto crates = book({sheet("Ящики", {{"Код"}, {"К1"}, {"К2"}, {"К3"}})});
  desk.import("store.crate", crates);
  const auto one = book({sheet("Ящики", {{"Код"}, {"К2"}})});

  auto options = with(ImportMode::synchronise);
  options.dry_run = true;
  auto result = desk.import("store.crate", one, options);
  CHECK(result.archived == 2);
  CHECK(result.missing.items.size() == 2);
  CHECK(desk.count("store_crate WHERE archived = 0") == 3);

  options.dry_run = false;
  options.to_archive = 1;
  result = desk.import("store.crate", one, options);
  CHECK_FALSE(result.applied);
  CHECK(marks(result.errors) == std::vector<std::string>{"0  confirm_archive"});
  CHECK(desk.count("store_crate WHERE archived = 0") == 3);

  options.to_archive = 2;
  result = desk.import("store.crate", one, options);
  CHECK(result.applied);
  CHECK(desk.count("store_crate WHERE archived = 0") == 1);
}

TEST_CASE("with a wrong row in the file nothing is archived") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}, {"К2", "5"}})}));
  auto options = with(ImportMode::synchronise);
  options.accept_valid = true;
  options.to_archive = 1;
  const auto result = desk.import("store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "много"}})}), options);
  CHECK(result.rejected == 1);
  CHECK(result.archived == 0);
  CHECK(desk.count("store_crate WHERE archived = 0") == 2);
}

namespace {

/// Two keepers with the same name and telephone; answers the second.
std::int64_t make_twins(Desk& desk) {
  const auto twin = [&](const char* badge) {
    return desk
        .create("store.keeper", {{"surname", "Артёмов"},
                                 {"given_name", "Семён"},
                                 {"patronymic", "Ильич"},
                                 {"phone", "+79031234567"},
                                 {"badge", badge}})
        .id;
  };
  twin("7");
  return twin("9");
}

const auto about_a_twin = book({sheet(
    "Хранители", {{"ФИО", "Телефон", "Дата рождения"}, {"Артёмов Семён Ильич", "8 903 123-45-67", "01.02.1980"}})});

}  // namespace

TEST_CASE("a row whose record can not be told offers the candidates, and a person's word decides") {
  Desk desk(test::small_catalogue());
  const auto second = make_twins(desk);
  auto result = desk.import("store.keeper", about_a_twin);
  REQUIRE(result.errors.items.size() == 1);
  REQUIRE(result.errors.items[0].choices.size() == 2);
  CHECK(result.errors.items[0].choices[1].record == second);

  ImportOptions options;
  options.decisions[2] = {second};
  result = desk.import("store.keeper", about_a_twin, options);
  CHECK(result.updated == 1);
  CHECK(desk.text("SELECT k.badge FROM store_keeper k JOIN store_person p ON p.id = k.person WHERE p.birth_date = "
                  "'1980-02-01'") == "9");
}

TEST_CASE("it may also be said that the row is about somebody else") {
  Desk desk(test::small_catalogue());
  make_twins(desk);
  ImportOptions options;
  options.decisions[2] = {0};
  CHECK(desk.import("store.keeper", about_a_twin, options).created == 1);
  CHECK(desk.count("store_person") == 3);
}

TEST_CASE("a decision that fits no candidate changes nothing") {
  Desk desk(test::small_catalogue());
  make_twins(desk);
  const auto other = desk.create("store.keeper", {{"surname", "Белов"}, {"given_name", "Иван"}, {"badge", "8"}});
  ImportOptions options;
  options.decisions[2] = {other.id};
  CHECK(desk.import("store.keeper", about_a_twin, options).rejected == 1);
  CHECK(desk.count("store_person WHERE birth_date IS NOT NULL") == 0);
}

TEST_CASE("a sheet is taken by its name when it is asked for") {
  Desk desk(test::small_catalogue());
  const auto two = book({sheet("Ящики", {{"Код"}, {"К1"}}), sheet("Склад 2", {{"Код"}, {"К7"}})});
  ImportOptions options;
  options.sheet = "Склад 2";
  CHECK(desk.import("store.crate", two, options).created == 1);
  CHECK(desk.count("store_crate WHERE code = 'К7'") == 1);
  options.sheet = "Склад 3";
  CHECK_THROWS(desk.import("store.crate", two, options));
}

TEST_CASE("what would be read is told before anything is looked up") {
  const auto file = book({sheet("Ящики", {{"Коробки склада"}, {"Код", "Вес", "Цвет"}, {"К1", "5", "белый"}})});
  const auto& catalogue = test::small_catalogue();
  const auto reading = read_headers(catalogue, catalogue.at("store.crate"), file, {});
  CHECK(reading.sheet == "Ящики");
  CHECK(reading.header_row == 2);
  REQUIRE(reading.columns.size() == 3);
  CHECK(reading.columns[0].to == "code");
  CHECK(reading.columns[0].letters == "A");
  CHECK(reading.columns[0].sample == "К1");
  CHECK(reading.columns[2].how == "unknown");
  CHECK(reading.targets.front().required);

  // Nothing known: the first row of texts, for a person to assign.
  const auto strange =
      read_headers(catalogue, catalogue.at("store.crate"), book({sheet("", {{"a", "b"}, {"1", "2"}})}), {});
  CHECK(strange.columns.size() == 2);
  CHECK(strange.columns[1].how == "unknown");
}
