/// Counters of what processes keep in memory of a school: rights, sessions, enabled plugins. Whoever changes it counts
/// in the same transaction, and every process that sees another number than before forgets what it kept.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "kernel/storage/session.hpp"

namespace eschool::storage {

/// Topics in use: "rights" (accounts and grants), "sessions", "plugins".
void create_change_counters(Session&);
/// Inside the write body of the change.
void count_change(Session&, std::string_view topic);
/// By topic; one that nobody counted is absent.
std::map<std::string, std::int64_t> change_counters(Session&);

}  // namespace eschool::storage
