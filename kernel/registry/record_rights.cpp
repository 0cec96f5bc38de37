#include "kernel/registry/record_rights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::registry {

using access::Action;
using access::Rule;
using schema::Registry;

namespace {

class Rights {
 public:
  Rights(storage::Session& session, const Asker& asker, const schema::Catalogue& catalogue,
         const access::Policy& policy, const RecordQuery& query)
      : session_(session), asker_(asker), catalogue_(catalogue), policy_(policy), query_(query) {}

  /// A record in the archive is changed no more, nor are the rows below it.
  bool archived(const Registry& registry, std::int64_t id) const {
    return session_.integer(fmt::format("SELECT archived FROM \"{}\" WHERE id = ?", registry.table()), {id}) != 0;
  }

  bool may(const Registry& registry, std::int64_t id, Action action) const {
    return some(policy_.rules(asker_.who, registry, action),
                [&](const Rule& rule) { return query_.holds(session_, asker_, rule, registry, id); });
  }

  bool may(const Registry& parent, std::int64_t id, const Registry& child, Action action) const {
    return some(policy_.rules(asker_.who, child, action), [&](const Rule& rule) {
      if (!rule.inherited.empty()) return above(rule, parent, id);
      if (rule.everywhere() || rule.scope || rule.where) return true;
      const bool of_parent =
          !catalogue_.relation(rule.relation, child.id) && catalogue_.relation(rule.relation, parent.id);
      return !of_parent || query_.holds(session_, asker_, rule, parent, id);
    });
  }

 private:
  template <class Test>
  bool some(const std::vector<Rule>& rules, Test test) const {
    return std::any_of(rules.begin(), rules.end(), test);
  }

  /// Of a right that is the parent's own.
  bool above(Rule rule, const Registry& parent, std::int64_t id) const {
    if (rule.inherited.front().parent != &parent) return true;
    rule.inherited.erase(rule.inherited.begin());
    return query_.holds(session_, asker_, rule, parent, id);
  }

  storage::Session& session_;
  const Asker& asker_;
  const schema::Catalogue& catalogue_;
  const access::Policy& policy_;
  const RecordQuery& query_;
};

void append_right(std::string& out, std::string_view name, bool given) {
  if (out.back() != '{') out += ',';
  json::append_key(out, name);
  json::append_bool(out, given);
}

}  // namespace

std::string record_rights(storage::Session& session, const Asker& asker, const schema::Catalogue& catalogue,
                          const access::Policy& policy, const RecordQuery& query, const Registry& registry,
                          std::int64_t id) {
  if (!query.readable(session, asker, registry, id)) throw not_found();
  const Rights rights(session, asker, catalogue, policy, query);
  std::string out = "{";
  const bool gone = rights.archived(registry, id);
  append_right(out, "update", !gone && rights.may(registry, id, Action::update));
  append_right(out, "archive", !gone && rights.may(registry, id, Action::archive));
  out += ",\"children\":{";
  for (const auto* table : {catalogue.base(registry), &registry}) {
    if (!table) continue;
    const auto owner =
        table == &registry
            ? id
            : session.integer(
                  fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", registry.facet_by, registry.table()), {id});
    const bool closed = table == &registry ? gone : rights.archived(*table, owner);
    for (const auto& field : table->fields) {
      if (field.type != schema::FieldType::children) continue;
      const auto& child = catalogue.at(field.target);
      if (out.back() != '{') out += ',';
      json::append_key(out, field.name);
      out += '{';
      for (const auto& [action, name] :
           {std::pair{Action::create, "create"}, {Action::update, "update"}, {Action::archive, "archive"}})
        append_right(out, name, !closed && rights.may(*table, owner, child, action));
      out += '}';
    }
  }
  return out + "}}";
}

}  // namespace eschool::registry
