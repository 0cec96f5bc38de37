#pragma once

#include "kernel/storage/database_engine.hpp"
#include "kernel/storage/lock_file.hpp"
#include "kernel/storage/sqlite_session.hpp"

namespace eschool::storage {

class SqliteDatabase final : public DatabaseEngine {
 public:
  SqliteDatabase(const Location&, const Database::Options&);
  ~SqliteDatabase() override;

  std::vector<TableCount> backup(Database&, const std::filesystem::path& to,
                                 const std::function<void(double)>& progress) override;

  std::string structural_fault() override;

 protected:
  std::unique_ptr<Session> open_reader() override;

 private:
  SqliteAccess::Options session_options_;
  LockFile lock_;
};

std::vector<std::string> peek_sqlite(const std::filesystem::path& file, const char* query,
                                     const std::vector<std::string>& arguments);
std::vector<TableCount> restore_sqlite(const std::filesystem::path& from, const std::filesystem::path& file);

}  // namespace eschool::storage
