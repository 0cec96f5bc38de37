/// What the tests of databases write, and how they make a batch gather.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "kernel/storage/database.hpp"

namespace eschool::storage::test {

inline void create(Database& database) {
  database.write([](Session& session) {
    session.define("CREATE TABLE mark (id {id}, n {integer} NOT NULL, text {text}) {strict}");
  });
}

inline void insert(Session& session, std::int64_t n) { session.execute("INSERT INTO mark (n) VALUES (?)", {n}); }

/// Holds the writer so that a batch gathers behind it. From the moment it is made nothing else joins its own batch; one
/// at a time a database.
class Gate {
 public:
  explicit Gate(Database& database) {
    database.submit(
        [this](Session&) {
          std::unique_lock lock(mutex_);
          entered_ = true;
          changed_.notify_all();
          changed_.wait(lock, [this] { return open_; });
        },
        {});
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return entered_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool entered_ = false, open_ = false;
};

}  // namespace eschool::storage::test
