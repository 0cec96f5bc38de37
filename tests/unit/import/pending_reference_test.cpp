#include "kernel/registry/import/pending_reference.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::book;
using importing::test::Desk;
using importing::test::marks;
using importing::test::sheet;

namespace {

const auto crates = book({sheet("Ящики", {{"Код", "Хранитель"}, {"К1", "Артемов Семен Ильич"}})});
const auto keepers = book({sheet("Хранители", {{"ФИО", "Пропуск"}, {"Артёмов Семён Ильич", "7"}})});

}  // namespace

TEST_CASE("a reference named before its record exists is filled when the record comes") {
  Desk desk(test::small_catalogue());
  auto result = desk.import("store.crate", crates);
  CHECK(result.applied);
  CHECK(marks(result.warnings) == std::vector<std::string>{"2 Хранитель deferred"});
  CHECK(desk.count("es_pending_reference") == 1);
  const auto entries = desk.count("es_history");
  CHECK(desk.import("store.crate", crates).unchanged == 1);
  CHECK(desk.count("es_pending_reference") == 1);
  CHECK(desk.count("es_history") == entries);

  result = desk.import("store.keeper", keepers);
  CHECK(result.resolved.size() == 1);
  CHECK(desk.count("es_pending_reference") == 0);
  CHECK(desk.count("store_crate WHERE keeper = 1") == 1);
  CHECK(desk.import("store.crate", crates).unchanged == 1);
}

TEST_CASE("a field filled in the meantime keeps its value") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", crates);
  const auto other = desk.create("store.keeper", {{"surname", "Другой"}, {"given_name", "Иван"}, {"badge", "9"}});
  desk.write([&](storage::Session& session) {
    desk.writer.update(session, desk.asker, desk.catalogue.at("store.crate"), 1, {{"keeper", other.id}}, {});
  });
  CHECK(desk.import("store.keeper", keepers).resolved.size() == 0);
  CHECK(desk.count("es_pending_reference") == 0);
  CHECK(desk.text("SELECT keeper FROM store_crate") == std::to_string(other.id));
}

TEST_CASE("two who fit are not chosen from") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", crates);
  const auto both =
      book({sheet("Хранители", {{"ФИО", "Пропуск"}, {"Артёмов Семён Ильич", "7"}, {"Артёмов Семён Ильич", "8"}})});
  CHECK(desk.import("store.keeper", both).resolved.size() == 0);
  CHECK(desk.count("es_pending_reference") == 1);
}

TEST_CASE("what is remembered in a run that is taken back is forgotten with it") {
  Desk desk(test::small_catalogue());
  ImportOptions options;
  options.dry_run = true;
  desk.import("store.crate", crates, options);
  CHECK(desk.count("es_pending_reference") == 0);
}
