#include "kernel/storage/sqlite_database.hpp"

namespace eschool::storage {

std::string SqliteDatabase::structural_fault() {
  // A session of its own: the pages it reads must not push those of the readers out of their caches.
  try {
    auto session = SqliteAccess::open(location().file, SqliteAccess::Mode::reader, {});
    const auto answer = session->text("PRAGMA quick_check(1)");
    return answer == "ok" ? std::string() : answer;
  } catch (const Error& failure) {
    if (failure.kind() == ErrorKind::corrupt) return failure.what();
    throw;
  }
}

}  // namespace eschool::storage
