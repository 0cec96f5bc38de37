/// What a role reaches in each table, as queries of ids: the text of row policies.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernel/access/policy.hpp"

namespace eschool::registry {

/// A condition with its values written out, its variables @me as `_me`: those of the function around it.
std::string inlined(const access::Sql&);

/// A text in single quotes.
std::string literal(std::string_view);

/// The queries by which a role, or its grant that is limited to the class `_scope`, reaches records of a registry.
struct RoleReach {
  const access::Role* role;
  bool scoped;
  /// Those that a right shows, and the bases of such facets; without the bases of a facet that the role reads whole.
  std::vector<std::string> rows;
  std::vector<std::string> names;  ///< those that stand in such a record as a name, whoever may read them
};

class Reach {
 public:
  explicit Reach(const access::Policy&);

  /// In the order of the roles; a role that reads all rows needs no query, see reads_all().
  const std::vector<RoleReach>& of(const schema::Registry&) const;
  bool reads_all(const access::Role&, const schema::Registry&) const;

 private:
  /// The way from rows that a right shows to the rows whose names are shown with them.
  struct Way {
    std::string joins;
    access::Condition condition;
  };
  std::vector<access::Rule> rules_of(const access::Role&, bool scoped, const schema::Registry&) const;
  RoleReach& reach(const access::Role&, bool scoped, const schema::Registry&);
  void add(const access::Role&, bool scoped, const schema::Registry&);
  void add_row(const access::Role&, bool scoped, const schema::Registry& target, std::string_view id,
               const access::Source& root, const access::Condition&);
  void add_name(const access::Role&, bool scoped, const schema::Registry& target, std::string_view id,
                const access::Source& root, const Way&);
  void follow(const access::Role&, bool scoped, const access::Source& root, const access::Source& from,
              const schema::Field& reference, Way, int depth);

  const access::Policy& policy_;
  const schema::Catalogue& catalogue_;
  std::map<const schema::Registry*, std::vector<RoleReach>> reached_;
};

}  // namespace eschool::registry
