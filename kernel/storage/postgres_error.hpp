/// SOCI's PostgreSQL backend, and through it libpq: the only way to both in this folder.
#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <string_view>

#include "kernel/storage/error.hpp"

namespace eschool::storage {

/// What an SQLSTATE means to callers.
ErrorKind postgres_error_kind(std::string_view sqlstate);

/// Throws Error of what the server answered, or of the lost connection. Only the primary message goes in: the detail
/// quotes the values of rows, and the text goes to the log.
[[noreturn]] void throw_postgres_error(PGconn*, const PGresult*, std::string_view what);

}  // namespace eschool::storage
