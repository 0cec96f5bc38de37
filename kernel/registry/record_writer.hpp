/// Writing records: rights, checks, hooks, the rows themselves and their history, inside one savepoint of the writer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/audit/history.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/registry/record_query.hpp"

namespace eschool::registry {

/// Values by field name; a facet's base fields stand among its own.
using Values = std::map<std::string, storage::Value, std::less<>>;

/// What a hook sees and may do. `after` is complete: unchanged fields included.
struct HookCall {
  storage::Session& session;
  const Asker& asker;
  const schema::Registry& registry;
  std::int64_t id = 0;             ///< 0 before a creation
  const Values* before = nullptr;  ///< null at a creation
  Values& after;
  std::vector<http::FieldError>& errors;
  std::vector<std::string>& warnings;
};

/// Behaviour that plugins add to registries; the plugin host implements it.
class Hooks {
 public:
  enum class Phase { derive, validate, after, archive };
  virtual ~Hooks() = default;
  virtual void run(Phase, HookCall&) = 0;
};

enum class Outcome { created, updated, unchanged };

struct Written {
  std::int64_t id = 0;
  std::int64_t version = 0;
  Outcome outcome = Outcome::unchanged;
  std::vector<std::string> changed;   ///< names of the fields
  std::vector<std::string> warnings;  ///< Russian
};

class RecordWriter {
 public:
  RecordWriter(const schema::Catalogue& catalogue, const access::Policy& policy, const RecordQuery& query,
               audit::History& history, Hooks* hooks);

  /// All of these are called on the writer's thread with its session; they throw http::ProblemError and leave the
  /// savepoint to the caller.
  Written create(storage::Session&, const Asker&, const schema::Registry&, Values);
  /// `version`: what the caller saw; a different one is 412 with the current record.
  Written update(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id, Values changes,
                 std::optional<std::int64_t> version);
  Written archive(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id,
                  std::optional<std::int64_t> version);

  /// Puts fields back as they were and the record out of the archive or into it, past rights and hooks: for Reversal,
  /// which takes back what was allowed when it was done. `fields` are the table's own, not its base's. Answers whether
  /// something changed; throws not_found(), 409 for a record that others refer to, 422 for values that others have
  /// taken since.
  bool put_back(storage::Session&, const Asker&, const schema::Registry& table, std::int64_t id, const Values& fields,
                std::optional<bool> archived);

  /// The record's values whatever the caller's rights; nullopt when there is no such record.
  std::optional<Values> load(storage::Session&, const schema::Registry&, std::int64_t id) const;
  std::int64_t version(storage::Session&, const schema::Registry&, std::int64_t id) const;

  /// Changes columns of one table's row whatever the caller's rights, without checks and hooks but with the history's
  /// entry `action`: for what the kernel itself moves, as a merge does. `archived`: the row goes out of the lists or
  /// comes back. Answers the row's own version.
  std::int64_t rewrite(storage::Session&, const Asker&, const schema::Registry& table, std::int64_t id,
                       const Values& changes, std::optional<bool> archived, std::string_view action);

  /// Grows with every write that may have changed who is active (Registry::active_until): what is remembered of it is
  /// out of date once the write is committed. On the writer's thread.
  std::uint64_t standing_changes() const { return standing_changes_; }

 private:
  struct Row {
    Values values;
    std::int64_t version = 0;
    bool archived = false;
  };
  std::optional<Row> row(storage::Session&, const schema::Registry&, std::int64_t id) const;
  std::vector<access::Rule> holding(storage::Session&, const Asker&, const schema::Registry&, access::Action,
                                    std::int64_t id) const;
  void check_version(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id, const Row&,
                     std::optional<std::int64_t>) const;
  void check_writable(const schema::Registry&, const std::vector<access::Rule>&, const Values& changes, bool creating,
                      std::vector<http::FieldError>&) const;
  /// Fills the fields that are made of others by a template.
  void derive(const schema::Registry&, Values&) const;
  /// Whether the field's `when` holds: where it does not, the field need not be filled.
  bool matters(const schema::Registry&, const schema::Field&, const Asker&, const Values&) const;
  void check_final(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id, const Values& after,
                   const std::vector<std::string>& changed, std::vector<http::FieldError>&) const;
  void check_unique(storage::Session&, const schema::Registry&, std::int64_t id, const Values& after,
                    const std::vector<std::string>& changed, std::vector<http::FieldError>&) const;
  std::int64_t insert(storage::Session&, const schema::Registry& table, const Values&);
  std::int64_t store(storage::Session&, const schema::Registry& table, std::int64_t id, const Values& after,
                     const std::vector<std::string>& changed);
  /// The files that the row's fields hold now are the row's; of `changed` fields only, or of all.
  void attach_files(storage::Session&, const schema::Registry& table, std::int64_t id, const Values&,
                    const std::vector<std::string>* changed);
  void record_history(storage::Session&, const Asker&, const schema::Registry& table, std::int64_t id,
                      std::int64_t version, std::string_view action, const Values* before, const Values* after,
                      const std::vector<std::string>& fields);
  void hook(Hooks::Phase, storage::Session&, const Asker&, const schema::Registry&, std::int64_t id,
            const Values* before, Values& after, std::vector<http::FieldError>&, std::vector<std::string>& warnings);
  void archive_children(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id);
  void check_unreferred(storage::Session&, const schema::Registry&, std::int64_t id) const;
  /// Writes the flag; answers the table's new version.
  std::int64_t set_archived(storage::Session&, const Asker&, const schema::Registry& table, std::int64_t id, bool);

  const schema::Catalogue& catalogue_;
  const access::Policy& policy_;
  const RecordQuery& query_;
  audit::History& history_;
  Hooks* hooks_;
  std::uint64_t standing_changes_ = 0;
  std::map<const schema::Registry*, std::string> load_sql_;  ///< by registry, built once
};

}  // namespace eschool::registry
