/// Rows that a reading session does not see, whatever its statement asks for: row policies of the engine. PostgreSQL
/// has them; on SQLite nothing here does anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/storage/location.hpp"

namespace eschool::storage {

class Session;

/// The table by whose counters the policies know that what they have worked out for a caller is still so. It belongs to
/// them and not to the school's data: no copy has it.
inline constexpr std::string_view reach_table = "es_reach_change";

/// For whom a session reads, as the row policies are told.
struct RowCaller {
  std::int64_t person = 0;         ///< 0: nobody's account
  std::vector<std::string> roles;  ///< "teacher", or "teacher#5" for one limited to the class 5; without spaces
  std::string today;               ///< ISO date

  /// As the policies take it: person, day and roles with a space between them.
  std::string text() const;
};

enum class RowGuard {
  absent,  ///< the engine has none
  off,     ///< the reader role is not there: the conditions of the statements stand alone
  loose,   ///< in force, but SQL that calls set_config() can become somebody else
  strict,  ///< in force, and nothing that a query may call changes who it reads for
};

struct RowGuardState {
  RowGuard guard = RowGuard::absent;
  std::string reader;  ///< the role as which readers read
  std::string reason;  ///< of `off` and `loose`, for the log
};

/// The role of one school's readers: "<schema>_reader". It reads nothing of another school.
std::string reader_role(const Location&);

/// Looks for the reader role, and makes it when this account may. Inside a write body. Never throws because of a
/// missing right: that is `off` with a reason. A role that could read past the policies is `off` too.
RowGuardState ready_reader(Session&, const Location&);

}  // namespace eschool::storage
