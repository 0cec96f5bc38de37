#include "process_cost.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {
namespace {

struct Stat {
  std::string state;
  pid_t parent = 0;
  std::int64_t own_ticks = 0, ended_children_ticks = 0;
};

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

/// False when there is no such process: it may end while it is looked at.
bool read_stat(pid_t process, Stat& stat) {
  std::ifstream file(folder_of(process) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return false;
  std::istringstream fields(line.substr(line.rfind(')') + 1));  // the name in front may hold anything
  std::string skipped;
  std::int64_t user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> stat.state >> stat.parent;
  for (int i = 0; i < 9; ++i) fields >> skipped;
  fields >> user >> system >> children_user >> children_system;
  stat.own_ticks = user + system;
  stat.ended_children_ticks = children_user + children_system;
  return !fields.fail();
}

/// The value of a line `name: 123 kB`; 0 when there is none.
std::int64_t kib_in(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name)) return std::stoll(line.substr(name.size()));
  return 0;
}

std::int64_t microseconds(std::int64_t ticks) { return ticks * 1'000'000 / ::sysconf(_SC_CLK_TCK); }

Stat stat_of(pid_t process) {
  Stat stat;
  if (!read_stat(process, stat)) throw std::runtime_error("no process " + std::to_string(process));
  return stat;
}

}  // namespace

ProcessCost cost_of(pid_t process) {
  return {microseconds(stat_of(process).own_ticks), kib_in(folder_of(process) + "/status", "VmRSS:")};
}

bool runs(pid_t process) {
  Stat stat;
  return read_stat(process, stat) && stat.state != "Z" && stat.state != "X";
}

ProcessCost cost_of_family(pid_t parent) {
  const Stat root = stat_of(parent);
  std::int64_t ticks = root.own_ticks + root.ended_children_ticks;
  std::vector<pid_t> members{parent};
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    Stat stat;
    const auto process = static_cast<pid_t>(std::stol(name));
    if (!read_stat(process, stat) || stat.parent != parent) continue;
    ticks += stat.own_ticks;
    members.push_back(process);
  }
  ProcessCost cost{microseconds(ticks), 0};
  for (const pid_t member : members) cost.memory_kib += kib_in(folder_of(member) + "/smaps_rollup", "Pss:");
  return cost;
}

}  // namespace bench
