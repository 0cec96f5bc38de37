#include "kernel/registry/row_policies.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <map>

#include "kernel/registry/display.hpp"

namespace eschool::registry {

using access::Action;
using access::Condition;
using access::Source;
using schema::Field;
using schema::FieldType;
using schema::Registry;

namespace {

constexpr int deepest_display = 3;  // as RecordQuery shows references of references

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

/// The condition with its values written out and its variables as those of the function around it.
std::string inlined(const access::Sql& sql) {
  std::string text;
  std::size_t next = 0;
  bool quoted = false;
  for (const char c : sql.text) {
    if (c == '\'') quoted = !quoted;
    if (c != '?' || quoted) {
      text += c;
      continue;
    }
    const auto& bound = sql.binds.at(next++);
    if (const auto* variable = std::get_if<rules::Variable>(&bound)) {
      text += "_" + variable->name;
      continue;
    }
    const auto& value = std::get<storage::Value>(bound);
    if (const auto* integer = std::get_if<std::int64_t>(&value))
      text += fmt::format("{}::bigint", *integer);
    else if (const auto* real = std::get_if<double>(&value))
      text += fmt::format("{}::double precision", *real);
    else if (const auto* string = std::get_if<std::string>(&value))
      text += literal(*string);
    else
      text += "NULL";
  }
  return text;
}

/// A role's name travels in a list separated by spaces, its class behind '#': others would read as something else.
bool can_travel(std::string_view role) { return !role.empty() && role.find_first_of(" #\"\\{},") == role.npos; }

class Generator {
 public:
  Generator(const access::Policy& policy, const storage::Location& location)
      : policy_(policy),
        catalogue_(policy.catalogue()),
        schema_('"' + location.schema + '"'),
        reader_('"' + storage::reader_role(location) + '"') {}

  std::vector<std::string> statements() {
    for (const auto* role : policy_.roles().all())
      if (can_travel(role->id))
        for (const bool scoped : {false, true})
          for (const auto& registry : catalogue_.registries()) add_reach(*role, scoped, *registry);
    run(fmt::format("GRANT USAGE ON SCHEMA {} TO {}", schema_, reader_));
    // Of all that was ever granted nothing stays but what follows: not the rows of a registry that is no more.
    run(fmt::format("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}", schema_, reader_));
    run("CREATE FUNCTION es_scopes(text) RETURNS SETOF bigint LANGUAGE sql STABLE AS " +
        literal("SELECT pg_catalog.split_part(held, '#', 2)::bigint FROM pg_catalog.unnest(pg_catalog.string_to_array("
                "pg_catalog.current_setting('eschool.roles', true), ' ')) held"
                " WHERE pg_catalog.strpos(held, '#') > 0"
                " AND ($1 IS NULL OR pg_catalog.split_part(held, '#', 1) = $1)"));
    for (const auto& relation : catalogue_.relations()) add_relation(relation);
    for (const auto& registry : catalogue_.registries()) add_policy(*registry);
    return std::move(statements_);
  }

 private:
  /// The way from rows that a right shows to the rows whose names are shown with them.
  struct Way {
    std::string joins;
    Condition condition;
  };
  /// What a role reaches in one table, as queries of ids.
  struct Reached {
    const access::Role* role;
    bool scoped;
    std::vector<std::string> queries;
  };

  void run(std::string sql) { statements_.push_back(std::move(sql)); }

  std::vector<access::Rule> rules_of(const access::Role& role, bool scoped, const Registry& registry) const {
    access::Principal who;
    who.grants.push_back({role.id, scoped ? std::optional<std::int64_t>(1) : std::nullopt});
    auto rules = policy_.rules(who, registry, Action::read);
    for (auto& rule : rules)
      if (rule.scope) rule.scope = rules::Variable{"scope"};
    return rules;
  }

  bool reads_all(const access::Role& role, const Registry& registry) const {
    const auto root = access::source(catalogue_, registry, "t");
    const auto rules = rules_of(role, false, registry);
    return std::any_of(rules.begin(), rules.end(),
                       [&](const auto& rule) { return policy_.condition(rule, root).is_always(); });
  }

  void reach(const access::Role& role, bool scoped, const Registry& target, std::string_view id, const Source& root,
             const Way& way) {
    // Who reads every row has no need of a list of them.
    if (!scoped && reads_all(role, target)) return;
    auto& list = reached_[&target];
    if (list.empty() || list.back().role != &role || list.back().scoped != scoped) list.push_back({&role, scoped, {}});
    // The record itself and its base are there once; others stand in many records.
    auto query = fmt::format("SELECT {}{} FROM {}{} WHERE {}", way.joins.empty() ? "" : "DISTINCT ", id,
                             root.from(catalogue_), way.joins, inlined(way.condition.as_sql()));
    auto& queries = list.back().queries;
    if (std::find(queries.begin(), queries.end(), query) == queries.end()) queries.push_back(std::move(query));
  }

  /// A reference is shown as the name of the record that it leads to, whoever may read that; so is it here.
  void follow(const access::Role& role, bool scoped, const Source& root, const Source& from, const Field& reference,
              Way way, int depth) {
    const auto& target = catalogue_.at(reference.target);
    Source at;
    if (from.alias == root.alias && reference.name == root.registry->facet_by && !root.base_alias.empty()) {
      at = {&target, root.base_alias, {}};
    } else {
      at = access::source(catalogue_, target, fmt::format("r{}", depth));
      way.joins += fmt::format(" JOIN \"{}\" {} ON {}.id = {}", target.table(), at.alias, at.alias,
                               from.column(catalogue_, reference));
      if (const auto* base = catalogue_.base(target))
        way.joins += fmt::format(" JOIN \"{}\" {} ON {}.id = {}.\"{}\"", base->table(), at.base_alias, at.base_alias,
                                 at.alias, target.facet_by);
      reach(role, scoped, target, at.alias + ".id", root, way);
      if (const auto* base = catalogue_.base(target)) reach(role, scoped, *base, at.base_alias + ".id", root, way);
    }
    if (depth == deepest_display) return;
    for (const auto& part : parse_display(target.display)) {
      if (part.field.empty()) continue;
      const auto located = catalogue_.locate(target, part.field);
      if (located && located.field->type == FieldType::reference)
        follow(role, scoped, root, at, *located.field, way, depth + 1);
    }
  }

  void add_reach(const access::Role& role, bool scoped, const Registry& registry) {
    const auto rules = rules_of(role, scoped, registry);
    if (rules.empty()) return;
    const auto root = access::source(catalogue_, registry, "t");
    const auto shown = [&](schema::Sensitivity level) {
      std::vector<Condition> parts;
      for (const auto& rule : rules)
        if (rule.reads >= level) parts.push_back(policy_.condition(rule, root));
      return access::any_of(std::move(parts));
    };
    const Way whole{{}, shown(schema::Sensitivity::open)};
    if (whole.condition.is_never()) return;
    reach(role, scoped, registry, "t.id", root, whole);
    const auto* base = catalogue_.base(registry);
    if (base) reach(role, scoped, *base, root.base_alias + ".id", root, whole);
    for (const auto* owner : {&registry, base})
      for (std::size_t i = 0; owner && i < owner->fields.size(); ++i) {
        const auto& field = owner->fields[i];
        if (field.type != FieldType::reference) continue;
        const Way way{{}, shown(field.sensitivity)};
        if (!way.condition.is_never()) follow(role, scoped, root, root, field, way, 1);
      }
  }

  /// A function of ids that works with the owner's rights: the policies of the tables that it reads do not apply to it.
  void add_function(const std::string& name, std::string_view parameter, const std::string& body) {
    static constexpr std::string_view head =
        "#variable_conflict use_variable\n"
        "DECLARE _me bigint := nullif(pg_catalog.current_setting('eschool.person', true), '')::bigint;"
        " _today text COLLATE \"C\" := pg_catalog.current_setting('eschool.today', true);"
        " _roles text[] := pg_catalog.string_to_array(pg_catalog.current_setting('eschool.roles', true), ' ');";
    run(
        fmt::format("CREATE FUNCTION \"{}\"({}) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100"
                    " SET search_path TO {}, pg_temp AS {}",
                    name, parameter, schema_, literal(std::string(head) + body)));
    run(fmt::format("REVOKE ALL ON FUNCTION \"{0}\" FROM PUBLIC", name));
    run(fmt::format("GRANT EXECUTE ON FUNCTION \"{}\" TO {}", name, reader_));
  }

  void add_relation(const schema::Relation& relation) {
    const auto& registry = catalogue_.at(relation.registry);
    const auto root = access::source(catalogue_, registry, "t");
    const auto condition = policy_.related(relation.name, root, rules::Variable{"scope"});
    // A class that the caller's role is not limited to is none of his.
    add_function(access::rows_function(registry, relation.name), "_scope bigint",
                 fmt::format(" BEGIN IF _scope IS NULL OR _scope IN (SELECT es_scopes(NULL)) THEN"
                             " RETURN QUERY SELECT t.id FROM {} WHERE {}; END IF; END",
                             root.from(catalogue_), inlined(condition.as_sql())));
  }

  void add_policy(const Registry& registry) {
    std::string body = " _scope bigint; BEGIN", everybody;
    for (const auto& [role, scoped, queries] : reached_[&registry]) {
      std::string all;
      for (const auto& query : queries) all += " RETURN QUERY " + query + ";";
      body += scoped ? fmt::format(" FOR _scope IN SELECT es_scopes({}) LOOP{} END LOOP;", literal(role->id), all)
                     : fmt::format(" IF {} = ANY (_roles) THEN{} END IF;", literal(role->id), all);
    }
    const auto name = access::rows_function(registry);
    add_function(name, "", body + " END");
    for (const auto* role : policy_.roles().all())
      if (can_travel(role->id) && reads_all(*role, registry)) everybody += (everybody.empty() ? "" : ",") + role->id;
    run(fmt::format("ALTER TABLE \"{}\" ENABLE ROW LEVEL SECURITY", registry.table()));
    // Both are asked once a query, the second one only when the first says no.
    run(
        fmt::format("CREATE POLICY es_row_guard ON \"{}\" FOR SELECT TO {} USING ((SELECT pg_catalog.string_to_array("
                    "pg_catalog.current_setting('eschool.roles', true), ' ') OPERATOR(pg_catalog.&&) {}::text[])"
                    " OR id IN (SELECT \"{}\"()))",
                    registry.table(), reader_, literal("{" + everybody + "}"), name));
    run(fmt::format("GRANT SELECT ON \"{}\" TO {}", registry.table(), reader_));
  }

  const access::Policy& policy_;
  const schema::Catalogue& catalogue_;
  const std::string schema_, reader_;
  std::vector<std::string> statements_;
  std::map<const Registry*, std::vector<Reached>> reached_;
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
      " WHERE n.nspname = current_schema() AND p.polname = 'es_row_guard' AND c.relrowsecurity");
  // Kept with the policies and not in a table: a restored copy has the tables and not the policies.
  auto version = session.text(
      "SELECT pg_catalog.obj_description(p.oid, 'pg_proc') FROM pg_catalog.pg_proc p"
      " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
      " WHERE n.nspname = current_schema() AND p.proname = 'es_scopes'");
  return static_cast<std::size_t>(guarded) == tables ? version : std::string();
}

void drop(storage::Session& session) {
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
      "SELECT pg_catalog.format('DROP FUNCTION %s', p.oid::regprocedure) FROM pg_catalog.pg_proc p"
      " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema()"
      " AND (p.proname = 'es_scopes' OR pg_catalog.starts_with(p.proname, 'es_rows_'))");
}

}  // namespace

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
    drop(session);
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
