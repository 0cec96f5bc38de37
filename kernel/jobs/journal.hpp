/// Where the state of jobs is kept beside the memory of the process that runs them.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/status.hpp"

namespace eschool::jobs {

/// Any thread. What Jobs tells of one job comes in the order in which it happened.
class Journal {
 public:
  virtual ~Journal() = default;

  /// A job is about to be queued. Waits for nothing: `noted` is called once, on any thread, when the job can be found
  /// here (nullptr) or with what went wrong, which refuses the job. When begin() itself throws, it never is.
  using Noted = std::function<void(std::exception_ptr)>;
  virtual void begin(const Status&, Noted noted) = 0;
  /// It has begun to run, or it is over. Waits for nothing and does not throw: a job is not stopped by its journal.
  virtual void note(const Status&) noexcept = 0;
  /// These are under way here, told now and then; answers those of them that another process wants to be cancelled.
  virtual std::vector<std::string> beat(const std::vector<Status>&) noexcept = 0;
  /// A job that this process does not know: another one's, or from before the start.
  virtual std::optional<Status> find(const std::string& school, std::string_view id) = 0;
  /// Asks the process that runs it to cancel it. Waits for nothing.
  virtual void ask_to_cancel(const std::string& school, std::string_view id) = 0;
};

}  // namespace eschool::jobs
