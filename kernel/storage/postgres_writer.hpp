#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "kernel/storage/postgres_session.hpp"
#include "kernel/storage/write_engine.hpp"

namespace eschool::storage {

/// The writing connection of this process. Others may write to the same school from other processes: a batch begins
/// with the school's lock, so that what is read in it and then written is nobody else's meanwhile, and the history
/// stays one chain.
class PostgresWriteEngine final : public WriteEngine {
 public:
  PostgresWriteEngine(Location, PostgresSession::Options);

  Session& session() override { return *session_; }
  void begin() override;
  void begin_body() override;
  void end_body() override;
  void undo_body() noexcept override;
  void commit() override;
  void batch_over() override {}
  std::optional<std::chrono::milliseconds> idle_after() const override { return std::nullopt; }
  void idle() override {}
  void close() override {}
  std::int64_t checkpoints() const override { return 0; }

 private:
  void connect();

  const Location location_;
  const PostgresSession::Options options_;
  const std::string begin_;
  std::unique_ptr<Session> session_;
};

/// Marks a school as in use, as long as the session lives. Many share the mark; `alone` is had only when nobody has it.
/// Throws Error(busy).
void mark_in_use(PostgresSession&, const Location&, bool alone);

/// Takes the school's lock of a purpose for as long as the session lives, in a transaction or not; true also when the
/// session has it already. Throws Error.
bool try_claim(PostgresSession&, const Location&, std::string_view purpose);

/// Makes the schema and the functions of SQLite that the kernel's SQL uses, where they are not there.
void make_schema(PostgresSession&, const Location&);

}  // namespace eschool::storage
