/// What was committed to a school's database, told once it is: by this process or, on an engine that several may write
/// to, by any of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kernel/storage/commit_listener.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::school {

/// An entry of the history, without what changed: that is for who may read the record.
struct RecordChange {
  std::int64_t seq = 0;
  std::string registry;
  std::int64_t record = 0, version = 0;
  std::string action;  ///< create, update, archive, restore
};

/// What happened between two looks.
struct Changes {
  std::vector<RecordChange> records;
  /// More happened than is listed, or it is not known what: whoever shows something should look again.
  bool missed = false;
  std::int64_t seen = 0;                                   ///< the history's last entry that was looked at
  bool rights = false, sessions = false, plugins = false;  ///< what processes keep of these is old
};

/// A thread of its own, which sleeps until it is woken: by wake() after a write of this process, by the engine after
/// one of another. It reads the history and the counters, so that nothing is told that was not committed.
class ChangeFeed {
 public:
  /// More than so many at once (an import) are `missed` instead of listed.
  static constexpr std::size_t most_records = 200;

  /// `tell` is called on the feed's thread, now and then also when nothing has happened, and must not throw. The
  /// database must outlive the feed.
  ChangeFeed(storage::Database&, std::function<void(const Changes&)> tell);
  ~ChangeFeed();
  ChangeFeed(const ChangeFeed&) = delete;

  /// Something was committed. Any thread; cheap.
  void wake();
  /// The last entry of the history that was looked at.
  std::int64_t seen() const { return seen_.load(std::memory_order_acquire); }

 private:
  void run();
  /// Looks once. Throws storage::Error.
  Changes look(bool lost);

  storage::Database& database_;
  const std::function<void(const Changes&)> tell_;
  std::atomic<std::int64_t> seen_{0};
  std::map<std::string, std::int64_t> counters_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false, lost_ = false, stopping_ = false;
  std::thread thread_;
  std::unique_ptr<storage::CommitListener> listener_;  ///< last: it wakes the rest
};

}  // namespace eschool::school
