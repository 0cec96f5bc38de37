#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eschool::auth {

/// Seconds since the epoch as YYYY-MM-DDTHH:MM:SSZ, the form in which tables keep moments: text order is time order.
std::string instant(std::int64_t seconds);
/// The way back; 0 for an empty or malformed text.
std::int64_t instant_seconds(std::string_view text);

}  // namespace eschool::auth
