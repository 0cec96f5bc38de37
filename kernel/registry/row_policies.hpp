/// The second belt: PostgreSQL's row policies, made from the same rights and relations as the conditions of statements.
/// kernel/access/README.md says what they promise.
#pragma once

#include <string>
#include <vector>

#include "kernel/access/policy.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::registry {

/// The statements that make the functions and policies in a schema, where there are none of this name yet. `version`
/// changes with them.
struct RowPolicies {
  std::vector<std::string> statements;
  std::string version;
};
RowPolicies row_policies(const access::Policy&, const storage::Location&);

/// Takes away what row_policies() made: the tables show a reader nothing until it is made again. For what alters
/// tables, which the triggers stand in the way of. Inside a write body.
void drop_row_policies(storage::Session&);

/// Brings the policies to what the rights say, where the engine has row policies and the reader role is there; what is
/// up to date already stays untouched. Inside a write body, after migrate(). Throws storage::Error.
storage::RowGuardState guard_rows(storage::Session&, const access::Policy&, const storage::Location&);

/// Who asks, as the policies take it.
storage::RowCaller row_caller(const access::Principal&, const std::string& today);

/// A session that reads for the caller, under the row policies where they are in force; tells `who` whether they are.
/// `system` reads all.
storage::ReadLease read_as(storage::Database&, access::Principal& who, const std::string& today);

}  // namespace eschool::registry
