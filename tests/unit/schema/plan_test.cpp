#include "schema/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "build.hpp"
#include "kernel/storage/database.hpp"
#include "place.hpp"

using namespace schema_test;
namespace storage = eschool::storage;
using Kind = Change::Kind;
using Texts = std::vector<std::string>;

namespace {

bool on_sqlite() { return eschool::test::engine_under_test() == storage::Engine::sqlite; }

class Database {
 public:
  void run(const std::string& sql) {
    database_->write([&](storage::Session& session) { session.execute(sql); });
  }

  /// Rows as "a|b", NULL as "-".
  Texts rows(const std::string& sql) {
    const auto session = database_->read();
    auto statement = session->prepare(sql);
    Texts all;
    while (statement.step()) {
      std::string row;
      for (int i = 0; i < statement.columns(); ++i)
        row += (i ? "|" : "") + (statement.null(i) ? "-" : std::string(statement.text(i)));
      all.push_back(row);
    }
    return all;
  }
  /// The same of the catalogue, which each engine has its own of.
  Texts rows(const std::string& sqlite, const std::string& postgresql) {
    return rows(on_sqlite() ? sqlite : postgresql);
  }

 private:
  eschool::test::Place place_;
  std::unique_ptr<storage::Database> database_ = storage::Database::open(place_.database());
};

/// A database that is brought from one set of schema files to the next.
class School {
 public:
  /// Runs the automatic changes and gives the plan. The snapshot goes through its text, as between starts.
  Plan bring(const std::vector<File>& files) {
    std::vector<LoadError> errors;
    const Catalogue catalogue = build(files, errors);
    REQUIRE(texts(errors) == Texts{});
    Plan planned = plan(parse_snapshot(stored_), catalogue, {on_sqlite()});
    for (const auto& change : planned.automatic) run(change);
    const Plan again = plan(parse_snapshot(stored_), catalogue, {on_sqlite()});
    CHECK(again.automatic.empty());
    CHECK(again.lossy.size() == planned.lossy.size());
    return planned;
  }

  void run(const Change& change) {
    CHECK_FALSE(change.description.empty());
    for (const auto& sql : change.sql) db.run(sql);
    Snapshot snapshot = parse_snapshot(stored_);
    apply(snapshot, change);
    stored_ = serialise(snapshot);
  }

  Texts columns(const std::string& table) {
    return db.rows("SELECT name FROM pragma_table_info('" + table + "') WHERE cid > 4 ORDER BY cid",
                   "SELECT attname FROM pg_attribute WHERE attrelid = '" + table +
                       "'::regclass AND attnum > 5 AND NOT attisdropped ORDER BY attnum");
  }
  Texts indexes() {
    return db.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1",
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'"
        " ORDER BY 1");
  }
  bool has_table(const std::string& table) {
    return !db.rows("SELECT name FROM sqlite_schema WHERE name = '" + table + "'",
                    "SELECT 1 WHERE to_regclass('" + table + "') IS NOT NULL")
                .empty();
  }

  Database db;

 private:
  std::string stored_;
};

/// Without the step that PostgreSQL has for itself: there references are added when all tables are made.
std::vector<Kind> kinds(const std::vector<Change>& changes) {
  std::vector<Kind> all;
  for (const auto& change : changes)
    if (change.kind != Kind::add_reference) all.push_back(change.kind);
  return all;
}

const std::string start = R"(INSERT INTO "p_a" ("version", "created_at", "updated_at")";

}  // namespace

TEST_CASE("tables that refer to one another are made, whole, in one plan") {
  School school;
  const Plan planned = school.bring({registry("p.a", field("f1", "b", "ref", R"("target": "p.b")")),
                                     registry("p.b", field("f1", "a", "ref", R"("target": "p.a")") + "," +
                                                         field("f2", "name", "text", R"("unique": true)"))});
  CHECK(kinds(planned.automatic) == std::vector{Kind::create_table, Kind::create_table, Kind::add_index,
                                                Kind::add_index, Kind::add_index, Kind::add_index, Kind::add_index});
  CHECK(planned.lossy.empty());
  CHECK(planned.drops.empty());
  CHECK(school.columns("p_b") == Texts{"a", "name", "name_key", "name_sort"});
  CHECK(school.indexes() ==
        Texts{"ix__p_a__archived__id", "ix__p_a__b", "ix__p_b__a", "ix__p_b__archived__id", "ux__p_b__name_key"});
  CHECK_THROWS(school.db.run(start + R"(, "b") VALUES (1, 'x', 'x', 99))"));
}

TEST_CASE("unique among records that are not archived") {
  School school;
  school.bring({registry("p.a", field("f1", "name", "text", R"("unique": true)"))});
  school.db.run(start + R"(, "name_key", "archived") VALUES (1, 'x', 'x', 'k', 1), (1, 'x', 'x', 'k', 1))");
  school.db.run(start + R"(, "name_key") VALUES (1, 'x', 'x', 'k'))");
  school.db.run(start + R"(, "name_key") VALUES (1, 'x', 'x', NULL), (1, 'x', 'x', NULL))");
  CHECK_THROWS(school.db.run(start + R"(, "name_key") VALUES (1, 'x', 'x', 'k'))"));
}

TEST_CASE("what has not changed needs nothing") {
  School school;
  const std::vector<File> files{registry("p.a", field("f1", "name", "text", R"("search": true)"))};
  school.bring(files);
  const Plan again = school.bring(files);
  CHECK(again.up_to_date());
  CHECK(again.drops.empty());
}

TEST_CASE("fields and registries are added with their data columns and indexes") {
  School school;
  school.bring({registry("p.a", field("f1", "n", "int"))});
  school.db.run(start + R"(, "n") VALUES (1, 'x', 'x', 5))");
  const Plan planned =
      school.bring({registry("p.a", field("f1", "n", "int", R"("index": true)") + "," + field("f2", "name", "text") +
                                        "," + field("f3", "b", "ref", R"("target": "p.b")")),
                    registry("p.b", field("f1", "n", "int"))});
  CHECK(kinds(planned.automatic) == std::vector{Kind::create_table, Kind::add_column, Kind::add_column, Kind::add_index,
                                                Kind::add_index, Kind::add_index});
  CHECK(planned.automatic[1].description == "Добавить поле «Поле» (p.a.name)");
  CHECK(planned.automatic[1].table == "p_a");
  CHECK(school.db.rows(R"(SELECT "n", "name", "name_key", "b" FROM "p_a")") == Texts{"5|-|-|-"});
  CHECK_THROWS(school.db.run(R"(UPDATE "p_a" SET "b" = 9)"));
}

TEST_CASE("a new name of a field is a rename, its key columns and indexes included") {
  School school;
  school.bring({registry("p.a", field("f1", "name", "text", R"("index": true)"))});
  school.db.run(start + R"(, "name", "name_key", "name_sort") VALUES (1, 'x', 'x', 'Ёж', 'еж', 's'))");
  const Plan planned = school.bring({registry("p.a", field("f1", "title", "text", R"("index": true)"))});
  CHECK(kinds(planned.automatic) == std::vector{Kind::drop_index, Kind::rename_column, Kind::add_index});
  CHECK(school.db.rows(R"(SELECT "title", "title_key", "title_sort" FROM "p_a")") == Texts{"Ёж|еж|s"});
  CHECK(school.indexes() == Texts{"ix__p_a__archived__id", "ix__p_a__title_key"});
}

TEST_CASE("fields exchange names, two and three of them, and in a chain") {
  School school;
  const auto files = [](const char* a, const char* b, const char* c) {
    return std::vector<File>{
        registry("p.a", field("f1", a, "text") + "," + field("f2", b, "int") + "," + field("f3", c, "text"))};
  };
  school.bring(files("x", "y", "z"));
  school.db.run(start + R"(, "x", "x_key", "y", "z") VALUES (1, 'x', 'x', 'one', 'key', 2, 'three'))");
  school.bring(files("y", "x", "z"));
  CHECK(school.db.rows(R"(SELECT "y", "y_key", "x", "z" FROM "p_a")") == Texts{"one|key|2|three"});
  school.bring(files("x", "z", "y"));
  CHECK(school.db.rows(R"(SELECT "x", "x_key", "z", "y" FROM "p_a")") == Texts{"one|key|2|three"});
  school.bring(files("z", "y", "w"));
  CHECK(school.db.rows(R"(SELECT "z", "z_key", "y", "w" FROM "p_a")") == Texts{"one|key|2|three"});
}

TEST_CASE("a field that disappears keeps its data and comes back to it") {
  School school;
  const std::string kept = field("f1", "n", "int"), gone = field("f2", "name", "text", R"("unique": true)");
  school.bring({registry("p.a", kept + "," + gone)});
  school.db.run(start + R"(, "name", "name_key") VALUES (1, 'x', 'x', 'Аня', 'аня'))");

  const Plan without = school.bring({registry("p.a", kept)});
  CHECK(kinds(without.automatic) == std::vector{Kind::drop_index, Kind::orphan_column});
  CHECK(without.automatic[1].sql.empty());
  CHECK(without.lossy.empty());
  CHECK(kinds(without.drops) == std::vector{Kind::drop_column});
  CHECK(without.up_to_date() == false);
  CHECK(school.bring({registry("p.a", kept)}).up_to_date());

  const Plan back = school.bring({registry("p.a", kept + "," + gone)});
  CHECK(kinds(back.automatic) == std::vector{Kind::attach_column, Kind::add_index});
  CHECK(school.db.rows(R"(SELECT "name", "name_key" FROM "p_a")") == Texts{"Аня|аня"});
}

TEST_CASE("a new field takes the name of an orphan, which steps aside and still comes back") {
  School school;
  school.bring({registry("p.a", field("f1", "name", "text"))});
  school.db.run(start + R"(, "name", "name_key") VALUES (1, 'x', 'x', 'Аня', 'аня'))");
  const Plan planned = school.bring({registry("p.a", field("f2", "name", "int"))});
  CHECK(kinds(planned.automatic) == std::vector{Kind::rename_column, Kind::orphan_column, Kind::add_column});
  CHECK(school.db.rows(R"(SELECT "name" FROM "p_a")") == Texts{"-"});
  school.bring({registry("p.a", field("f2", "code", "int") + "," + field("f1", "name", "text"))});
  CHECK(school.db.rows(R"(SELECT "name", "name_key", "code" FROM "p_a")") == Texts{"Аня|аня|-"});
}

TEST_CASE("a registry that disappears keeps its table and comes back to it") {
  School school;
  const File a = registry("p.a", field("f1", "n", "int", R"("index": true)")),
             b = registry("p.b", field("f1", "n", "int"));
  school.bring({a, b});
  school.db.run(start + R"(, "n") VALUES (1, 'x', 'x', 5))");
  const Plan without = school.bring({b});
  CHECK(kinds(without.automatic) == std::vector{Kind::orphan_table});
  CHECK(kinds(without.drops) == std::vector{Kind::drop_table});
  const Plan back = school.bring({a, b});
  CHECK(kinds(back.automatic) == std::vector{Kind::attach_table});
  CHECK(school.db.rows(R"(SELECT "n" FROM "p_a")") == Texts{"5"});
}

TEST_CASE("orphans are cleared away when asked") {
  School school;
  const std::string one = field("f1", "n", "int");
  school.bring(
      {registry("p.a", one + "," + field("f2", "name", "text") + "," + field("f3", "b", "ref", R"("target": "p.b")")),
       registry("p.b", one)});
  const Plan planned = school.bring({registry("p.a", one)});
  REQUIRE(kinds(planned.drops) == std::vector{Kind::drop_column, Kind::drop_column, Kind::drop_table});
  for (const auto& change : planned.drops) school.run(change);
  CHECK(school.columns("p_a") == Texts{"n"});
  CHECK_FALSE(school.has_table("p_b"));
  CHECK(school.bring({registry("p.a", one)}).drops.empty());
}

TEST_CASE("types that widen do so by themselves") {
  School school;
  const auto files = [](const char* name, const char* flag) {
    return std::vector<File>{registry("p.a", field("f1", "t", name) + "," + field("f2", "n", flag) + "," +
                                                 field("f3", "d", "date", R"("index": true)"))};
  };
  school.bring(files("text", "bool"));
  school.db.run(start + R"(, "t", "n") VALUES (1, 'x', 'x', 'Аня', 1))");
  const Plan planned = school.bring(files("longtext", "int"));
  CHECK(kinds(planned.automatic) == std::vector{Kind::widen_type, Kind::widen_type});
  CHECK(planned.lossy.empty());
  CHECK(school.db.rows(R"(SELECT "t", "n" FROM "p_a")") == Texts{"Аня|1"});
  CHECK(school.columns("p_a") == Texts{"t", "n", "d"});
}

TEST_CASE("other changes of type wait, and their indexes with them") {
  School school;
  school.bring({registry("p.a", field("f1", "n", "text", R"("unique": true)") + "," + field("f2", "m", "int"))});
  school.db.run(start + R"(, "n", "n_key", "m") VALUES (1, 'x', 'x', '12', '12', 7))");
  const std::vector<File> changed{
      registry("p.a", field("f1", "n", "int", R"("unique": true)") + "," + field("f2", "m", "int"))};
  const Plan planned = school.bring(changed);
  CHECK(kinds(planned.automatic) == std::vector{Kind::drop_index});
  REQUIRE(kinds(planned.lossy) == std::vector{Kind::change_type});
  CHECK(planned.blocked() == Texts{"p.a"});
  CHECK(planned.lossy[0].description == "Сменить тип поля «Поле» (p.a.n) с text на int; прежние значения пропадут");
  CHECK(school.db.rows(R"(SELECT "n" FROM "p_a")") == Texts{"12"});

  school.run(planned.lossy[0]);
  CHECK(school.columns("p_a") == Texts{"m", "n"});
  CHECK(school.db.rows(R"(SELECT "n", "m" FROM "p_a")") == Texts{"-|7"});
  CHECK(kinds(school.bring(changed).automatic) == std::vector{Kind::add_index});
}

TEST_CASE("values go over to the new type where there is a sure way") {
  const auto changed = [](const std::string& from, const std::string& to, const std::string& value) {
    School school;
    school.bring({registry("p.a", field("f1", "n", from))});
    school.db.run(start + ", \"n\") VALUES (1, 'x', 'x', " + value + ")");
    const auto space = to.find(',');
    const Plan planned = school.bring({registry(
        "p.a", field("f1", "n", to.substr(0, space), space == std::string::npos ? "" : to.substr(space + 1)))});
    REQUIRE(planned.lossy.size() == 1);
    CHECK(planned.lossy[0].rebuild_keys == (to == "text" ? "n" : ""));
    school.run(planned.lossy[0]);
    const auto row =
        school.db.rows(R"(SELECT "n", typeof("n") FROM "p_a")", R"(SELECT "n", pg_typeof("n") FROM "p_a")");
    return row.at(0);
  };
  const std::string values = R"(enum,"values": [{"id": "x", "label": "б"}, {"id": "y", "label": "в"}])";
  CHECK(changed("int", "text", "12") == "12|text");
  CHECK(changed("longtext", "text", "'Аня'") == "Аня|text");
  CHECK(changed("decimal", "longtext", "1.5") == "1.5|text");
  CHECK(changed("int", "decimal", "12") == (on_sqlite() ? "12.0|real" : "12|double precision"));
  CHECK(changed("decimal", "int", "1.6") == (on_sqlite() ? "2|integer" : "2|bigint"));
  CHECK(changed("text", values, "'y'") == "y|text");
  // SQLite tells the type of the value, PostgreSQL that of the column.
  CHECK(changed("text", values, "'z'") == (on_sqlite() ? "-|null" : "-|text"));
  CHECK(changed("text", "date", "'x'") == (on_sqlite() ? "-|null" : "-|text"));
}

TEST_CASE("a reference to another registry is a change of type") {
  School school;
  const File b = registry("p.b", field("f1", "n", "int")), c = registry("p.c", field("f1", "n", "int"));
  school.bring({registry("p.a", field("f1", "r", "ref", R"("target": "p.b")")), b, c});
  const Plan planned = school.bring({registry("p.a", field("f1", "r", "ref", R"("target": "p.c")")), b, c});
  REQUIRE(kinds(planned.lossy) == std::vector{Kind::change_type});
  CHECK(planned.lossy[0].description ==
        "Сменить тип поля «Поле» (p.a.r) с ref p.b на ref p.c; прежние значения пропадут");
  school.run(planned.lossy[0]);
  CHECK(school.db.rows(R"(SELECT "table" FROM pragma_foreign_key_list('p_a'))",
                       "SELECT confrelid::regclass FROM pg_constraint WHERE contype = 'f' AND conrelid ="
                       " 'p_a'::regclass") == Texts{"p_c"});
}

TEST_CASE("another order of the list is another index") {
  School school;
  const std::string fields = field("f1", "a", "text") + "," + field("f2", "b", "date");
  school.bring({registry("p.a", fields, R"("views": {"sort": "a"},)")});
  CHECK(school.indexes() == Texts{"ix__p_a__archived__a_sort__id"});
  const Plan planned = school.bring({registry("p.a", fields, R"("views": {"sort": "-b,a"},)")});
  CHECK(kinds(planned.automatic) == std::vector{Kind::drop_index, Kind::add_index});
  CHECK(school.indexes() == Texts{"ix__p_a__archived__b_desc__a_sort__id"});
}

TEST_CASE("PostgreSQL ties new tables together after they are made") {
  std::vector<LoadError> errors;
  const Catalogue catalogue =
      build({registry("p.a", field("f1", "b", "ref", R"("target": "p.b")")), registry("p.b", field("f1", "n", "int"))},
            errors);
  const Plan planned = plan({}, catalogue, {.sqlite = false});
  REQUIRE(kinds(planned.automatic) ==
          std::vector{Kind::create_table, Kind::create_table, Kind::add_index, Kind::add_index, Kind::add_index});
  REQUIRE(planned.automatic[2].kind == Kind::add_reference);
  CHECK(planned.automatic[2].sql == Texts{R"(ALTER TABLE "p_a" ADD FOREIGN KEY ("b") REFERENCES "p_b"("id"))"});
}

TEST_CASE("a snapshot goes through text unchanged, and damaged text is refused") {
  Snapshot snapshot;
  snapshot.tables["p.a"] = {
      "p_a",
      true,
      {{"f1", {"n", FieldType::enumeration, "", true}}, {"q.f2", {"r", FieldType::reference, "p.b", false}}},
      {{"ix", "CREATE INDEX \"ix\""}}};
  const std::string text = serialise(snapshot);
  CHECK(serialise(parse_snapshot(text)) == text);
  const Snapshot read = parse_snapshot(text);
  CHECK(read.tables.at("p.a").orphaned);
  CHECK(read.tables.at("p.a").columns.at("f1").orphaned);
  CHECK(read.tables.at("p.a").columns.at("f1").type == FieldType::enumeration);
  CHECK(read.tables.at("p.a").columns.at("q.f2").target == "p.b");
  CHECK(read.tables.at("p.a").indexes.at("ix") == "CREATE INDEX \"ix\"");
  CHECK(parse_snapshot("").tables.empty());
  for (const char* bad :
       {"{", "{}", "[]", R"({"format": 2, "registries": {}})", R"({"format": 1, "registries": {"a": 1}})",
        R"({"format": 1, "registries": {"a": {"table": "a", "indexes": {},
                              "fields": {"f": {"name": "n", "type": "x"}}}}})"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_snapshot(bad), std::runtime_error);
  }
}
