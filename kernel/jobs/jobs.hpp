/// Long work in the background, with progress and cancelling. A job's own writes are all or nothing, so a job that a
/// stop of the server ends has left nothing behind; its status is kept in memory only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/jobs/worker_pool.hpp"

namespace eschool::jobs {

enum class State { queued, running, done, failed, cancelled };
std::string_view name(State);

struct Status {
  std::string id;
  std::string school;
  std::string kind;          ///< "import"
  std::int64_t account = 0;  ///< whose job it is: nobody else sees it
  State state = State::queued;
  double progress = 0;  ///< 0..1
  std::string result;   ///< JSON text, of a job that is done
  std::string problem;  ///< JSON text, of a job that failed
};

class Control {
 public:
  void progress(double fraction) { progress_.store(fraction, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  friend class Jobs;
  std::atomic<double> progress_{0};
  std::atomic<bool> cancelled_{false};
};

/// Thrown by work that noticed Control::cancelled().
struct Cancelled {};

class Jobs {
 public:
  /// `work` returns the result as JSON text; it may throw http::ProblemError, Cancelled or std::exception.
  using Work = std::function<std::string(Control&)>;

  explicit Jobs(int threads = 1) : pool_(threads, 64) {}
  ~Jobs();  ///< cancels what is under way and waits for it

  /// nullopt when too many jobs wait.
  std::optional<std::string> submit(const std::string& school, std::string kind, std::int64_t account, Work);
  std::optional<Status> find(std::string_view id) const;
  /// Asks the job to stop; false when it is over or unknown.
  bool cancel(std::string_view id);
  /// Waits for the job's end: the command line does.
  Status wait(std::string_view id);

 private:
  struct Job {
    Status status;
    Control control;
  };
  void finish(Job&, State, std::string result, std::string problem);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Job>, std::less<>> jobs_;
  std::deque<std::string> finished_;  ///< oldest first; the last 200 are kept
  WorkerPool pool_;                   ///< last: its threads use everything above
};

}  // namespace eschool::jobs
