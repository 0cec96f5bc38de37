/// Random secrets and their hashes. Any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace eschool::auth {

/// libsodium must be initialised before its first use; every function of this folder that uses it calls this.
void ready_sodium();

/// 256 random bits as 43 letters of base64url.
std::string random_secret();

using SecretHash = std::array<unsigned char, 32>;
/// BLAKE2b-256: for secrets that are random themselves, never for passwords.
SecretHash hash_secret(std::string_view secret);
std::string hex(const SecretHash&);

/// Compares in a time that depends on the lengths alone. Two empty secrets are not equal: nobody knows them.
bool equal_secrets(std::string_view, std::string_view);

}  // namespace eschool::auth
