#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eschool::access {

/// A role held today, perhaps only within one class.
struct Grant {
  std::string role;
  std::optional<std::int64_t> scope;  ///< id of a school.class
};

/// Who asks. Built once a request from the session and the role grants that are in force on the day.
struct Principal {
  std::int64_t account = 0;
  std::int64_t person = 0;  ///< 0: an account that belongs to no person
  std::string login;
  std::vector<Grant> grants;
  std::string remote;
  bool ended = false;          ///< roles were granted, and all of them went with the person's work or study here
  bool second_factor = false;  ///< the account has one
  bool system = false;  ///< the machine's administrator at the command line: every right, named so in the history
  /// Reads through a session under row policies (storage/row_guard.hpp): what a relation goes through is hidden from
  /// such a session, so that relations are asked of the database's functions.
  bool guarded = false;

  /// Equal for principals that have the same rights: the key under which compiled statements are kept.
  std::string signature() const {
    if (system) return "*";
    std::string text = guarded ? "guarded " : "";
    for (const auto& grant : grants) {
      text += grant.role;
      if (grant.scope) text += '#' + std::to_string(*grant.scope);
      text += ' ';
    }
    return text;
  }
};

}  // namespace eschool::access
