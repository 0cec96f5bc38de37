#include "kernel/school/standing.hpp"

#include <fmt/format.h>

namespace eschool::school {

bool has_ended(storage::Session& session, const schema::Registry& facet, std::int64_t person,
               const std::string& today) {
  if (facet.active_until.empty() || !person) return false;
  auto rows = session.prepare(fmt::format("SELECT archived, \"{}\" FROM \"{}\" WHERE \"{}\" = ?", facet.active_until,
                                          facet.table(), facet.facet_by));
  rows.bind(1, person);
  bool any = false;
  while (rows.step()) {
    any = true;
    if (rows.integer(0) == 0 && (rows.null(1) || rows.text(1) >= today)) return false;
  }
  return any;
}

}  // namespace eschool::school
