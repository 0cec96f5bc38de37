#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/auth/accounts.hpp"

namespace eschool::auth {

enum class LoginOutcome { ok, wrong, disabled, code_expired };

struct LoginCheck {
  LoginOutcome outcome = LoginOutcome::wrong;
  std::string new_hash;  ///< not empty: for Accounts::rehash()
};

/// Looks at the password; nullopt stands for an unknown login and costs the same. One argon2id (two where the stored
/// one is outdated), so call it on the HashingPool. That an account is disabled or its code too old is told only to who
/// knows the password.
LoginCheck check_login(const std::optional<Credentials>&, std::string_view password, std::int64_t now);

/// What to tell the user, in Russian.
std::string_view login_message(LoginOutcome);

}  // namespace eschool::auth
