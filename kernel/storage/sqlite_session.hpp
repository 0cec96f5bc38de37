#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "kernel/storage/session_engine.hpp"
#include "kernel/storage/sqlite_error.hpp"

namespace eschool::storage {

class SqliteSession;

class SqliteStatement final : public StatementEngine {
 public:
  SqliteStatement(SqliteSession&, std::string_view text);
  ~SqliteStatement() override;

  void bind_integer(int parameter, std::int64_t) override;
  void bind_real(int parameter, double) override;
  void bind_text(int parameter, std::string_view) override;
  void bind_null(int parameter) override;
  bool step() override;
  void rewind() override;
  void release() override;
  std::int64_t run_whole() override;
  int columns() override;
  bool read_only() const override;
  std::string_view name(int column) override;
  ColumnKind kind(int column) const override;
  bool null(int column) const override;
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;

 private:
  enum class State { ready, row, done };

  void check(int code) const;
  void begin_binding();

  SqliteSession& session_;
  std::unique_ptr<soci::details::statement_backend> backend_;
  sqlite_api::sqlite3_stmt* native_ = nullptr;
  State state_ = State::ready;
};

class SqliteSession final : public SessionEngine {
 public:
  SqliteSession(const std::filesystem::path&, std::string_view options, std::size_t cached_statements);
  ~SqliteSession() override;

  Engine engine() const override { return Engine::sqlite; }
  bool in_transaction() const override { return sqlite_api::sqlite3_get_autocommit(native) == 0; }
  const char* begin_read() const override { return "BEGIN"; }
  bool usable() override { return true; }

  soci::sqlite3_session_backend* backend = nullptr;
  sqlite_api::sqlite3* native = nullptr;

 protected:
  std::unique_ptr<StatementEngine> make(std::string_view sql) override;

 private:
  std::unique_ptr<soci::session> connection_;
};

/// How the other files of the SQLite engine make sessions and reach their native handle.
struct SqliteAccess {
  enum class Mode { writer, reader, bare };
  struct Options {
    std::size_t statement_cache = 256;
    int busy_timeout_ms = 5000;
  };
  /// Writer and reader have their pragmas set and read back; a bare session is that of a file which is no living
  /// database, such as a backup. `read_only` files are not changed and not created.
  static std::unique_ptr<Session> open(const std::filesystem::path&, Mode, const Options&, bool read_only = false);
  static sqlite_api::sqlite3* native(Session&);
};

}  // namespace eschool::storage
