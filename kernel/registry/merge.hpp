/// One person was recorded twice: two records of a registry with facets become one. Everything that refers to the one
/// or to its facets, in any registry, refers to the other afterwards; what both have is put together; and all of it can
/// be undone as long as nobody has changed the records since.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernel/registry/record_writer.hpp"

namespace eschool::registry {

/// Makes es_merge where it is missing. Call it inside a write body.
void create_merge_table(storage::Session&);

/// A field that both records have, with different values.
struct MergeField {
  const schema::Registry* registry = nullptr;  ///< the base or a facet that both have
  const schema::Field* field = nullptr;
  storage::Value kept, merged;
  bool takes_merged = false;  ///< which of the two stays
};

/// What happens to one row.
struct MergeStep {
  enum class Kind {
    archive,  ///< the record that goes, its facets, and records that the other has as well
    move,     ///< refers to the record that stays from now on
    fill      ///< takes values of the record that goes
  };
  Kind kind = Kind::move;
  const schema::Registry* table = nullptr;
  std::int64_t record = 0;
  Values before, after;  ///< of the columns that change
};

struct MergePlan {
  const schema::Registry* base = nullptr;
  std::int64_t kept = 0, merged = 0;
  std::vector<MergeField> fields;
  std::vector<MergeStep> steps;  ///< in the order to run: what goes first makes room for what is unique
};

class Merge {
 public:
  /// All of these outlive it.
  Merge(const schema::Catalogue& catalogue, RecordWriter& writer) : catalogue_(catalogue), writer_(writer) {}

  /// What a merge would do; changes nothing. `base` has facets. Of two values that of the record that stays is kept,
  /// except: an empty one is filled; a mark that is set stays set (it may be what hides a child from a parent); of two
  /// last days (Registry::active_until) none or the later; `choices` says otherwise: "people.person.phone" to whether
  /// the record that goes wins. Throws http::ProblemError: not_found(), 409 for one and the same record, for an
  /// archived one and for two that one record binds to one another (a parent and the child).
  MergePlan plan(storage::Session&, const schema::Registry& base, std::int64_t kept, std::int64_t merged,
                 const std::map<std::string, bool>& choices) const;
  /// Does it, inside the caller's savepoint on the writer's thread; answers the number by which it can be undone.
  std::int64_t run(storage::Session&, const Asker&, const MergePlan&);
  /// Takes a merge back. Throws http::ProblemError: not_found(), 409 when it is undone already or a record was changed
  /// since.
  void undo(storage::Session&, const Asker&, std::int64_t merge);

 private:
  const schema::Catalogue& catalogue_;
  RecordWriter& writer_;
};

}  // namespace eschool::registry
