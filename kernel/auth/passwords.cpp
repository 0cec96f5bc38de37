#include "kernel/auth/passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "kernel/auth/common_passwords.hpp"
#include "kernel/auth/secret.hpp"
#include "text/fold.hpp"

namespace eschool::auth {

namespace {

constexpr std::string_view code_mark = "otc1$";
constexpr std::string_view code_letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";  // no 0 O, no 1 I L
static_assert(code_letters.size() == 31);
constexpr std::size_t code_length = 12;
constexpr std::size_t salt_size = 16;
constexpr std::size_t shortest = 8, longest_bytes = 256;

std::string code_as_printed(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == ' ' || c == '-' || c == '\t') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return code;
}

std::string code_digest(const unsigned char (&salt)[salt_size], std::string_view code) {
  SecretHash hash;
  ::crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(code.data()), code.size(), salt,
                       sizeof salt);
  return hex(hash);
}

bool argon2_equal(std::string_view stored, std::string_view password) {
  if (stored.size() >= crypto_pwhash_STRBYTES) return false;
  char text[crypto_pwhash_STRBYTES] = {};
  std::memcpy(text, stored.data(), stored.size());
  return ::crypto_pwhash_str_verify(text, password.data(), password.size()) == 0;
}

const std::string& nobodys_hash() {
  static const std::string hash = hash_password(random_secret());
  return hash;
}

}  // namespace

std::string hash_password(std::string_view password) {
  ready_sodium();
  char text[crypto_pwhash_STRBYTES];
  if (::crypto_pwhash_str(text, password.data(), password.size(), argon2_passes, argon2_memory) != 0)
    throw std::bad_alloc();
  return text;
}

bool verify_password(std::string_view stored, std::string_view password) {
  ready_sodium();
  if (stored.starts_with("$argon2id$")) return argon2_equal(stored, password);
  argon2_equal(nobodys_hash(), password);
  return verify_code(stored, password);
}

bool verify_code(std::string_view stored, std::string_view code) {
  ready_sodium();
  const auto dollar = stored.find('$', code_mark.size());
  if (!is_code_hash(stored) || dollar == std::string_view::npos) return false;
  const auto salt_text = stored.substr(code_mark.size(), dollar - code_mark.size());
  unsigned char salt[salt_size];
  std::size_t length = 0;
  if (::sodium_hex2bin(salt, sizeof salt, salt_text.data(), salt_text.size(), nullptr, &length, nullptr) != 0 ||
      length != sizeof salt)
    return false;
  return equal_secrets(stored.substr(dollar + 1), code_digest(salt, code_as_printed(code)));
}

bool needs_rehash(std::string_view stored) {
  if (!stored.starts_with("$argon2id$")) return false;
  return ::crypto_pwhash_str_needs_rehash(std::string(stored).c_str(), argon2_passes, argon2_memory) != 0;
}

std::string one_time_code() {
  ready_sodium();
  std::string code;
  while (code.size() < code_length) code += code_letters[::randombytes_uniform(code_letters.size())];
  return code;
}

std::string hash_code(std::string_view code) {
  ready_sodium();
  unsigned char salt[salt_size];
  ::randombytes_buf(salt, sizeof salt);
  char salt_text[2 * salt_size + 1];
  ::sodium_bin2hex(salt_text, sizeof salt_text, salt, sizeof salt);
  return std::string(code_mark) + salt_text + '$' + code_digest(salt, code_as_printed(code));
}

bool is_code_hash(std::string_view stored) { return stored.starts_with(code_mark); }

std::optional<std::string> password_problem(std::string_view password, std::string_view login) {
  if (password.size() > longest_bytes) return "Пароль слишком длинный: не больше 256 байт.";
  if (text::length(password) < shortest) return "Пароль слишком короткий: нужно не меньше 8 знаков.";
  const auto folded = text::fold(password);
  const auto name = text::fold(login);
  if (!name.empty() && (folded == name || folded == std::string(name.rbegin(), name.rend())))
    return "Пароль не должен совпадать с логином.";
  if (is_common_password(password))
    return "Этот пароль слишком легко угадать: он есть в списках самых частых или состоит из простого узора. "
           "Придумайте "
           "другой, например несколько не связанных между собой слов.";
  return std::nullopt;
}

}  // namespace eschool::auth
