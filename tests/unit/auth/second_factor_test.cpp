#include "kernel/auth/second_factor.hpp"

#include <doctest/doctest.h>

#include "kernel/auth/login_name.hpp"
#include "school_fixture.hpp"

using namespace eschool;
using auth::SecondFactor;

namespace {

constexpr std::string_view key = "12345678901234567890";

std::string bytes_of(std::string_view base32) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  unsigned buffer = 0, bits = 0;
  for (const char letter : base32) {
    buffer = buffer << 5 | static_cast<unsigned>(letters.find(letter));
    if ((bits += 5) < 8) continue;
    bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
  }
  return bytes;
}

}  // namespace

TEST_CASE("RFC 4226, appendix D, and RFC 6238, appendix B") {
  const std::vector<std::string> hotp = {"755224", "287082", "359152", "969429", "338314",
                                         "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t i = 0; i < hotp.size(); ++i) CHECK(auth::one_time_digits(key, i) == hotp[i]);
  CHECK(auth::one_time_digits(key, 59 / 30, 8) == "94287082");
  CHECK(auth::one_time_digits(key, 1111111109 / 30, 8) == "07081804");
  CHECK(auth::one_time_digits(key, 20000000000 / 30, 8) == "65353130");
}

TEST_CASE("base32 of RFC 4648, section 10") {
  CHECK(auth::base32("f") == "MY");
  CHECK(auth::base32("fooba") == "MZXW6YTB");
  CHECK(auth::base32("foobar") == "MZXW6YTBOI");
}

TEST_CASE_FIXTURE(SchoolFixture, "a code counts once, near its time, and only after it was confirmed") {
  const auto account = create("anna").id;
  constexpr std::int64_t now = 1'800'000'015;
  database->write([&](storage::Session& session) {
    SecondFactor factor;
    const auto secret = bytes_of(factor.begin(session, account, now));
    const auto code = [&](std::int64_t moment) {
      return auth::one_time_digits(secret, static_cast<std::uint64_t>(moment / 30));
    };
    CHECK_FALSE(factor.state(session, account).confirmed);
    CHECK_FALSE(factor.accept(session, account, code(now), now));
    CHECK_THROWS_AS(factor.confirm(session, account, "000000x", now), auth::Refused);
    const auto recovery = factor.confirm(session, account, code(now), now);
    CHECK(recovery.size() == 10);
    CHECK_THROWS_AS(factor.begin(session, account, now), auth::Refused);
    CHECK_FALSE(factor.accept(session, account, code(now), now));  // used to confirm
    CHECK(factor.accept(session, account, code(now + 30), now));   // a phone that is half a minute ahead
    CHECK_FALSE(factor.accept(session, account, code(now + 30), now + 30));
    CHECK_FALSE(factor.accept(session, account, code(now + 300), now + 60));
    CHECK(factor.accept(session, account, recovery[3], now));
    CHECK_FALSE(factor.accept(session, account, recovery[3], now));
    CHECK(factor.state(session, account).recovery_codes == 9);
    factor.remove(session, account);
    CHECK_FALSE(factor.state(session, account).confirmed);
    CHECK_FALSE(factor.accept(session, account, recovery[4], now));
  });
}

TEST_CASE_FIXTURE(SchoolFixture, "logins of namesakes differ") {
  create("shcherbakova.as");
  database->write([&](storage::Session& session) {
    CHECK(auth::free_login(session, "Щербакова Анна Сергеевна") == "shcherbakova.as2");
    CHECK(auth::free_login(session, "Ли") == "user.li");
    CHECK(auth::free_login(session, "—") == "user");
  });
}
