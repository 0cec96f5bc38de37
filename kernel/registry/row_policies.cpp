#include "kernel/registry/row_policies.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "kernel/registry/reach.hpp"
#include "kernel/registry/search_words.hpp"

namespace eschool::registry {

using schema::FieldType;
using schema::Registry;

namespace {

/// A role's name travels in a list separated by spaces, behind the person and the day, its class behind '#'; the key of
/// a list ends with '|'. What would read as something else does not travel.
bool can_travel(std::string_view role) {
  return !role.empty() && !std::isdigit(static_cast<unsigned char>(role.front())) &&
         role.find_first_of(" #|\"\\{},") == role.npos;
}

/// What the session knows of its caller: his person, the day, his roles (PostgresSession::read_for).
constexpr std::string_view caller = "pg_catalog.current_setting('eschool.caller', true)";
constexpr std::string_view caller_words =
    "pg_catalog.string_to_array(pg_catalog.current_setting('eschool.caller', true), ' ')";

class Generator {
 public:
  Generator(const access::Policy& policy, const storage::Location& location)
      : policy_(policy),
        catalogue_(policy.catalogue()),
        reach_(policy),
        schema_('"' + location.schema + '"'),
        reader_('"' + storage::reader_role(location) + '"') {}

  std::vector<std::string> statements() {
    run(fmt::format("GRANT USAGE ON SCHEMA {} TO {}", schema_, reader_));
    // Of all that was ever granted nothing stays but what follows: not the rows of a registry that is no more.
    run(fmt::format("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}", schema_, reader_));
    add_counters();
    run("CREATE FUNCTION es_scopes(text) RETURNS SETOF bigint LANGUAGE sql STABLE AS " +
        literal(fmt::format("SELECT pg_catalog.split_part(held, '#', 2)::bigint FROM pg_catalog.unnest({}) held"
                            " WHERE pg_catalog.strpos(held, '#') > 0"
                            " AND ($1 IS NULL OR pg_catalog.split_part(held, '#', 1) = $1)",
                            caller_words)));
    for (const auto& relation : catalogue_.relations()) add_relation(relation);
    for (const auto& registry : catalogue_.registries()) add_policy(*registry);
    for (const auto& registry : catalogue_.registries())
      if (has_words(*registry)) add_policy_of_words(*registry);
    // Last: only now it is known what goes by which columns.
    start_counters();
    for (const auto& registry : catalogue_.registries()) add_trigger(*registry);
    return std::move(statements_);
  }

 private:
  void run(std::string sql) { statements_.push_back(std::move(sql)); }

  /// From 1, as arrays count.
  std::size_t number(const Registry& registry) const {
    const auto& all = catalogue_.registries();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.get() == &registry; });
    return static_cast<std::size_t>(found - all.begin()) + 1;
  }

  /// For each list, how many transactions changed what it goes by. One row of arrays: the cheapest to read.
  void add_counters() {
    run(fmt::format("CREATE TABLE {} (changes bigint[] NOT NULL, writers xid8[] NOT NULL)", storage::reach_table));
    run(fmt::format("GRANT SELECT ON {} TO {}", storage::reach_table, reader_));
    // Once for a registry and transaction: each further version of the row would have to be passed by the next one.
    run("CREATE FUNCTION es_reach_changed() RETURNS trigger LANGUAGE plpgsql AS " +
        literal(
            fmt::format("DECLARE _registry integer := TG_ARGV[0]::integer; _lists integer[] := TG_ARGV[1]::integer[];"
                        " _writer xid8 := pg_catalog.pg_current_xact_id();"
                        " BEGIN UPDATE {}.{} SET writers[_registry] = _writer, changes = ARRAY("
                        "SELECT CASE WHEN list = ANY (_lists) THEN change + 1 ELSE change END"
                        " FROM pg_catalog.unnest(changes) WITH ORDINALITY one (change, list) ORDER BY list)"
                        " WHERE writers[_registry] IS DISTINCT FROM _writer; RETURN NULL; END",
                        schema_, storage::reach_table)));
  }

  void start_counters() {
    // From the clock and not from 0: what a session has kept from before the policies were made anew is of no count.
    run(
        fmt::format("INSERT INTO {} SELECT pg_catalog.array_fill("
                    "(EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, ARRAY[{}]),"
                    " pg_catalog.array_fill(NULL::xid8, ARRAY[{}])",
                    storage::reach_table, lists_.size(), catalogue_.registries().size()));
    run(fmt::format("ANALYZE {}", storage::reach_table));  // it is one row, and not what a new table is taken for
  }

  void add_trigger(const Registry& registry) {
    std::string columns = "archived";
    std::vector<std::size_t> lists;
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (lists_[i].find('"' + registry.table() + '"') != std::string::npos) lists.push_back(i + 1);
    for (const auto& field : registry.fields)
      if (field.has_column() &&
          (field.type == FieldType::reference || std::any_of(lists_.begin(), lists_.end(), [&](const auto& list) {
             return list.find(".\"" + field.name) != std::string::npos;
           })))
        columns += fmt::format(", \"{}\"", field.name);
    run(
        fmt::format("CREATE TRIGGER es_reach AFTER INSERT OR DELETE OR UPDATE OF {} ON \"{}\" FOR EACH STATEMENT"
                    " EXECUTE FUNCTION es_reach_changed({}, '{{{}}}')",
                    columns, registry.table(), number(registry), fmt::join(lists, ",")));
  }

  /// A list of ids that the caller reaches, as a function of a class that his role is limited to, or NULL: one row, an
  /// array. `body` adds to `_found`. Worked out once for a caller and kept in a setting of his session behind the key
  /// of what it goes by, so that a statement pays for reading it alone. The outer function is plain SQL, which the
  /// planner writes out in the query; the inner one works with the owner's rights: the policies of what it reads do not
  /// apply.
  void add_list(const std::string& name, const std::string& body) {
    lists_.push_back(body);
    const auto list = lists_.size();
    const auto finder = fmt::format("{}.es_find_{}", schema_, list);
    const auto counted = fmt::format("{}.{}", schema_, storage::reach_table);
    const auto setting = fmt::format(
        "'eschool.' || pg_catalog.current_setting('eschool.slot', true) || '.l{}_' || coalesce($1::text, '')", list);
    const auto key = fmt::format("'|' || changes[{}]::text || ' ' || {} || '|'", list, caller);
    run(fmt::format(
        "CREATE FUNCTION {}(_scope bigint, _seen bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER"
        " SET search_path TO {}, pg_temp AS {}",
        finder, schema_,
        literal(fmt::format("#variable_conflict use_variable\n"
                            // Of what was seen outside nothing is taken: it is a parameter only so that the planner
                            // cannot call the function to make an estimate.
                            "DECLARE _key text := (SELECT {0} FROM {5}); _setting text := {1};"
                            " _roles text[] := {3}; _found bigint[] := '{{}}';"
                            " _me bigint := nullif(pg_catalog.split_part({2}, ' ', 1), '')::bigint;"
                            " _today text COLLATE \"C\" := pg_catalog.split_part({2}, ' ', 2);"
                            " BEGIN {4} _found := ARRAY(SELECT DISTINCT id FROM pg_catalog.unnest(_found) id);"
                            " IF _setting IS NOT NULL AND pg_catalog.has_function_privilege("
                            "'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')"
                            " THEN PERFORM pg_catalog.set_config(_setting, _key || _found::text, false); END IF;"
                            " RETURN _found; END",
                            key, setting, caller, caller_words, body, counted))));
    // Short, for it stands in each plan more than once, and a plan pays for what it does not run as well: what stands
    // behind the key, or "" when the setting has another one.
    run(fmt::format(
        "CREATE FUNCTION \"{}\"(_scope bigint DEFAULT NULL) RETURNS SETOF bigint[] LANGUAGE sql STABLE ROWS 1 AS {}",
        name,
        literal(
            fmt::format("SELECT coalesce(nullif(pg_catalog.split_part(pg_catalog.current_setting({}, true), {}, 2), '')"
                        "::bigint[], {}($1, changes[{}])) FROM {}",
                        setting, key, finder, list, counted))));
    for (const auto& function : {finder, '"' + name + '"'}) {
      run(fmt::format("REVOKE ALL ON FUNCTION {} FROM PUBLIC", function));
      run(fmt::format("GRANT EXECUTE ON FUNCTION {} TO {}", function, reader_));
    }
  }

  void add_relation(const schema::Relation& relation) {
    const auto& registry = catalogue_.at(relation.registry);
    const auto root = access::source(catalogue_, registry, "t");
    const auto condition = policy_.related(relation.name, root, rules::Variable{"scope"});
    // A class that the caller's role is not limited to is none of his.
    add_list(access::rows_function(registry, relation.name),
             fmt::format("IF _scope IS NULL OR _scope IN (SELECT es_scopes(NULL)) THEN"
                         " _found := ARRAY(SELECT t.id FROM {} WHERE {}); ELSE _setting := NULL; END IF;",
                         root.from(catalogue_), inlined(condition.as_sql())));
  }

  /// Makes the list of what the caller's roles reach; false when no role reaches anything so.
  bool add_reached(const Registry& registry, const std::string& name,
                   const std::vector<std::string> RoleReach::*queries) {
    std::string body;
    for (const auto& reached : reach_.of(registry)) {
      if (!can_travel(reached.role->id) || (reached.*queries).empty()) continue;
      std::string all;
      for (const auto& query : reached.*queries) all += fmt::format(" _found := _found || ARRAY({});", query);
      const auto role = literal(reached.role->id);
      body += reached.scoped ? fmt::format(" FOR _scope IN SELECT es_scopes({}) LOOP{} END LOOP;", role, all)
                             : fmt::format(" IF {} = ANY (_roles) THEN{} END IF;", role, all);
    }
    if (!body.empty()) add_list(name, body);
    return !body.empty();
  }

  /// The roles that read every row, as an array; empty when there are none.
  std::string roles_that_read_all(const Registry& registry, const Registry* but_not = nullptr) const {
    std::string roles;
    for (const auto* role : policy_.roles().all())
      if (can_travel(role->id) && reach_.reads_all(*role, registry) && !(but_not && reach_.reads_all(*role, *but_not)))
        roles += (roles.empty() ? "" : ",") + role->id;
    return roles.empty() ? roles : literal("{" + roles + "}") + "::text[]";
  }

  static std::string has_one_of(const std::string& roles) {
    return fmt::format("(SELECT {} OPERATOR(pg_catalog.&&) {})", caller_words, roles);
  }

  /// Whoever reads all pupils reaches the person of each: by an index, where a list would be as long as the school.
  std::string base_of(const Registry& facet, const Registry& base) {
    const auto roles = roles_that_read_all(facet, &base);
    if (roles.empty()) return {};
    const auto view = access::rows_function(facet, {}, "es_base_");
    run(fmt::format("CREATE VIEW \"{}\" AS SELECT \"{}\" AS id FROM \"{}\" WHERE {}", view, facet.facet_by,
                    facet.table(), has_one_of(roles)));
    run(fmt::format("GRANT SELECT ON \"{}\" TO {}", view, reader_));
    return fmt::format("EXISTS (SELECT FROM \"{}\" facet WHERE facet.id = \"{}\".id)", view, base.table());
  }

  void add_policy(const Registry& registry) {
    // Each is asked when those before it say no, and a list is read once a query. What stands in a record only as a
    // name comes last: nearly nobody needs it, and it is the long one, worth a hash table where others are looked
    // through.
    std::vector<std::string> ways;
    if (const auto roles = roles_that_read_all(registry); !roles.empty()) ways.push_back(has_one_of(roles));
    if (const auto rows = access::rows_function(registry); add_reached(registry, rows, &RoleReach::rows))
      ways.push_back(fmt::format("id = ANY ((SELECT ids FROM \"{}\"() ids)::bigint[])", rows));
    for (const auto& facet : catalogue_.registries())
      if (catalogue_.base(*facet) == &registry) ways.push_back(base_of(*facet, registry));
    if (const auto names = access::rows_function(registry, {}, "es_name_");
        add_reached(registry, names, &RoleReach::names))
      ways.push_back(fmt::format("id IN (SELECT pg_catalog.unnest(ids) FROM \"{}\"() ids)", names));
    std::erase(ways, std::string());
    run(fmt::format("ALTER TABLE \"{}\" ENABLE ROW LEVEL SECURITY", registry.table()));
    run(fmt::format("CREATE POLICY es_row_guard ON \"{}\" FOR SELECT TO {} USING ({})", registry.table(), reader_,
                    ways.empty() ? "false" : fmt::to_string(fmt::join(ways, " OR "))));
    run(fmt::format("GRANT SELECT ON \"{}\" TO {}", registry.table(), reader_));
  }

  /// Words are seen by whoever sees the record in which they stand.
  void add_policy_of_words(const Registry& registry) {
    const auto words = words_table(registry);
    run(fmt::format("ALTER TABLE \"{}\" ENABLE ROW LEVEL SECURITY", words));
    run(
        fmt::format("CREATE POLICY es_row_guard ON \"{0}\" FOR SELECT TO {1} USING"
                    " (EXISTS (SELECT FROM \"{2}\" whole WHERE whole.id = \"{0}\".record))",
                    words, reader_, registry.table()));
    run(fmt::format("GRANT SELECT ON \"{}\" TO {}", words, reader_));
  }

  const access::Policy& policy_;
  const schema::Catalogue& catalogue_;
  const Reach reach_;
  const std::string schema_, reader_;
  std::vector<std::string> statements_;
  std::vector<std::string> lists_;  ///< their bodies
};

std::string hash_of(const std::vector<std::string>& statements) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, 16);
  for (const auto& sql : statements)
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(sql.c_str()), sql.size() + 1);
  std::array<unsigned char, 16> sum{};
  crypto_generichash_final(&state, sum.data(), sum.size());
  std::array<char, 33> text{};
  return sodium_bin2hex(text.data(), text.size(), sum.data(), sum.size());
}

/// The version of the policies that are there, "" of a set that is not whole.
std::string version_there(storage::Session& session, std::size_t tables) {
  const auto guarded = session.integer(
      "SELECT count(*) FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'es_reach' AND t.tgenabled = 'O'"
      " WHERE n.nspname = current_schema() AND p.polname = 'es_row_guard' AND c.relrowsecurity");
  // Kept with the policies and not in a table: a restored copy has the tables and not the policies.
  auto version = session.text(
      "SELECT pg_catalog.obj_description(p.oid, 'pg_proc') FROM pg_catalog.pg_proc p"
      " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
      " WHERE n.nspname = current_schema() AND p.proname = 'es_scopes'");
  return static_cast<std::size_t>(guarded) == tables ? version : std::string();
}

}  // namespace

void drop_row_policies(storage::Session& session) {
  if (session.engine() != storage::Engine::postgresql) return;
  const auto each = [&](std::string_view names) {
    std::vector<std::string> statements;
    {
      auto rows = session.prepare(names);
      while (rows.step()) statements.emplace_back(rows.text(0));
    }
    for (const auto& sql : statements) session.execute(sql);
  };
  each(
      "SELECT pg_catalog.format('DROP POLICY es_row_guard ON %I', c.relname) FROM pg_catalog.pg_policy p"
      " JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname = current_schema() AND p.polname = 'es_row_guard'");
  each(
      "SELECT pg_catalog.format('DROP VIEW %I', c.relname) FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname = current_schema() AND c.relkind = 'v' AND pg_catalog.starts_with(c.relname, 'es_base_')");
  each(
      "SELECT pg_catalog.format('DROP TRIGGER es_reach ON %I', c.relname) FROM pg_catalog.pg_trigger t"
      " JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname = current_schema() AND t.tgname = 'es_reach'");
  each(
      "SELECT pg_catalog.format('DROP FUNCTION %s', p.oid::regprocedure) FROM pg_catalog.pg_proc p"
      " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema()"
      " AND p.proname ~ '^es_(scopes|reach_changed|(rows|name|find)_.*)$'");
  session.execute(fmt::format("DROP TABLE IF EXISTS {}", storage::reach_table));
}

RowPolicies row_policies(const access::Policy& policy, const storage::Location& location) {
  RowPolicies made{Generator(policy, location).statements(), {}};
  made.version = hash_of(made.statements);
  made.statements.push_back("COMMENT ON FUNCTION es_scopes(text) IS " + literal(made.version));
  return made;
}

storage::RowGuardState guard_rows(storage::Session& session, const access::Policy& policy,
                                  const storage::Location& location) {
  auto state = storage::ready_reader(session, location);
  if (state.guard != storage::RowGuard::loose && state.guard != storage::RowGuard::strict) return state;
  const auto wanted = row_policies(policy, location);
  if (version_there(session, policy.catalogue().registries().size()) == wanted.version) return state;
  try {
    storage::Savepoint savepoint(session);
    drop_row_policies(session);
    for (const auto& sql : wanted.statements) session.execute(sql);
    savepoint.release();
  } catch (const storage::Error& failure) {
    if (failure.kind() != storage::ErrorKind::other) throw;
    // A school without its second belt is better than none, when that is said.
    return {storage::RowGuard::off, state.reader, failure.what()};
  }
  return state;
}

storage::RowCaller row_caller(const access::Principal& who, const std::string& today) {
  storage::RowCaller caller{who.person, {}, today};
  for (const auto& grant : who.grants)
    if (can_travel(grant.role))
      caller.roles.push_back(grant.scope ? fmt::format("{}#{}", grant.role, *grant.scope) : grant.role);
  return caller;
}

storage::ReadLease read_as(storage::Database& database, access::Principal& who, const std::string& today) {
  auto session = who.system ? database.read() : database.read(row_caller(who, today));
  who.guarded = session->guarded();
  return session;
}

}  // namespace eschool::registry
