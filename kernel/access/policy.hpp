/// Who may do what: role grants and relations turned into conditions. Every path asks here, and nowhere else.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/access/predicate.hpp"
#include "kernel/access/principal.hpp"
#include "kernel/access/roles.hpp"

namespace eschool::access {

/// From a row of child rows to the record it lives with.
struct ToParent {
  const schema::Registry* parent = nullptr;
  std::string via;  ///< the child's reference
};

/// One way in which an action is allowed to the caller.
struct Rule {
  std::string relation;
  std::optional<Bind> scope;  ///< the class to which the grant is limited: its id, or the variable @scope
  schema::Sensitivity reads = schema::Sensitivity::open;
  const std::vector<std::string>* writes = nullptr;  ///< null: all that it reads
  std::vector<ToParent> inherited = {};              ///< the way up to the record of which the relation must hold
  bool guarded = false;                              ///< of a guarded Principal
  const std::string* where = nullptr;                ///< rule that the row must fulfil as well; null: none

  bool writes_field(const schema::Field&) const;
  /// Whether it is about every record, whatever stands in it.
  bool everywhere() const { return relation == "all" && !scope && !where && inherited.empty(); }
};

/// The function by which a database with row policies answers ids of a registry's records, as an array: those that its
/// caller's rights show, name(), or with a relation those of which it holds for him, name(scope) or name(NULL). 63
/// bytes at most.
std::string rows_function(const schema::Registry&, std::string_view relation = {},
                          std::string_view prefix = "es_rows_");

class Policy {
 public:
  Policy(const schema::Catalogue&, const Roles&);

  /// A role that says nothing of a registry of child rows has the parent's rights there: who reads the parent reads its
  /// rows, who updates the parent makes, changes and archives them.
  std::vector<Rule> rules(const Principal&, const schema::Registry&, Action) const;
  /// The condition under which one rule holds for a row.
  Condition condition(const Rule&, const Source&) const;
  /// The condition under which a declared relation holds for a row; never() when it says nothing of the registry. One
  /// that is not declared on a registry of child rows is that of the record they live with.
  Condition related(std::string_view relation, const Source&, const std::optional<Bind>& scope) const;
  /// The condition under which some rule of the action holds that reads at least `level`.
  Condition condition(const Principal&, const Source&, Action,
                      schema::Sensitivity level = schema::Sensitivity::open) const;
  bool has_capability(const Principal&, std::string_view capability) const;
  /// Whether the caller may load files into the registry, or with null into any: a role with the capability may load
  /// into those that it names (Role::imports), into all when it says nothing of it. What the rows may change, the
  /// rights say.
  bool may_import(const Principal&, const schema::Registry*) const;
  /// Whether the caller may do the action on some record of the registry: for menus, and to tell 403 from 404.
  bool may(const Principal& who, const schema::Registry& registry, Action action) const {
    return !rules(who, registry, action).empty();
  }

  const schema::Catalogue& catalogue() const { return catalogue_; }
  const Roles& roles() const { return roles_; }

 private:
  struct Parent {
    const schema::Registry* registry;
    const schema::Field* children;
  };
  void add_rules(const Grant&, const Role&, const schema::Registry&, Action, int depth, std::vector<Rule>&) const;

  /// related(), in the way in which the caller's session may ask it.
  Condition held(const Rule&, std::string_view relation, const Source&) const;
  Condition compiled(const std::string& rule, const Source&, const std::optional<Bind>& scope) const;

  const schema::Catalogue& catalogue_;
  const Roles& roles_;
  std::map<std::string, std::vector<Parent>, std::less<>> parents_;  ///< by the registry of the child rows
};

/// The guard of a caller's own filters and searches.
class CallerGuard : public Guard {
 public:
  CallerGuard(const Policy& policy, const Principal& who) : policy_(policy), who_(who) {}
  Condition rows(const Source& at) override { return policy_.condition(who_, at, Action::read); }
  Condition field(const Source&, const schema::Field&) override;

 private:
  const Policy& policy_;
  const Principal& who_;
};

}  // namespace eschool::access
