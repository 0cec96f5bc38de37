/// A school's database: read sessions for many, one writer for all.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernel/storage/row_guard.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::storage {

class DatabaseEngine;

/// A read session on loan; goes back to the pool when it is destroyed.
class ReadLease {
 public:
  ReadLease(ReadLease&&) noexcept;
  ~ReadLease();
  Session& operator*() const { return *session_; }
  Session* operator->() const { return session_; }

 private:
  friend class Database;
  ReadLease(DatabaseEngine*, Session*);
  DatabaseEngine* engine_;
  Session* session_;
};

struct WriterFigures {
  std::int64_t commits = 0;  ///< transactions made durable (one fsync each)
  std::int64_t bodies = 0;   ///< write bodies inside them
  std::int64_t checkpoints = 0;
};

struct TableCount {
  std::string table;
  std::int64_t rows = 0;
};

class Database {
 public:
  struct Options {
    std::size_t statement_cache = 256;  ///< prepared statements a session keeps
    std::size_t queue = 4096;           ///< write bodies that may wait; beyond it submit() refuses with ErrorKind::busy
    int busy_timeout_ms = 5000;
  };
  /// Opens or creates the file and takes its process lock: throws Error(busy) when another process holds it. Of
  /// PostgreSQL several processes may open one schema; it is created when it is not there.
  static std::unique_ptr<Database> open(const Location&, const Options&);
  static std::unique_ptr<Database> open(const Location& location) { return open(location, Options{}); }
  ~Database();  ///< finishes the queued writes, checkpoints, closes

  ReadLease read();
  /// A session that sees the rows of the caller alone, once guard_readers() has switched that on; the same as read()
  /// before, and where the engine has no row policies. Session::guarded() tells which.
  ReadLease read(const RowCaller&);
  /// Whether read(RowCaller) reads as the reader role, whose policies must be there. Any thread.
  void guard_readers(bool);

  /// Runs `body` on the writer thread inside a savepoint; many bodies share one commit. `done` is called on the writer
  /// thread after the commit (nullptr) or with what the body or the commit threw; it must not block or throw.
  /// Throws Error(busy) when the queue is full.
  void submit(std::function<void(Session&)> body, std::function<void(std::exception_ptr)> done);
  /// The same, waiting for the commit; rethrows. Never call it on the writer thread.
  void write(std::function<void(Session&)> body);

  /// Calls `committed` on the writer's thread after each batch of writes, when all who waited for it have their answer.
  /// It must not block, throw or write. Empty: nobody is called any more, once this returns. Any other thread.
  void on_commit(std::function<void()> committed);

  /// A copy as a file of SQLite, of either engine, made while others work, then opened and compared table by table.
  /// Calls progress with 0..1. Answers the counts of the verified copy. Throws Error; a failed copy is removed.
  std::vector<TableCount> backup(const std::filesystem::path& to, const std::function<void(double)>& progress = {});
  /// Copies a backup into place as `to` (which must not be open), verified by integrity check and counts.
  static std::vector<TableCount> restore(const std::filesystem::path& from, const Location& to);

  /// What `query` answers for each of `arguments`, its only parameter, read from a backup without changing it: a text
  /// each, empty without a row. Throws Error when the file is no database, or has not what the query asks for.
  static std::vector<std::string> peek(const std::filesystem::path& backup, const char* query,
                                       const std::vector<std::string>& arguments);

  /// The same data at another place, mostly on the other engine: each row is compared before the copy gets its name.
  /// Neither place may be open: Error(busy). A file must not be there yet; a schema is replaced. Answers the counts.
  static std::vector<TableCount> copy(const Location& from, const Location& to,
                                      const std::function<void(double)>& progress = {});

  /// Reads the whole file and answers what is broken in its structure, empty when nothing is. Altered texts are not
  /// seen: for those there is the history's chain. Long (about a second a gigabyte), any thread but the writer's.
  std::string structural_fault();

  /// Whether what the name says is this process's to do for the school: on SQLite always; on PostgreSQL it goes to the
  /// first of several processes that asks and stays with it as long as its writing connection lives. Waits for the
  /// writer: never call it on its thread. Throws Error.
  bool claim(std::string_view purpose);

  WriterFigures figures() const;
  const Location& location() const;

 private:
  explicit Database(std::unique_ptr<DatabaseEngine>);
  std::unique_ptr<DatabaseEngine> engine_;
};

}  // namespace eschool::storage
