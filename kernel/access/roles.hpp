/// The table of roles and rights, as etc/roles.json gives it.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalogue.hpp"
#include "schema/model.hpp"

namespace eschool::access {

enum class Action { read, create, update, archive };

/// One right of a role on one registry. Each action lists the relations under which it is allowed; "all" is built in.
struct Right {
  std::map<Action, std::vector<std::string>> relations;
  std::string where;                                      ///< rule of the rows that it is about; empty: all of them
  schema::Sensitivity reads = schema::Sensitivity::open;  ///< the most private level that the right shows
  std::optional<std::vector<std::string>> writes;         ///< fields that may be written; all that it reads otherwise
};

struct Role {
  std::string id;
  std::string label;
  std::string description;
  /// The facet by which its holder has the role, people.employee: the role ends when that facet of the person does.
  std::string held_as;
  std::set<std::string, std::less<>> capabilities;
  std::map<std::string, std::vector<Right>, std::less<>> rights;  ///< by registry
  /// Given by an order for one school year: a grant without a last day ends with the year in which it begins.
  bool yearly = false;
  bool second_factor = false;  ///< its holders are asked to have one
  /// Roles whose accounts its holder issues to those whom this role lets him read; names the capability accounts.issue.
  std::vector<std::string> issues;
  /// The only registries into which its holder loads files; names the capability import unless it is empty. Absent:
  /// with the capability, all.
  std::optional<std::vector<std::string>> imports;
  bool own = false;  ///< the school's, not the product's
  int idle_minutes = 480;
  int absolute_hours = 24;
};

/// Of roles with the same id the first stands. What find() and all() answer stays good as long as the table.
class Roles {
 public:
  /// Unknown keys, registries and relations are errors with the role and the key; nothing is granted by a file with
  /// errors.
  static Roles load(const std::filesystem::path& file, const schema::Catalogue&,
                    std::vector<schema::LoadError>& errors);
  static Roles parse(std::string_view text, const std::string& name, const schema::Catalogue&,
                     std::vector<schema::LoadError>& errors);
  /// One table from several; of roles with the same id the last stands.
  static Roles combined(const std::vector<const Roles*>&);

  const Role* find(std::string_view id) const;
  std::vector<const Role*> all() const;
  /// The school's own roles from now on, behind those of the product. Any thread.
  void set_own(std::vector<Role>);

 private:
  struct Table {
    std::deque<Role> kept;  ///< also those that were replaced: somebody may be at work with them
    std::vector<const Role*> current;
    mutable std::shared_mutex mutex;
    void add(Role);
  };
  std::unique_ptr<Table> table_ = std::make_unique<Table>();
};

}  // namespace eschool::access
