/// What an engine implements behind Database. Of kernel/storage alone.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "kernel/storage/database.hpp"
#include "kernel/storage/writer.hpp"

namespace eschool::storage {

/// The pool of read sessions and the writer; an engine opens them.
class DatabaseEngine {
 public:
  explicit DatabaseEngine(Location);
  virtual ~DatabaseEngine();
  DatabaseEngine(const DatabaseEngine&) = delete;

  /// `caller` is null for a session that sees all.
  Session* take(const RowCaller* caller);
  void guard_readers(bool on) { guarding_.store(on); }
  void give_back(Session*) noexcept;
  Writer& writer() { return *writer_; }
  const Location& location() const { return location_; }

  /// See Database::structural_fault(). A database server looks after its own pages.
  virtual std::string structural_fault() { return {}; }
  /// See Database::claim(). Nobody else has a file open.
  virtual bool claim(std::string_view) { return true; }
  virtual std::vector<TableCount> backup(Database&, const std::filesystem::path& to,
                                         const std::function<void(double)>& progress) = 0;

 protected:
  virtual std::unique_ptr<Session> open_reader() = 0;
  /// One that row policies apply to; asked for only after guard_readers(true).
  virtual std::unique_ptr<Session> open_guarded_reader() { return open_reader(); }
  void start(std::unique_ptr<WriteEngine>, std::size_t queue);
  /// Closes the readers, then the writer. An engine's destructor calls it while all that it needs is still there.
  void close();

 private:
  void forget(Session*) noexcept;

  const Location location_;
  std::unique_ptr<Writer> writer_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> sessions_;  ///< all of them; they close before the writer does
  std::vector<Session*> idle_;                      ///< the last one back is the next one out: its cache is warm
  std::vector<Session*> idle_guarded_;              ///< those that row policies apply to
  std::atomic<bool> guarding_{false};
};

std::unique_ptr<DatabaseEngine> open_sqlite(const Location&, const Database::Options&);
std::unique_ptr<DatabaseEngine> open_postgres(const Location&, const Database::Options&);

}  // namespace eschool::storage
