/// One connection to a school's database. A session belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "kernel/storage/error.hpp"
#include "kernel/storage/location.hpp"
#include "kernel/storage/value.hpp"

namespace eschool::storage {

enum class ColumnKind { null, integer, real, text };

class StatementEngine;
class SessionEngine;

/// A prepared statement leased from the session's cache; `?` marks a parameter on both engines. Columns and parameters
/// count from 0 and from 1, as in SQL libraries at large: column(0) is the first column, bind(1, ...) the first `?`.
/// Text views live until the next step() or reset(). Destroying the lease resets the statement: it never keeps a
/// transaction open.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Binding a statement that has run to its end begins it anew; binding between two rows is an Error.
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, int value) { bind(parameter, static_cast<std::int64_t>(value)); }
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view value);  ///< copied
  void bind(int parameter, const std::string& value) { bind(parameter, std::string_view(value)); }
  void bind(int parameter, const char* value) { bind(parameter, std::string_view(value)); }
  void bind_null(int parameter);
  void bind(int parameter, const Value& value);
  void bind_all(std::span<const Value> values);  ///< from parameter 1

  /// Runs to the next row: true when there is one; after the last row false, until reset(). Throws storage::Error.
  bool step();
  void reset();

  int columns() const;
  bool read_only() const;  ///< the statement changes nothing
  std::string_view name(int column) const;
  ColumnKind kind(int column) const;  ///< of the value in this row, for readers that do not know the schema
  bool null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;

 private:
  friend class Session;
  explicit Statement(StatementEngine*);
  StatementEngine* engine_;
};

class Session {
 public:
  explicit Session(std::unique_ptr<SessionEngine>);
  ~Session();
  Session(const Session&) = delete;

  /// From a bounded cache of prepared statements; the same text is prepared once.
  Statement prepare(std::string_view sql);
  /// Runs a statement that returns no rows; answers how many rows it changed.
  std::int64_t execute(std::string_view sql, std::initializer_list<Value> values = {});
  std::int64_t execute(std::string_view sql, std::span<const Value> values);
  /// Runs a CREATE, its types written as {id}, {integer}, {real}, {text} and {strict}: see dialect.hpp.
  void define(std::string_view sql);
  /// First column of the first row as an integer, or `otherwise` when there is no row or it is NULL.
  std::int64_t integer(std::string_view sql, std::initializer_list<Value> values = {}, std::int64_t otherwise = 0);
  std::string text(std::string_view sql, std::initializer_list<Value> values = {}, std::string otherwise = {});

  /// Call it in a write body that is about to fill tables: for the rest of the transaction the engine looks now and
  /// then at what is in them. PostgreSQL otherwise plans as if they were empty, and reads all of a table for each new
  /// row.
  void expect_growth();

  Engine engine() const;
  std::int64_t statements_run() const;  ///< since the session was opened: tests assert that it does not grow with rows
  bool writable() const;
  bool guarded() const;  ///< row policies apply: see row_guard.hpp
  bool in_transaction() const;

  SessionEngine& native() { return *engine_; }  ///< of kernel/storage alone

 private:
  std::unique_ptr<SessionEngine> engine_;
};

/// A read transaction: everything read inside it comes from one moment, which is that of the first statement. Inside
/// another transaction, and so in a write body, it does nothing.
class ReadTransaction {
 public:
  explicit ReadTransaction(Session&);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;

 private:
  Session& session_;
  bool own_;
};

/// A savepoint of the writer's session: rolled back unless released.
class Savepoint {
 public:
  explicit Savepoint(Session&);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  void release();

 private:
  Session& session_;
  bool open_ = true;
};

}  // namespace eschool::storage
