/// What processes have cost so far, as the kernel counts it under /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace bench {

struct ProcessCost {
  std::int64_t processor_us = 0;  ///< in steps of a clock tick, which is 10 ms as a rule
  std::int64_t memory_kib = 0;    ///< what is resident
};

/// Of one process, all its threads. Throws std::runtime_error when it is not there.
ProcessCost cost_of(pid_t process);

/// Whether it still runs: not when it has ended and nobody has asked how.
bool runs(pid_t process);

/// Of a process and its living children, as a database server and its backends are; children that have ended count with
/// their processor time. Memory that several share is divided between them (PSS), or it would be counted many times.
ProcessCost cost_of_family(pid_t parent);

}  // namespace bench
