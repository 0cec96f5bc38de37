/// What of the records the importer may see, so that no answer of an import tells him more than a list would.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/registry/import/sheet_plan.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/registry/record_writer.hpp"

namespace eschool::importing {

class Sight {
 public:
  Sight(storage::Session& session, const registry::Asker& asker, const schema::Catalogue& catalogue,
        const registry::RecordQuery& query)
      : session_(session), asker_(asker), catalogue_(catalogue), query_(query) {}

  /// Takes out of the plan what the caller neither reads nor writes on any record: such a column is not loaded, and
  /// nothing is compared with what is kept there. Answers the columns taken out.
  std::vector<PlanColumn> narrow(SheetPlan&) const;

  /// Whether the caller reads the record and each of the fields given on it.
  bool sees(const schema::Registry&, std::int64_t id, const registry::Values& given) const;

  /// Whether the caller may change whatever he reads, which is everything: then a value that is there already needs
  /// no further question.
  bool unrestricted(const schema::Registry&) const;

 private:
  bool hidden(const Node&, const PlanColumn&) const;

  storage::Session& session_;
  const registry::Asker& asker_;
  const schema::Catalogue& catalogue_;
  const registry::RecordQuery& query_;
};

}  // namespace eschool::importing
