#include "kernel/auth/secret.hpp"

#include <sodium.h>

#include <stdexcept>

namespace eschool::auth {

void ready_sodium() {
  static const int state = ::sodium_init();
  if (state < 0) throw std::runtime_error("libsodium does not start");
}

std::string random_secret() {
  ready_sodium();
  unsigned char bytes[32];
  ::randombytes_buf(bytes, sizeof bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  ::sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text;
}

SecretHash hash_secret(std::string_view secret) {
  ready_sodium();
  SecretHash hash;
  ::crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                       nullptr, 0);
  return hash;
}

std::string hex(const SecretHash& hash) {
  std::string text(hash.size() * 2 + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  text.pop_back();
  return text;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && ::sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace eschool::auth
