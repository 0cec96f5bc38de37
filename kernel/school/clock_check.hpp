#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace eschool::school {

/// What is wrong with the machine's clock, in Russian, or nothing. `last_entry` is the moment of the newest history
/// entry in seconds since the epoch (0: none): a clock that lies well behind it went ahead then or is late now.
/// `elapsed` and `elapsed_monotonic` are seconds since an earlier look, by the clock and by a counter that nobody sets.
std::optional<std::string> clock_fault(std::int64_t now, std::int64_t last_entry, std::int64_t elapsed,
                                       std::int64_t elapsed_monotonic);

}  // namespace eschool::school
