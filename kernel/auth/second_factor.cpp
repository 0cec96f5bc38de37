#include "kernel/auth/second_factor.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>

#include "kernel/auth/accounts.hpp"
#include "kernel/auth/instant.hpp"
#include "kernel/auth/passwords.hpp"

namespace eschool::auth {

namespace {

constexpr std::int64_t step_seconds = 30;
constexpr int neighbours = 1;  ///< steps to either side: a phone's clock is not the server's
constexpr std::string_view letters32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string from_base32(std::string_view text) {
  std::string bytes;
  unsigned buffer = 0, bits = 0;
  for (const char letter : text) {
    buffer = buffer << 5 | static_cast<unsigned>(letters32.find(letter));
    if ((bits += 5) < 8) continue;
    bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
  }
  return bytes;
}

std::string only_digits(std::string_view code) {
  std::string digits;
  for (const char c : code)
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ' ' && c != '-')
      return {};
  return digits;
}

/// The step whose digits were typed, if it is a recent one that was not used.
std::optional<std::int64_t> step_of(std::string_view secret, std::string_view code, std::int64_t now,
                                    std::int64_t used) {
  const auto digits = only_digits(code);
  if (digits.size() != 6) return std::nullopt;
  const auto bytes = from_base32(secret);
  for (std::int64_t step = now / step_seconds - neighbours; step <= now / step_seconds + neighbours; ++step) {
    const auto expected = one_time_digits(bytes, static_cast<std::uint64_t>(step));
    if (step > used && sodium_memcmp(expected.data(), digits.data(), expected.size()) == 0) return step;
  }
  return std::nullopt;
}

struct Stored {
  std::string secret;
  bool confirmed = false;
  std::int64_t last_step = 0;
};

std::optional<Stored> stored(storage::Session& session, std::int64_t account) {
  auto row =
      session.prepare("SELECT secret, confirmed_at IS NOT NULL, last_step FROM es_second_factor WHERE account = ?");
  row.bind(1, account);
  if (!row.step()) return std::nullopt;
  return Stored{std::string(row.text(0)), row.integer(1) != 0, row.integer(2)};
}

void refuse_when_on(const std::optional<Stored>& factor) {
  if (factor && factor->confirmed)
    throw Refused("already_on", "code", "Второй фактор уже включён: сначала снимите прежний.");
}

}  // namespace

std::string one_time_digits(std::string_view secret, std::uint64_t counter, int digits) {
  std::array<unsigned char, 8> message;
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<unsigned char>(counter >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(), mac.data(), &length);
  const std::size_t at = mac[length - 1] & 0x0f;
  const std::uint32_t number = (mac[at] & 0x7fu) << 24 | static_cast<std::uint32_t>(mac[at + 1]) << 16 |
                               static_cast<std::uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  std::uint32_t limit = 1;
  for (int i = 0; i < digits; ++i) limit *= 10;
  auto text = std::to_string(number % limit);
  text.insert(0, static_cast<std::size_t>(digits) - text.size(), '0');
  return text;
}

std::string base32(std::string_view bytes) {
  std::string text;
  unsigned buffer = 0, bits = 0;
  for (const char byte : bytes) {
    buffer = buffer << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5;) text += letters32[buffer >> (bits -= 5) & 31];
  }
  if (bits) text += letters32[buffer << (5 - bits) & 31];
  return text;
}

std::string SecondFactor::begin(storage::Session& session, std::int64_t account, std::int64_t now) {
  refuse_when_on(stored(session, account));
  std::array<char, 20> bytes;  // as long as the hash, which RFC 4226 asks for
  randombytes_buf(bytes.data(), bytes.size());
  const auto secret = base32({bytes.data(), bytes.size()});
  session.execute(
      "INSERT INTO es_second_factor (account, secret, created_at, last_step) VALUES (?, ?, ?, 0)"
      " ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at, last_step = 0",
      {account, secret, instant(now)});
  return secret;
}

std::vector<std::string> SecondFactor::confirm(storage::Session& session, std::int64_t account, std::string_view code,
                                               std::int64_t now) {
  const auto factor = stored(session, account);
  refuse_when_on(factor);
  if (!factor) throw Refused("not_begun", "code", "Сначала получите ключ для приложения.");
  const auto step = step_of(factor->secret, code, now, factor->last_step);
  if (!step)
    throw Refused("wrong_code", "code",
                  "Код не подошёл. Проверьте часы телефона и введите код, который показан сейчас.");
  session.execute("UPDATE es_second_factor SET confirmed_at = ?, last_step = ? WHERE account = ?",
                  {instant(now), *step, account});
  session.execute("DELETE FROM es_recovery_code WHERE account = ?", {account});
  std::vector<std::string> codes;
  for (int i = 0; i < recovery_codes; ++i) {
    codes.push_back(one_time_code());
    session.execute("INSERT INTO es_recovery_code (account, hash) VALUES (?, ?)", {account, hash_code(codes.back())});
  }
  return codes;
}

bool SecondFactor::accept(storage::Session& session, std::int64_t account, std::string_view code, std::int64_t now) {
  const auto factor = stored(session, account);
  if (!factor || !factor->confirmed) return false;
  if (const auto step = step_of(factor->secret, code, now, factor->last_step)) {
    session.execute("UPDATE es_second_factor SET last_step = ? WHERE account = ?", {*step, account});
    return true;
  }
  std::string used;
  {
    auto rows = session.prepare("SELECT hash FROM es_recovery_code WHERE account = ?");
    rows.bind(1, account);
    while (rows.step())
      if (verify_code(rows.text(0), code)) used = rows.text(0);
  }
  return !used.empty() &&
         session.execute("DELETE FROM es_recovery_code WHERE account = ? AND hash = ?", {account, used}) > 0;
}

void SecondFactor::remove(storage::Session& session, std::int64_t account) {
  session.execute("DELETE FROM es_recovery_code WHERE account = ?", {account});
  session.execute("DELETE FROM es_second_factor WHERE account = ?", {account});
}

SecondFactorState SecondFactor::state(storage::Session& session, std::int64_t account) const {
  SecondFactorState state;
  const auto factor = stored(session, account);
  state.confirmed = factor && factor->confirmed;
  if (state.confirmed)
    state.recovery_codes =
        static_cast<int>(session.integer("SELECT count(*) FROM es_recovery_code WHERE account = ?", {account}));
  return state;
}

void create_second_factor(storage::Session& session) {
  session.define(R"(CREATE TABLE IF NOT EXISTS es_second_factor (
    account {integer} NOT NULL PRIMARY KEY REFERENCES es_account (id),
    secret {text} NOT NULL,
    created_at {text} NOT NULL,
    confirmed_at {text},
    last_step {integer} NOT NULL) {strict})");
  session.define(R"(CREATE TABLE IF NOT EXISTS es_recovery_code (
    account {integer} NOT NULL REFERENCES es_account (id),
    hash {text} NOT NULL,
    PRIMARY KEY (account, hash)) {strict})");
}

}  // namespace eschool::auth
