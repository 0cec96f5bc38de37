#include "kernel/registry/import/journal.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::book;
using importing::test::Desk;
using importing::test::sheet;

namespace {

/// Imports and notes it in the journal, as the API does; answers the number.
std::int64_t noted(Desk& desk, const std::string& registry, const tabular::Workbook& workbook,
                   const ImportOptions& options = {}) {
  std::int64_t id = 0;
  desk.write([&](storage::Session& session) {
    const auto first = audit::head(session).seq + 1;
    const auto result = Importer(desk.catalogue, desk.query, desk.writer)
                            .run(session, desk.asker, desk.catalogue.at(registry), workbook, options);
    REQUIRE(result.applied);
    JournalEntry entry;
    entry.registry = registry;
    entry.created = result.created;
    entry.at = desk.asker.now;
    entry.first_seq = first;
    entry.last_seq = audit::head(session).seq;
    id = note_import(session, entry, result.resolved);
  });
  return id;
}

Undone undo(Desk& desk, std::int64_t id, bool partly = false) {
  Undone undone;
  desk.write([&](storage::Session& session) {
    undone = undo_import(session, desk.asker, desk.catalogue, desk.query, desk.writer, id, partly, false);
  });
  return undone;
}

const auto crates = book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}, {"К2", "6"}})});

}  // namespace

TEST_CASE("the journal keeps what was loaded, newest first") {
  Desk desk(test::small_catalogue());
  const auto first = noted(desk, "store.crate", crates);
  const auto second = noted(desk, "store.crate", book({sheet("Ящики", {{"Код"}, {"К3"}})}));
  desk.write([&](storage::Session& session) {
    const auto entries = journal(session, {}, 10);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].id == second);
    CHECK(entries[1].created == 2);
    CHECK(journal(session, second, 10).size() == 1);
    CHECK(journal_entry(session, first)->registry == "store.crate");
    CHECK_FALSE(journal_entry(session, 99));
  });
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
}

TEST_CASE("an undone import leaves the records as they were, and the chain whole") {
  Desk desk(test::small_catalogue());
  noted(desk, "store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}})}));
  const auto id = noted(desk, "store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "9"}, {"К2", "3"}})}));
  const auto undone = undo(desk, id);
  CHECK(undone.applied);
  CHECK(undone.result.restored == 1);
  CHECK(undone.result.archived == 1);
  CHECK(desk.count("store_crate WHERE archived = 0") == 1);
  CHECK(desk.count("store_crate WHERE archived = 0 AND weight = 5") == 1);
  desk.write([](storage::Session& session) { CHECK(audit::verify(session).ok()); });
  // What was undone can be loaded again: the archived record does not stand in its way.
  CHECK(desk.import("store.crate", crates).created == 1);
}

TEST_CASE("an import is undone once") {
  Desk desk(test::small_catalogue());
  const auto id = noted(desk, "store.crate", crates);
  CHECK(undo(desk, id).applied);
  CHECK_THROWS_AS(undo(desk, id), http::ProblemError);
  CHECK_THROWS_AS(undo(desk, 99), http::ProblemError);
}

TEST_CASE("records made along the way go with it, base records too") {
  Desk desk(test::small_catalogue());
  const auto id =
      noted(desk, "store.keeper", book({sheet("Хранители", {{"ФИО", "Пропуск"}, {"Белов Иван Ильич", "8"}})}));
  CHECK(undo(desk, id).result.archived == 2);
  CHECK(desk.count("store_person WHERE archived = 0") == 0);
  CHECK(desk.count("store_keeper WHERE archived = 0") == 0);
}

TEST_CASE("what was changed since is a conflict, and then nothing is taken back unless asked for") {
  Desk desk(test::small_catalogue());
  const auto id = noted(desk, "store.crate", crates);
  desk.write([&](storage::Session& session) {
    desk.writer.update(session, desk.asker, desk.catalogue.at("store.crate"), 1, {{"weight", std::int64_t{70}}}, {});
  });
  auto undone = undo(desk, id);
  CHECK_FALSE(undone.applied);
  REQUIRE(undone.result.conflicts.size() == 1);
  CHECK(undone.result.conflicts[0].display.find("К1") != std::string::npos);
  CHECK(desk.count("store_crate WHERE archived = 0") == 2);

  undone = undo(desk, id, true);
  CHECK(undone.applied);
  CHECK(undone.result.archived == 1);
  CHECK(desk.count("store_crate WHERE archived = 0 AND weight = 70") == 1);
}

TEST_CASE("a made record that others refer to now stays") {
  Desk desk(test::small_catalogue());
  const auto keeper =
      noted(desk, "store.keeper", book({sheet("Хранители", {{"ФИО", "Пропуск"}, {"Белов Иван Ильич", "8"}})}));
  noted(desk, "store.crate", book({sheet("Ящики", {{"Код", "Хранитель"}, {"К1", "Белов Иван Ильич"}})}));
  const auto undone = undo(desk, keeper);
  CHECK_FALSE(undone.applied);
  REQUIRE(!undone.result.conflicts.empty());
  CHECK(undone.result.conflicts[0].reason.find("Ящики: 1") != std::string::npos);
  CHECK(desk.count("store_keeper WHERE archived = 0") == 1);
}

TEST_CASE("what a synchronisation archived comes back") {
  Desk desk(test::small_catalogue());
  noted(desk, "store.crate", crates);
  ImportOptions options;
  options.mode = ImportMode::synchronise;
  options.to_archive = 1;
  const auto id = noted(desk, "store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}})}), options);
  CHECK(desk.count("store_crate WHERE archived = 0") == 1);
  CHECK(undo(desk, id).result.revived == 1);
  CHECK(desk.count("store_crate WHERE archived = 0") == 2);
}

TEST_CASE("a record whose place was taken since does not come back") {
  Desk desk(test::small_catalogue());
  noted(desk, "store.crate", crates);
  ImportOptions options;
  options.mode = ImportMode::synchronise;
  options.to_archive = 1;
  const auto id = noted(desk, "store.crate", book({sheet("Ящики", {{"Код", "Вес"}, {"К1", "5"}})}), options);
  desk.create("store.crate", {{"code", "К2"}});
  const auto undone = undo(desk, id);
  CHECK_FALSE(undone.applied);
  CHECK(undone.result.conflicts.size() == 1);
}

TEST_CASE("a reference that the import had filled waits again") {
  Desk desk(test::small_catalogue());
  noted(desk, "store.crate", book({sheet("Ящики", {{"Код", "Хранитель"}, {"К1", "Белов Иван Ильич"}})}));
  const auto keepers = book({sheet("Хранители", {{"ФИО", "Пропуск"}, {"Белов Иван Ильич", "8"}})});
  const auto id = noted(desk, "store.keeper", keepers);
  CHECK(desk.count("es_pending_reference") == 0);
  CHECK(undo(desk, id).applied);
  CHECK(desk.count("store_crate WHERE keeper IS NULL") == 1);
  CHECK(desk.count("es_pending_reference") == 1);
  CHECK(desk.import("store.keeper", keepers).resolved.size() == 1);
}
