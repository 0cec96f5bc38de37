#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "kernel/backup/shelf.hpp"

namespace eschool::school {
class School;
}

namespace eschool::api {

class Application;

/// A thread of the server that looks after the schools: tries again what failed, reads their files through once a day,
/// takes the scheduled backups, watches the clock.
class Caretaker {
 public:
  explicit Caretaker(Application&);
  ~Caretaker();  ///< breaks off a backup, finishes the rest
  Caretaker(const Caretaker&) = delete;

  struct BackupState {
    std::int64_t taken = 0, failed = 0;  ///< since the start
    std::int64_t last_success = 0;       ///< seconds since the epoch; 0: not since the start
    std::string last_error;              ///< empty: the last one succeeded
  };
  /// A backup now, by hand; waits for one that is being taken. Where one of this very second lies it is that one. Any
  /// thread; throws what backup::Shelf::take() throws.
  backup::Taken take(school::School&, const std::function<void(double)>& progress);
  /// Any thread.
  BackupState backup_state(const std::string& school) const;
  /// Russian, for an hour after the clock jumped while the server ran; empty otherwise.
  std::string clock_jump() const;

 private:
  void run();
  void round();
  void watch_clock();
  void inspect(school::School&);
  void back_up(school::School&);

  Application& application_;
  std::mutex shelf_;  ///< one backup at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::map<std::string, BackupState, std::less<>> backups_;
  std::string clock_jump_;
  std::int64_t clock_jump_at_ = 0;  ///< monotonic seconds

  // Of the thread alone; moments are monotonic seconds.
  std::int64_t clock_ = 0, monotonic_ = 0;
  std::map<std::string, std::int64_t> inspected_, backup_retry_;

  std::thread thread_;
};

}  // namespace eschool::api
