/// What is typed to find a record, as a condition on it.
#pragma once

#include <string_view>

#include "kernel/registry/record_query.hpp"

namespace eschool::registry {

/// Appends conditions on the row `t` of the registry, each begun with AND: every term of the query (text/words.hpp)
/// must be found in a searched field that the caller reads. Nothing for a query without words.
void add_search(const RecordQuery&, const access::Principal&, const schema::Registry&, std::string_view query,
                access::Sql& where);

}  // namespace eschool::registry
