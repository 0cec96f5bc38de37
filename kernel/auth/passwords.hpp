/// Passwords and one-time codes: policy, hashes. Any thread; hash_password() and verify_password() belong on the
/// HashingPool.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace eschool::auth {

/// Argon2id with one lane. 10.6 ms on the machine the design was measured on: 1,000 logins at eight o'clock take one
/// thread 11 s, and memory stays at one such block a hashing thread. OWASP's second recommended setting.
inline constexpr unsigned long long argon2_passes = 2;
inline constexpr std::size_t argon2_memory = 19 * 1024 * 1024;

std::string hash_password(std::string_view password);
/// What is stored may be either kind of hash; an empty one equals nothing. A one-time code is accepted in any case,
/// with spaces and hyphens. Costs one argon2id in every case, so that the time tells nothing about the account.
bool verify_password(std::string_view stored, std::string_view password);
/// True for an argon2id hash made with other costs than those above.
bool needs_rehash(std::string_view stored);

/// 12 letters and digits that cannot be taken for one another on paper: 59 bits.
std::string one_time_code();
/// "otc1$salt$hash" by BLAKE2b: a random code needs no slow hash, and a thousand of them are made in one import.
std::string hash_code(std::string_view code);
/// Whether the code is the one of hash_code(), in any case, with spaces and hyphens.
bool verify_code(std::string_view stored, std::string_view code);
bool is_code_hash(std::string_view stored);

/// Why the password is not accepted, in Russian; nullopt when it is. No rules of composition: length, and not
/// guessable.
std::optional<std::string> password_problem(std::string_view password, std::string_view login);

}  // namespace eschool::auth
