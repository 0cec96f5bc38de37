/// What a caller may do with one record and with the rows that live with it, told before he tries.
#pragma once

#include <string>

#include "kernel/registry/record_query.hpp"

namespace eschool::registry {

/// {"update":…,"archive":…,"children":{"topics":{"create":…,"update":…,"archive":…},…}} of a record that the caller
/// reads; throws not_found() otherwise. Of child rows it says what follows from the record itself: a right that goes by
/// what stands in the row (who wrote it) is told as given, and the write decides.
/// Of a record in the archive all is false.
std::string record_rights(storage::Session&, const Asker&, const schema::Catalogue&, const access::Policy&,
                          const RecordQuery&, const schema::Registry&, std::int64_t id);

}  // namespace eschool::registry
