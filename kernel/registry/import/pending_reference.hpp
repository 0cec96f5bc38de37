/// References to records that no file has brought yet: «Учреждение» names class teachers before «Сотрудники» come.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/registry/record_writer.hpp"

namespace eschool::importing {

/// What a reference field was said to lead to.
struct PendingReference {
  std::string registry;
  std::int64_t record = 0;
  std::string field;
  std::string target;  ///< registry
  std::string given;   ///< JSON: values by field name
};

/// Makes es_pending_reference where it is missing. Inside a write body.
void create_tables(storage::Session&);

/// Remembers what a record's reference field was said to be; one memory a field. Inside a write body.
void remember_reference(storage::Session&, const schema::Registry&, std::int64_t record, const schema::Field&,
                        const schema::Registry& target, const registry::Values& given, const std::string& now);
void remember_reference(storage::Session&, const PendingReference&, const std::string& now);
void forget_reference(storage::Session&, std::string_view registry, std::int64_t record, std::string_view field);

/// Looks again for what is remembered of the target registries, writes what is found by the caller's rights and forgets
/// it. What is still not found, not unique or not the caller's to write stays remembered; a field filled in the
/// meantime keeps its value. Answers what was written. Inside a write body.
std::vector<PendingReference> resolve_references(storage::Session&, const registry::Asker&, const schema::Catalogue&,
                                                 registry::RecordWriter&,
                                                 const std::set<const schema::Registry*>& targets);

}  // namespace eschool::importing
