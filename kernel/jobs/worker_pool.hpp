/// The threads that run handlers, so that sockets' threads never do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace eschool::jobs {

struct WorkerFigures {
  int working = 0;              ///< threads that take tasks
  int busy = 0;                 ///< of these, those inside of a task
  int lost = 0;                 ///< threads that have not come back from a task that was given up
  std::int64_t lost_total = 0;  ///< since the start; those that came back included
};

class WorkerPool {
  struct State;

 public:
  /// `spare`: how many lost threads at a time are replaced by new ones.
  WorkerPool(int threads, std::size_t queue, int spare = 0);
  /// Runs what is queued, then joins. Lost threads stay behind: what their tasks refer to must then never be destroyed,
  /// see figures().
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  /// false when the queue is full: the caller answers 503. Tasks must not throw.
  bool submit(std::function<void()> task);
  std::size_t waiting() const;

  struct Worker;
  /// The worker whose task runs on this thread; null on other threads.
  static std::shared_ptr<Worker> current();
  /// Any thread: the worker's task is given up, and another thread takes its place while there is a spare one. Should
  /// it come back after all, it ends, or goes on working when it was not replaced.
  void abandon(const std::shared_ptr<Worker>&);
  WorkerFigures figures() const;

 private:
  static void run(const std::shared_ptr<State>&, const std::shared_ptr<Worker>&);
  static void add_thread(const std::shared_ptr<State>&);
  std::shared_ptr<State> state_;
};

}  // namespace eschool::jobs
