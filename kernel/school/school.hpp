/// One school: its database, its people's accounts, the capabilities it has enabled.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/access/policy.hpp"
#include "kernel/audit/history.hpp"
#include "kernel/auth/accounts.hpp"
#include "kernel/auth/sessions.hpp"
#include "kernel/plugin_host/host.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/registry/record_writer.hpp"
#include "kernel/school/clock.hpp"
#include "kernel/school/deed_notes.hpp"
#include "kernel/school/health.hpp"
#include "kernel/school/plugin_hooks.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::school {

class EventBoard;

class School {
 public:
  /// Opens the school's database (making it when it is new), makes the kernel's tables and runs the automatic
  /// part of the migration. Throws storage::Error, std::runtime_error.
  School(std::string id, const std::filesystem::path& folder, const storage::Location&, const schema::Catalogue&,
         const access::Roles&, plugin_host::PluginHost&, const std::string& time_zone);
  ~School();

  const std::string& id() const { return id_; }
  const std::filesystem::path& folder() const { return folder_; }
  storage::Database& database() { return *database_; }
  const schema::Catalogue& catalogue() const { return catalogue_; }
  const access::Policy& policy() const { return policy_; }
  const access::Roles& roles() const { return roles_; }
  const registry::RecordQuery& query() const { return query_; }
  registry::RecordWriter& writer() { return writer_; }
  auth::Accounts& accounts() { return accounts_; }
  auth::Sessions& sessions() { return sessions_; }
  const Clock& clock() const { return clock_; }
  Health& health() { return health_; }
  DeedNotes& deeds() { return deeds_; }
  /// Made when it is first asked for, and at once where other processes write to the school too.
  EventBoard& events();
  /// The second belt of access, as the school found it when it was opened.
  const storage::RowGuardState& row_guard() const { return row_guard_; }

  /// The registry, if there is one and its plugin is enabled here. Throws http::ProblemError (404).
  const schema::Registry& registry(std::string_view id) const;
  std::vector<const schema::Registry*> registries() const;

  using PluginSet = std::set<std::string, std::less<>>;
  std::shared_ptr<const PluginSet> enabled_plugins() const;
  bool enabled(std::string_view plugin) const { return enabled_plugins()->contains(plugin); }
  /// Called inside a write body; the new set is in force once published after the commit.
  void store_enabled(storage::Session&, std::string_view plugin, bool enabled, const std::string& now);
  /// Dictionaries of what has just been enabled get their shipped values in a write of their own, behind this call.
  void publish_enabled();

  /// What the account may do today; kept until forget_principals(). Roles that are held as a facet of the person
  /// (Role::held_as) are gone with it.
  access::Principal principal(std::int64_t account, const std::string& today);
  /// The same from the session at hand: inside a write body, where the account may be newer than what readers see.
  access::Principal principal(storage::Session&, std::int64_t account, const std::string& today);
  /// After any change of grants or accounts, and of who is active (RecordWriter::standing_changes).
  void forget_principals();
  /// The school's own roles as they are stored now come into force; forget_principals() follows.
  void publish_roles();
  /// The caller at the command line of this machine.
  static access::Principal system();

 private:
  std::string id_;
  std::filesystem::path folder_;
  const schema::Catalogue& catalogue_;
  access::Roles roles_;  ///< the installation's and the school's own
  plugin_host::PluginHost& plugins_;
  const storage::Location place_;
  std::mutex own_roles_mutex_;
  std::vector<std::pair<std::string, std::string>> own_roles_;  ///< id and definition, as they are in force
  std::unique_ptr<storage::Database> database_;
  Clock clock_;
  access::Policy policy_;
  registry::RecordQuery query_;
  audit::History history_;
  PluginHooks hooks_;
  registry::RecordWriter writer_;
  auth::Accounts accounts_;
  auth::Sessions sessions_;
  Health health_;
  DeedNotes deeds_;

  void read_enabled();
  /// Answers whether there was something new.
  bool read_roles(storage::Session&);
  /// Queues the write that gives the school what it lacks of the shipped values; nothing when it has them all.
  void queue_values();
  void give_values(storage::Session&);
  bool may_fill(const schema::Registry&) const;

  storage::RowGuardState row_guard_;
  std::vector<std::string> blocked_;  ///< registries that wait for a lossy migration

  mutable std::shared_mutex mutex_;
  std::atomic<std::uint64_t> generation_{0};  ///< counts forget_principals()
  std::shared_ptr<const PluginSet> enabled_;
  std::map<std::int64_t, std::pair<std::string, access::Principal>> principals_;  ///< by account: the day, the caller
  std::mutex events_mutex_;
  std::unique_ptr<EventBoard> events_;  ///< last: its thread uses all of the above
};

}  // namespace eschool::school
