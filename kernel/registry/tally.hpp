/// Counting the records that a caller reads: by what a field says, for charts; and how complete and sound they are,
/// from the required and recommended fields and the checks that schemas name. One statement a registry, access inside
/// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/registry/record_query.hpp"

namespace eschool::registry {

/// One bar: `value` as JSON filters take it; a reference's is its id.
struct Bar {
  std::string value;  ///< empty: not filled in
  std::string label;  ///< Russian, as people read it
  std::int64_t count = 0;
};

/// How many of the records that `filter` keeps have each value at the end of `by`: a dotted path of references; a date
/// may be cut to its year or month, "birth_date:year". What has left (archived, or past active_until) is not counted.
/// Throws http::ProblemError: 400 for a path or filter that the caller cannot ask, 403 for a registry that he never
/// reads.
std::vector<Bar> count_by(storage::Session&, const Asker&, const RecordQuery&, const schema::Catalogue&,
                          const access::Policy&, const schema::Registry&, std::string_view by,
                          const std::string& filter);

struct FieldGap {
  const schema::Field* field = nullptr;
  std::int64_t expected = 0;  ///< records in which the field matters to the caller
  std::int64_t missing = 0;
  std::string filter;  ///< finds the records that lack it
};

struct CheckResult {
  const schema::DataCheck* check = nullptr;
  std::int64_t broken = 0;
  std::string filter;
};

/// The state of a group of records: of all of a registry, of a class, of one record.
struct Completeness {
  std::int64_t group = 0;  ///< id at the end of `by`; 0: those without, or no grouping was asked
  std::int64_t records = 0;
  std::string last_change;  ///< UTC; empty when there are none
  std::vector<FieldGap> fields;
  std::vector<CheckResult> checks;

  std::int64_t expected() const;
  std::int64_t missing() const;
  std::int64_t broken() const;
  /// 0..100, rounded down, so that 100 means that nothing is missing; 100 also when nothing is expected.
  int percent() const;
};

/// `by`: empty, or a dotted path that ends in a reference; then one answer a group, in no order. `id`: of this record
/// only, 0 for all. Fields and checks that the caller may not read are left out. Throws http::ProblemError as above.
std::vector<Completeness> completeness(storage::Session&, const Asker&, const schema::Catalogue&, const access::Policy&,
                                       const schema::Registry&, std::string_view by = {}, std::int64_t id = 0);

}  // namespace eschool::registry
