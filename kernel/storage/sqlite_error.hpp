/// SOCI's SQLite backend, the only way to sqlite3.h in this folder: soci-sqlite3.h includes it inside namespace
/// sqlite_api, so a plain #include <sqlite3.h> before it would leave that namespace empty.
#pragma once

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string>
#include <string_view>

#include "kernel/storage/error.hpp"

namespace eschool::storage {

/// What an extended result code means to callers; `system` is the errno behind an I/O error.
ErrorKind sqlite_error_kind(int extended_code, int system = 0);

/// Throws Error with the connection's last error, its code and `what` was being done.
[[noreturn]] void throw_sqlite_error(sqlite_api::sqlite3*, std::string_view what);

}  // namespace eschool::storage
