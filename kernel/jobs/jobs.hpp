/// Long work in the background, with progress and cancelling. It runs in the process that was asked for it; others find
/// it by the journal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "kernel/jobs/journal.hpp"
#include "kernel/jobs/status.hpp"
#include "kernel/jobs/worker_pool.hpp"

namespace eschool::jobs {

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
  /// The number of the job that was taken, or why there is none. Must not block or throw: the thread may be the
  /// writer's.
  using Told = std::function<void(std::exception_ptr refusal, const std::string& id)>;

  /// Jobs of schools are noted in the journal, if there is one.
  explicit Jobs(int threads = 1, std::unique_ptr<Journal> = {});
  ~Jobs();  ///< cancels what is under way and waits for it, and for the journal's answers

  /// Waits for nothing: no thread that answers people may stand behind a writer. `told` is called once, on any thread,
  /// maybe before this returns: with the number when the job is noted, and never runs unnoted; else with a refusal:
  /// http::ProblemError `busy` (503) when too many jobs wait, `too_many_jobs` (429) when the account has two under way
  /// in the school, or what the journal failed with. Account 0, the machine's administrator, has no such bound.
  void submit(const std::string& school, std::string kind, std::int64_t account, Work, Told told);
  /// Of this process.
  std::optional<Status> find(std::string_view id) const;
  /// Of this process, or what the journal knows of it. Throws what the journal throws.
  std::optional<Status> find(const std::string& school, std::string_view id) const;
  /// Asks the job to stop; false when it is over or not of this process.
  bool cancel(std::string_view id);
  /// The same, and what another process runs is cancelled by that one, a few seconds later.
  void cancel(const std::string& school, std::string_view id);
  /// Waits for the end of a job that was taken here.
  Status wait(std::string_view id);

 private:
  struct Job {
    Status status;
    Control control;
  };
  static Status status_of(const Job&);
  void admit(const std::shared_ptr<Job>&);
  void noted(const std::shared_ptr<Job>&, const Work&, const Told&, std::exception_ptr refusal);
  void run(Job&, const Work&);
  void finish(Job&, State, std::string result, std::string problem);
  void note(const Status&);
  void beat();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Job>, std::less<>> jobs_;
  std::deque<std::string> finished_;  ///< oldest first; the last 200 are kept
  int unnoted_ = 0;                   ///< jobs that the journal has not answered for, or whose askers are being told
  const std::unique_ptr<Journal> journal_;
  bool stopping_ = false;
  std::thread heart_;  ///< tells the journal what is under way; none without one
  WorkerPool pool_;    ///< last: its threads use everything above
};

}  // namespace eschool::jobs
