/// The second factor: six digits that an authenticator on a phone shows, or one of the codes printed when it was set
/// up. RFC 6238 with SHA-1, steps of 30 seconds, one step to either side, each step once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/storage/session.hpp"

namespace eschool::auth {

/// The digits of RFC 4226 for a counter. `digits` is 6 to 8.
std::string one_time_digits(std::string_view secret, std::uint64_t counter, int digits = 6);
/// RFC 4648, without padding: how a person types a secret into the authenticator.
std::string base32(std::string_view bytes);

struct SecondFactorState {
  bool confirmed = false;
  int recovery_codes = 0;  ///< that are left
};

/// Of accounts; all functions that write run inside a write body.
class SecondFactor {
 public:
  static constexpr int recovery_codes = 10;

  /// A fresh secret that counts for nothing until confirm(); replaces one that was not confirmed. Answers it in base32.
  /// Throws Refused (already_on).
  std::string begin(storage::Session&, std::int64_t account, std::int64_t now);
  /// The code from the authenticator: from now on it is asked for. Answers the recovery codes, shown once.
  /// Throws Refused (wrong_code, not_begun, already_on).
  std::vector<std::string> confirm(storage::Session&, std::int64_t account, std::string_view code, std::int64_t now);
  /// False when the code is wrong or was used; a recovery code is used up.
  bool accept(storage::Session&, std::int64_t account, std::string_view code, std::int64_t now);
  void remove(storage::Session&, std::int64_t account);

  SecondFactorState state(storage::Session&, std::int64_t account) const;
};

void create_second_factor(storage::Session&);

}  // namespace eschool::auth
