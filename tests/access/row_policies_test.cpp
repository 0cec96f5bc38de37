#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "cluster.hpp"
#include "kernel/registry/display.hpp"
#include "kernel/registry/migration.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/registry/search_words.hpp"
#include "kernel/storage/row_guard.hpp"
#include "runner.hpp"

using namespace eschool;
using test::Stage;

namespace json = boost::json;

namespace {

using Ids = std::set<std::int64_t>;
using Seen = std::map<std::string, Ids>;  ///< by registry

void on_small_school(const std::function<void(const Stage&)>& act) {
  test::on_stage(std::filesystem::path(ESCHOOL_TEST_FOLDER) / "row_policies.setup", act);
}

Ids ids_of(storage::Session& session, const std::string& sql) {
  Ids ids;
  auto rows = session.prepare(sql);
  while (rows.step()) ids.insert(rows.integer(0));
  return ids;
}

std::string text_of(const Ids& ids) {
  std::string text;
  for (const auto id : ids) text += fmt::format(" {}", id);
  return text;
}

/// Whether the compiler lists the registry for the caller at all: otherwise a list is an error.
bool lists(const Stage& stage, const access::Principal& who, const schema::Registry& registry) {
  const auto at = access::source(stage.policy.catalogue(), registry, "t");
  return !stage.policy.condition(who, at, access::Action::read).is_never();
}

/// What the access compiler's lists show to somebody: the records, their bases, and the records that stand in them as
/// names. Found out without any policy: from the lists' JSON and, behind it, with the owner's eyes.
class Oracle {
 public:
  Oracle(const Stage& stage, access::Principal who)
      : stage_(stage), who_(std::move(who)), owner_(stage.database.read()) {}

  Seen seen() {
    for (const auto& registry : stage_.policy.catalogue().registries()) {
      if (!lists(stage_, who_, *registry)) continue;
      registry::ListRequest request;
      request.limit = 500;
      request.sort = "id";
      std::string out;
      const registry::Asker asker{who_, stage_.today, stage_.today + "T06:00:00Z"};
      stage_.query.list(*owner_, asker, *registry, request, out);
      const auto page = json::parse(out);
      REQUIRE(page.at("next").is_null());
      for (const auto& item : page.at("items").as_array()) {
        const auto& record = item.as_object();
        const auto id = record.at("id").as_int64();
        listed_[registry->id].insert(id);
        note(*registry, id);
        for (const auto& [name, value] : record) {
          const auto located = stage_.policy.catalogue().locate(*registry, std::string_view(name));
          if (!located || located.field->type != schema::FieldType::reference || !value.is_object()) continue;
          named(stage_.policy.catalogue().at(located.field->target), value.at("id").as_int64(), 1);
        }
      }
    }
    return seen_;
  }
  const Seen& listed() const { return listed_; }

 private:
  void note(const schema::Registry& registry, std::int64_t id) {
    seen_[registry.id].insert(id);
    if (const auto* base = stage_.policy.catalogue().base(registry))
      seen_[base->id].insert(owner_->integer(
          fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", registry.facet_by, registry.table()), {id}));
  }

  void named(const schema::Registry& registry, std::int64_t id, int depth) {
    note(registry, id);
    if (depth == 3) return;
    for (const auto& part : registry::parse_display(registry.display)) {
      const auto located =
          part.field.empty() ? schema::Catalogue::Located{} : stage_.policy.catalogue().locate(registry, part.field);
      if (!located || located.field->type != schema::FieldType::reference) continue;
      const auto at = access::source(stage_.policy.catalogue(), registry, "t");
      const auto next = owner_->integer(
          fmt::format("SELECT {} FROM {} WHERE t.id = ?", at.column(stage_.policy.catalogue(), *located.field),
                      at.from(stage_.policy.catalogue())),
          {id});
      if (next) named(stage_.policy.catalogue().at(located.field->target), next, depth + 1);
    }
  }

  const Stage& stage_;
  access::Principal who_;
  storage::ReadLease owner_;
  Seen listed_, seen_;
};

/// Every caller that the roles, people and classes of the small school make.
void each_caller(const Stage& stage, const std::function<void(const access::Principal&)>& act) {
  const auto people = ids_of(*stage.database.read(), "SELECT id FROM people_person");
  const auto classes = ids_of(*stage.database.read(), "SELECT id FROM school_class");
  REQUIRE(people.size() > 5);
  REQUIRE(classes.size() == 2);
  const auto call = [&](std::int64_t person, std::vector<access::Grant> grants) {
    access::Principal who;
    who.account = 1;
    who.person = person;
    who.grants = std::move(grants);
    act(who);
  };
  for (const auto* role : stage.policy.roles().all()) {
    call(0, {{role->id, {}}});
    for (const auto person : people) call(person, {{role->id, {}}});
    for (const auto id : classes) {
      call(0, {{role->id, id}});
      call(*people.begin(), {{role->id, id}});
      // With a role that knows no class beside it.
      call(*people.begin(), {{role->id, id}, {"guardian", {}}});
    }
  }
  call(*people.begin(), {});
  call(*people.begin(), {{"nobody_knows_it", {}}});
  call(*people.begin(), {{"teacher administrator", {}}});
}

/// One person who leads a class and has a child in another.
access::Principal mother(const Stage& stage) {
  access::Principal who;
  who.account = 1;
  who.person = std::stoll(stage.names.at("pvera"));
  who.grants = {{"guardian", {}}};
  return who;
}

std::int64_t children_of_mother(const Stage& stage) {
  auto who = mother(stage);
  return registry::read_as(stage.database, who, stage.today)->integer("SELECT count(*) FROM people_student");
}

void run(const Stage& stage, const std::string& sql) {
  stage.database.write([&](storage::Session& session) { session.execute(sql); });
}

storage::ErrorKind refusal(storage::Session& session, const std::string& sql) {
  try {
    auto rows = session.prepare(sql);
    while (rows.step()) {
    }
  } catch (const storage::Error& error) {
    CHECK_MESSAGE(std::string_view(error.what()).find("permission denied") != std::string_view::npos, error.what());
    return error.kind();
  }
  FAIL("not refused: " << sql);
  return storage::ErrorKind::other;
}

}  // namespace

TEST_CASE("a plain SELECT sees what the access compiler's lists show, for every role, person and class") {
  on_small_school([](const Stage& stage) {
    int callers = 0, rows = 0, hidden = 0;
    each_caller(stage, [&](const access::Principal& caller) {
      ++callers;
      Oracle oracle(stage, caller);
      auto wanted = oracle.seen();
      auto who = caller;
      const auto session = registry::read_as(stage.database, who, stage.today);
      REQUIRE(who.guarded);
      for (const auto& registry : stage.policy.catalogue().registries()) {
        const auto got = ids_of(*session, fmt::format("SELECT id FROM \"{}\"", registry->table()));
        CHECK_MESSAGE(got == wanted[registry->id], caller.signature()
                                                       << "person " << caller.person << ", " << registry->id << ": got"
                                                       << text_of(got) << ", wanted" << text_of(wanted[registry->id]));
        rows += static_cast<int>(got.size());
        hidden += got.empty();
        // Nothing is lost either: the compiler's own list is the same on both sides of the belt.
        if (!lists(stage, caller, *registry)) continue;
        registry::ListRequest request;
        request.limit = 500;
        request.sort = "id";
        std::string out;
        stage.query.list(*session, {who, stage.today, stage.today + "T06:00:00Z"}, *registry, request, out);
        Ids listed;
        const auto page = json::parse(out);
        for (const auto& item : page.at("items").as_array()) listed.insert(item.at("id").as_int64());
        const auto found = oracle.listed().find(registry->id);
        CHECK(listed == (found == oracle.listed().end() ? Ids{} : found->second));
      }
    });
    CHECK(callers > 100);
    CHECK(rows > 1000);
    CHECK(hidden > 100);
  });
}

TEST_CASE("a statement whose condition lets everything through still yields only the caller's rows") {
  on_small_school([](const Stage& stage) {
    auto who = mother(stage);
    const auto session = registry::read_as(stage.database, who, stage.today);
    // The outer layer broken as badly as can be: what is compiled for an administrator runs for a mother.
    access::Principal mistaken = who;
    mistaken.grants = {{"administrator", {}}};
    for (const auto& [registry, wanted] :
         {std::pair{"people.student", "ptim"}, {"people.guardian", "pvera"}, {"school.class", "c6"}}) {
      registry::ListRequest request;
      request.count = true;
      std::string out;
      stage.query.list(*session, {mistaken, stage.today, stage.today + "T06:00:00Z"},
                       stage.policy.catalogue().at(registry), request, out);
      const auto page = json::parse(out);
      CHECK(page.at("total").as_int64() == 1);
      REQUIRE(page.at("items").as_array().size() == 1);
      const auto& record = page.at("items").as_array().front().as_object();
      const auto& id = record.contains("person") ? record.at("person").at("id") : record.at("id");
      CHECK(std::to_string(id.as_int64()) == stage.names.at(wanted));
    }
  });
}

TEST_CASE("a session that reads for nobody sees nothing, and no caller before it is remembered") {
  on_small_school([](const Stage& stage) {
    access::Principal administrator;
    administrator.grants = {{"administrator", {}}};
    CHECK(registry::read_as(stage.database, administrator, stage.today)->integer("SELECT count(*) FROM people_person") >
          5);
    const auto session = stage.database.read(storage::RowCaller{});
    REQUIRE(session->guarded());
    for (const auto& registry : stage.policy.catalogue().registries())
      CHECK(session->integer(fmt::format("SELECT count(*) FROM \"{}\"", registry->table())) == 0);
  });
}

TEST_CASE("a query can not become somebody else") {
  on_small_school([](const Stage& stage) {
    auto who = mother(stage);
    const auto session = registry::read_as(stage.database, who, stage.today);
    const auto before = ids_of(*session, "SELECT id FROM people_student");
    CHECK(before.size() == 1);
    CHECK_FALSE(session->prepare("SELECT set_config('eschool.roles', 'administrator', false)").read_only());
    for (const auto* sql : {
             "SELECT set_config('eschool.roles', 'administrator', false)",
             "SELECT \"set_config\"('eschool.person', '1', true)",
             "SELECT U&\"set\\005fconfig\"('eschool.person', '1', true)",
             "SELECT set_config('role', 'none', false), (SELECT count(*) FROM people_person)",
             "SELECT query_to_xml('SELECT set_con' || 'fig(''role'', ''none'', false)', false, false, '')",
             "SELECT count(*) FROM es_history",
             "SELECT count(*) FROM es_setting",
             "SELECT count(*) FROM es_schema",
         })
      refusal(*session, sql);
    // A class that her role is not limited to.
    CHECK(ids_of(*session,
                 "SELECT unnest(ids) FROM \"es_rows_people_student.in_scope\"(" + stage.names.at("c5") + ") ids")
              .empty());
    CHECK(ids_of(*session, "SELECT id FROM people_student") == before);
  });
}

TEST_CASE("what a caller reaches follows each write that it goes by, in a session that has read before") {
  on_small_school([](const Stage& stage) {
    const auto children = [&] { return children_of_mother(stage); };
    const auto bond = "guardian IN (SELECT id FROM people_guardian WHERE person = " + stage.names.at("pvera") + ")";
    CHECK(children() == 1);
    run(stage, "UPDATE people_guardianship SET restricted = 1 WHERE " + bond);
    CHECK(children() == 0);
    run(stage, "UPDATE people_guardianship SET restricted = 0 WHERE " + bond);
    CHECK(children() == 1);
    run(stage,
        "INSERT INTO people_guardianship (version, archived, created_at, updated_at, guardian, student, kinship,"
        " restricted) SELECT 1, 0, '', '', g.guardian, s.id, g.kinship, 0"
        " FROM people_guardianship g, people_student s WHERE g." +
            bond + " AND s.id <> g.student LIMIT 1");
    CHECK(children() == 2);
    run(stage, "DELETE FROM people_guardianship WHERE " + bond);
    CHECK(children() == 0);
  });
}

TEST_CASE("what a caller reaches is worked out once, and anew only when a record changes that it goes by") {
  on_small_school([](const Stage& stage) {
    const auto children = [&] { return children_of_mother(stage); };
    CHECK(children() == 1);
    std::vector<std::string> finders;
    {
      const auto session = stage.database.read();
      auto rows = session->prepare(
          "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
          " WHERE n.nspname = current_schema() AND starts_with(p.proname, 'es_find_')");
      while (rows.step()) finders.emplace_back(rows.text(0));
    }
    CHECK(finders.size() > 20);
    // Whatever is worked out from now on fails.
    for (const auto& finder : finders)
      run(stage, "CREATE OR REPLACE FUNCTION " + finder +
                     "(_scope bigint, _seen bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE AS"
                     " 'BEGIN RAISE EXCEPTION ''worked out anew''; END'");
    CHECK(children() == 1);
    run(stage, "UPDATE people_person SET phone = '+79030000000'");
    CHECK(children() == 1);
    // What is kept for her is hers: the next caller of the same session does not know where.
    const auto slot_of = [&](access::Principal who) {
      return registry::read_as(stage.database, who, stage.today)->text("SELECT current_setting('eschool.slot')");
    };
    const auto hers = slot_of(mother(stage));
    CHECK(hers.size() > 20);
    CHECK(slot_of(mother(stage)) == hers);
    CHECK(slot_of({}).substr(0, 8) != hers.substr(0, 8));
    // Another caller between: his lists do not push hers out.
    access::Principal director;
    director.grants = {{"director", {}}};
    CHECK(registry::read_as(stage.database, director, stage.today)->integer("SELECT count(*) FROM people_student") > 1);
    CHECK(children() == 1);
    run(stage, "UPDATE people_guardianship SET restricted = restricted");
    CHECK_THROWS_AS(children(), storage::Error);
  });
}

TEST_CASE("the reader of one school does not reach another") {
  on_small_school([](const Stage& stage) {
    const storage::Location place{test::shared_cluster().connection(), "eschool_neighbour"};
    const auto neighbour = storage::Database::open(place);
    neighbour->write([&](storage::Session& session) {
      registry::create_tables(session);
      registry::migrate(session, stage.policy.catalogue(), false);
      REQUIRE(registry::guard_rows(session, stage.policy, place).guard == storage::RowGuard::strict);
      session.execute(
          "INSERT INTO school_building (version, archived, created_at, updated_at, name, name_key,"
          " name_sort) VALUES (1, 0, '', '', 'A', 'a', 'a')");
    });
    access::Principal who;
    who.grants = {{"administrator", {}}};
    const auto session = registry::read_as(stage.database, who, stage.today);
    REQUIRE(who.guarded);
    CHECK(ids_of(*session, "SELECT id FROM school_building").size() == 1);
    refusal(*session, "SELECT id FROM eschool_neighbour.school_building");
    refusal(*session, "SELECT eschool_neighbour.es_rows_school_building()");
  });
}

TEST_CASE("policies follow the rights, and come back when they are lost") {
  on_small_school([](const Stage& stage) {
    const auto place = stage.database.location();
    const auto policies = [&] {
      return ids_of(*stage.database.read(),
                    "SELECT p.oid FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
                    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()");
    };
    const auto guard = [&](const access::Policy& policy) {
      stage.database.write([&](storage::Session& session) {
        CHECK(registry::guard_rows(session, policy, place).guard == storage::RowGuard::strict);
      });
    };
    const auto seen = [&] {
      access::Principal who;
      who.grants = {{"teacher", {}}};
      return registry::read_as(stage.database, who, stage.today)->integer("SELECT count(*) FROM people_student");
    };
    const auto first = policies();
    std::size_t tables = 0;  // of each registry, and of the words in what is searched of it
    for (const auto& registry : stage.policy.catalogue().registries()) tables += registry::has_words(*registry) ? 2 : 1;
    CHECK(first.size() == tables);
    guard(stage.policy);
    CHECK(policies() == first);
    CHECK(seen() == 3);

    std::vector<schema::LoadError> errors;
    const auto other = access::Roles::parse(R"({"roles": [{"id": "teacher", "label": "У", "rights": {}}]})",
                                            "other.json", stage.policy.catalogue(), errors);
    REQUIRE(errors.empty());
    guard(access::Policy(stage.policy.catalogue(), other));
    CHECK(policies() != first);
    CHECK(seen() == 0);

    guard(stage.policy);
    CHECK(seen() == 3);
    stage.database.write(
        [](storage::Session& session) { session.execute("DROP POLICY es_row_guard ON people_student"); });
    CHECK(seen() == 0);
    guard(stage.policy);
    CHECK(seen() == 3);
  });
}

TEST_CASE("what the administrator has not done yet is told, and two statements are all there is to do") {
  on_small_school([](const Stage& stage) {
    const auto& cluster = test::shared_cluster();
    cluster.create_database("lyceum");
    cluster.run_sql("lyceum",
                    "CREATE ROLE plain LOGIN; GRANT CREATE ON DATABASE lyceum TO plain;"
                    "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC");
    const storage::Location place{cluster.connection("lyceum") + " user=plain", "eschool_lyceum"};
    const auto database = storage::Database::open(place);
    const auto guard = [&] {
      storage::RowGuardState state;
      database->write([&](storage::Session& session) {
        registry::create_tables(session);
        registry::migrate(session, stage.policy.catalogue(), false);
        state = registry::guard_rows(session, stage.policy, place);
      });
      return state;
    };
    auto state = guard();
    CHECK(state.guard == storage::RowGuard::off);
    CHECK(state.reason.find("eschool_lyceum_reader") != std::string::npos);
    cluster.run_sql("lyceum", "CREATE ROLE eschool_lyceum_reader NOLOGIN");
    CHECK(guard().guard == storage::RowGuard::off);
    cluster.run_sql("lyceum", "GRANT eschool_lyceum_reader TO plain");
    CHECK(guard().guard == storage::RowGuard::loose);
    cluster.run_sql("lyceum", "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC");
    CHECK(guard().guard == storage::RowGuard::strict);
    database->guard_readers(true);
    CHECK(database->read(storage::RowCaller{})->text("SELECT current_user") == "eschool_lyceum_reader");
    CHECK(database->read()->text("SELECT current_user") == "plain");
    // Whoever reads past every policy is no reader.
    cluster.run_sql("lyceum", "ALTER ROLE eschool_lyceum_reader BYPASSRLS");
    CHECK(guard().guard == storage::RowGuard::off);
  });
}
