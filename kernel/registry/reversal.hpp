/// Taking back a stretch of the history: every record that its entries touched is put as it was before the first of
/// them. Undoing an import is that; so is undoing any other act whose entries stand together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/registry/record_writer.hpp"

namespace eschool::registry {

/// A record that can not be put back, because something has happened to it since.
struct ReversalConflict {
  std::string registry;
  std::int64_t record = 0;
  std::string display;
  std::string reason;  ///< Russian
};

struct ReversalResult {
  int restored = 0;  ///< records whose fields have their earlier values again
  int archived = 0;  ///< records that the stretch had made
  int revived = 0;   ///< records that the stretch had archived
  std::vector<ReversalConflict> conflicts;
};

class Reversal {
 public:
  Reversal(const schema::Catalogue& catalogue, const RecordQuery& query, RecordWriter& writer)
      : catalogue_(catalogue), query_(query), writer_(writer) {}

  /// Inside a write body; `asker` is who stands in the history for it. Hooks are not run: what hooks wrote then stands
  /// in the stretch and is taken back with it. Rights were asked when the entries were made, and `own` asks once more:
  /// a record that the asker may not change any more is a conflict. A conflict leaves its record as it is; whether the
  /// rest may stay is the caller's to decide, who holds the savepoint.
  ReversalResult run(storage::Session&, const Asker&, std::int64_t first_seq, std::int64_t last_seq, bool own);

 private:
  bool may_change(storage::Session&, const Asker&, const schema::Registry& table, std::int64_t id) const;

  const schema::Catalogue& catalogue_;
  const RecordQuery& query_;
  RecordWriter& writer_;
};

}  // namespace eschool::registry
