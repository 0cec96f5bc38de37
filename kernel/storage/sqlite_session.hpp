#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kernel/storage/session.hpp"
#include "kernel/storage/sqlite_error.hpp"

namespace eschool::storage {

struct Statement::Impl {
  enum class State { ready, row, done };

  Impl(Session::Impl&, std::string_view text);
  ~Impl();
  Impl(const Impl&) = delete;

  void check(int code) const;
  void begin_binding();
  void rewind();

  Session::Impl& session;
  std::string sql;
  std::unique_ptr<soci::details::statement_backend> backend;
  sqlite_api::sqlite3_stmt* native = nullptr;
  State state = State::ready;
  bool leased = false;
  bool temporary = false;  ///< belongs to its lease, not to the cache
};

struct Session::Impl {
  Impl(const std::filesystem::path&, std::string_view options, std::size_t cached_statements);

  /// From the cache, or prepared; a text that is leased already gets a second statement of its own.
  Statement::Impl* lease(std::string_view sql);
  void shrink();

  std::unique_ptr<soci::session> connection;
  soci::sqlite3_session_backend* backend = nullptr;
  sqlite_api::sqlite3* native = nullptr;
  bool writable = false;
  std::int64_t run = 0;

  std::size_t limit;
  std::list<Statement::Impl> statements;                                               ///< most recently used first
  std::unordered_map<std::string_view, std::list<Statement::Impl>::iterator> by_text;  ///< keys live in `statements`
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
