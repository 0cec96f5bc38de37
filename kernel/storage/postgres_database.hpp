#pragma once

#include "kernel/storage/database_engine.hpp"
#include "kernel/storage/postgres_session.hpp"

namespace eschool::storage {

class PostgresDatabase final : public DatabaseEngine {
 public:
  PostgresDatabase(const Location&, const Database::Options&);
  ~PostgresDatabase() override;

  bool claim(std::string_view purpose) override;
  std::vector<TableCount> backup(Database&, const std::filesystem::path& to,
                                 const std::function<void(double)>& progress) override;

 protected:
  std::unique_ptr<Session> open_reader() override;
  std::unique_ptr<Session> open_guarded_reader() override;

 private:
  PostgresSession::Options session_options_;
};

std::vector<TableCount> restore_postgres(const std::filesystem::path& from, const Location& to);

}  // namespace eschool::storage
