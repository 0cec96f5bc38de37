/// What goes wrong with one plugin while the server runs, and when it is no longer called.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::plugin_host {

enum class FaultKind {
  exception,      ///< a handler threw, or answered ES_INTERNAL of its own
  wrong_thread,   ///< a function of a call was used on another thread
  write_outside,  ///< a write outside of the writer's savepoint
  hang,           ///< a handler did not come back in time
  crash           ///< the process before this one died inside of the plugin
};

struct Fault {
  std::string code;     ///< for programs: "exception"
  std::string message;  ///< Russian, of the last time
  std::int64_t count = 0;
  std::string last_at;  ///< UTC, "2026-09-01T05:30:00Z"
};

/// Any thread.
class Faults {
 public:
  static constexpr int exceptions = 5;  ///< so many in a minute suspend the plugin
  static constexpr std::chrono::seconds window{60};
  static constexpr int hangs = 2;  ///< so many suspend it: each takes a thread

  /// A plugin that the school can not do without is never suspended: its faults are listed only.
  explicit Faults(bool may_suspend = true) : may_suspend_(may_suspend) {}
  void set_required() { may_suspend_ = false; }

  /// `detail`: what the plugin said, or the place of a crash; may be empty.
  void note(FaultKind, std::string_view detail,
            std::chrono::steady_clock::time_point = std::chrono::steady_clock::now());
  /// Routes and hooks of the plugin are not run: it does harm.
  bool suspended() const { return suspended_.load(std::memory_order_relaxed); }
  /// Russian: why, and what to do; empty while it is not suspended.
  std::string suspension() const;
  std::vector<Fault> list() const;
  /// Calls it again and counts anew. False when it was not suspended.
  bool release();

 private:
  bool may_suspend_;
  std::atomic<bool> suspended_{false};
  mutable std::mutex mutex_;
  std::string suspension_;
  std::vector<Fault> faults_;
  std::deque<std::chrono::steady_clock::time_point> recent_;
  int hangs_ = 0;
};

}  // namespace eschool::plugin_host
