#include "kernel/storage/sqlite_error.hpp"

#include <cerrno>

namespace eschool::storage {

ErrorKind sqlite_error_kind(int extended_code, int system) {
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return ErrorKind::constraint_unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return ErrorKind::constraint_foreign;
    default:
      break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_CONSTRAINT:
      return ErrorKind::constraint_other;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::busy;
    case SQLITE_FULL:
      return ErrorKind::full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      // SQLite says "full" only for a failed write(); growing the shared-memory file fails as an I/O error.
      return system_error_kind(system);
    case SQLITE_READONLY:
      return ErrorKind::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::corrupt;
    case SQLITE_INTERRUPT:
      return ErrorKind::interrupted;
    default:
      return ErrorKind::other;
  }
}

void throw_sqlite_error(sqlite_api::sqlite3* native, std::string_view what) {
  const int code = sqlite_api::sqlite3_extended_errcode(native);
  std::string message = "sqlite " + std::to_string(code) + ": " + sqlite_api::sqlite3_errmsg(native);
  message += " (";
  message += what;
  message += ')';
  throw Error(sqlite_error_kind(code, sqlite_api::sqlite3_system_errno(native)), message);
}

}  // namespace eschool::storage
