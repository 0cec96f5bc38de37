/// Who may do what: role grants and relations turned into conditions. Every path asks here, and nowhere else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/access/predicate.hpp"
#include "kernel/access/principal.hpp"
#include "kernel/access/roles.hpp"

namespace eschool::access {

/// One way in which an action is allowed to the caller.
struct Rule {
  std::string relation;
  std::optional<std::int64_t> scope;
  schema::Sensitivity reads = schema::Sensitivity::open;
  const std::vector<std::string>* writes = nullptr;  ///< null: all that it reads

  bool writes_field(const schema::Field&) const;
};

class Policy {
 public:
  Policy(const schema::Catalogue& catalogue, const Roles& roles) : catalogue_(catalogue), roles_(roles) {}

  std::vector<Rule> rules(const Principal&, const schema::Registry&, Action) const;
  /// The condition under which one rule holds for a row.
  Condition condition(const Rule&, const Source&) const;
  /// The condition under which some rule of the action holds that reads at least `level`.
  Condition condition(const Principal&, const Source&, Action,
                      schema::Sensitivity level = schema::Sensitivity::open) const;
  bool has_capability(const Principal&, std::string_view capability) const;
  /// Whether the caller may do the action on some record of the registry: for menus, and to tell 403 from 404.
  bool may(const Principal& who, const schema::Registry& registry, Action action) const {
    return !rules(who, registry, action).empty();
  }

  const schema::Catalogue& catalogue() const { return catalogue_; }
  const Roles& roles() const { return roles_; }

 private:
  const schema::Catalogue& catalogue_;
  const Roles& roles_;
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
