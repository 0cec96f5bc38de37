/// What an engine implements behind Session and Statement. Of kernel/storage alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kernel/storage/row_guard.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::storage {

/// A prepared statement; the contract of each function is that of Statement's.
class StatementEngine {
 public:
  explicit StatementEngine(std::string_view text) : sql(text) {}
  virtual ~StatementEngine() = default;
  StatementEngine(const StatementEngine&) = delete;

  virtual void bind_integer(int parameter, std::int64_t) = 0;
  virtual void bind_real(int parameter, double) = 0;
  virtual void bind_text(int parameter, std::string_view) = 0;
  virtual void bind_null(int parameter) = 0;

  virtual bool step() = 0;
  virtual void rewind() = 0;
  virtual void release() = 0;            ///< the lease is over: rewinds, unbinds; must not throw
  virtual std::int64_t run_whole() = 0;  ///< to its end; answers how many rows it changed

  virtual int columns() = 0;
  virtual bool read_only() const = 0;
  virtual std::string_view name(int column) = 0;
  virtual ColumnKind kind(int column) const = 0;
  virtual bool null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;

  const std::string sql;
  bool leased = false;
  bool temporary = false;  ///< belongs to its lease, not to the cache
};

/// A connection and its cache of prepared statements.
class SessionEngine {
 public:
  explicit SessionEngine(std::size_t cached_statements);
  virtual ~SessionEngine() = default;  ///< an engine drops its statements before its connection: see drop_statements()
  SessionEngine(const SessionEngine&) = delete;

  virtual Engine engine() const = 0;
  virtual bool in_transaction() const = 0;
  virtual const char* begin_read() const = 0;  ///< the statement that opens a read transaction
  virtual void expect_growth() {}              ///< see Session
  /// Whether the connection can still be used; asked when a session is lent again.
  virtual bool usable() = 0;

  /// From now on the session reads for this caller (RowCaller::text()); of guarded sessions alone.
  virtual void read_for(const std::string&) {}

  /// From the cache, or prepared; a text that is leased already gets a second statement of its own.
  StatementEngine* lease(std::string_view sql);

  bool writable = false;
  bool guarded = false;  ///< row policies apply
  std::string reader;    ///< whom a guarded session reads for
  std::int64_t run = 0;  ///< statements

 protected:
  virtual std::unique_ptr<StatementEngine> make(std::string_view sql) = 0;
  void drop_statements();

 private:
  void shrink();

  using Statements = std::list<std::unique_ptr<StatementEngine>>;
  std::size_t limit_;
  Statements statements_;                                               ///< most recently used first
  std::unordered_map<std::string_view, Statements::iterator> by_text_;  ///< keys live in the statements
};

}  // namespace eschool::storage
