#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eschool::jobs {

enum class State { queued, running, done, failed, cancelled };
std::string_view name(State);
/// Still to be finished.
inline bool under_way(State state) { return state <= State::running; }

struct Status {
  std::string id;
  std::string school;        ///< empty: the installation's own, a command of its administrator
  std::string kind;          ///< "import"
  std::int64_t account = 0;  ///< whose job it is: nobody else sees it
  State state = State::queued;
  double progress = 0;  ///< 0..1
  std::string result;   ///< JSON text, of a job that is done
  std::string problem;  ///< JSON text, of a job that failed
};

}  // namespace eschool::jobs
