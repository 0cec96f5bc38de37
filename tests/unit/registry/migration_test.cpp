#include "kernel/registry/migration.hpp"

#include <doctest/doctest.h>

#include <string>

#include "kernel/storage/database.hpp"
#include "place.hpp"
#include "schema/loader.hpp"
#include "text/checks.hpp"

using namespace eschool;

namespace {

schema::Catalogue with_field(const std::string& field) {
  schema::Loaded loaded;
  std::vector<schema::LoadError> errors;
  schema::load_registry_text(R"({"id": "store.crate", "label": "Ящики", "display": "{n}", "fields": [)" + field + "]}",
                             "crate.json", "store", text::known_check, loaded, errors);
  auto catalogue = schema::Catalogue::build(std::move(loaded.registries), {}, {}, errors);
  REQUIRE(errors.empty());
  return catalogue;
}

}  // namespace

TEST_CASE("a lossy migration leaves nothing for the next one") {
  const eschool::test::Place place;
  const auto database = storage::Database::open(place.database());
  const auto migrate = [&](const schema::Catalogue& catalogue, bool lossy) {
    schema::Plan plan;
    database->write([&](storage::Session& session) { plan = registry::migrate(session, catalogue, lossy); });
    return plan;
  };
  database->write([](storage::Session& session) { registry::create_tables(session); });
  migrate(with_field(R"({"id": "f1", "name": "n", "type": "text", "label": "№", "unique": true})"), false);
  const auto changed = with_field(R"({"id": "f1", "name": "n", "type": "int", "label": "№", "unique": true})");
  CHECK(migrate(changed, false).lossy.size() == 1);
  migrate(changed, true);
  // The unique index of the new column is there at once.
  const auto insert = [](storage::Session& session) {
    session.execute("INSERT INTO store_crate (version, created_at, updated_at, n) VALUES (1, 'x', 'x', 5)");
  };
  database->write(insert);
  CHECK_THROWS_AS(database->write(insert), storage::Error);
  const auto next = migrate(changed, true);
  CHECK(next.automatic.empty());
  CHECK(next.lossy.empty());
}
