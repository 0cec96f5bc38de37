#include "kernel/auth/throttle.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using eschool::auth::Throttle;

TEST_CASE("each failure doubles the delay up to a minute, and success ends it") {
  Throttle throttle;
  std::int64_t now = 1000000;
  for (const std::int64_t delay : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    CHECK(throttle.admit("s/anna", "10.0.0.1", now) == 0);
    throttle.failed("10.0.0.1", now);
    CHECK(throttle.admit("s/anna", "10.0.0.2", now) == delay);  // from another address too
    CHECK(throttle.admit("s/boris", "10.0.0.1", now) == 0);     // nobody else waits
    throttle.succeeded("s/boris");
    now += delay;
  }
  CHECK(throttle.admit("s/anna", "10.0.0.1", now) == 0);
  throttle.succeeded("s/anna");
  CHECK(throttle.admit("s/anna", "10.0.0.1", now) == 0);
  CHECK(throttle.admit("s/anna", "10.0.0.1", now) == 1);
}

TEST_CASE("an attacker has at most 20 checked guesses in any 10 minutes") {
  Throttle throttle;
  int checked = 0;
  for (std::int64_t tick = 0; tick < 600; ++tick)
    for (int burst = 0; burst < 50; ++burst) {  // many at once, from many addresses
      const auto address = "10.0." + std::to_string(burst) + ".1";
      if (throttle.admit("s/anna", address, 5000 + tick) != 0) continue;
      ++checked;
      throttle.failed(address, 5000 + tick);
    }
  CHECK(checked >= 10);
  CHECK(checked <= 20);
}

TEST_CASE("a class of 30 behind one address logs in undisturbed, while guessing over accounts is stopped") {
  Throttle throttle;
  for (int i = 0; i < 1000; ++i) {
    const auto account = "s/pupil" + std::to_string(i);
    CHECK(throttle.admit(account, "192.168.1.1", 5000 + i / 30) == 0);
    throttle.succeeded(account);
  }
  int checked = 0;
  for (int i = 0; i < 2000; ++i) {
    if (throttle.admit("s/guess" + std::to_string(i), "192.168.1.66", 6000) != 0) continue;
    ++checked;
    throttle.failed("192.168.1.66", 6000);
  }
  CHECK(checked == 300);
  const auto wait = throttle.admit("s/anna", "192.168.1.66", 6000);
  CHECK(wait > 0);
  CHECK(throttle.admit("s/anna", "192.168.1.66", 6000 + wait) == 0);
  CHECK(throttle.admit("s/anna", "192.168.1.67", 6000 + 2 * wait) == 0);
}

TEST_CASE("an IPv6 network is one address") {
  Throttle throttle({.address_failures = 3});
  for (int i = 0; i < 3; ++i) throttle.failed("2001:db8:1:2::" + std::to_string(i), 1000);
  CHECK(throttle.admit("a", "2001:db8:1:2:ffff::9", 1000) > 0);
  CHECK(throttle.admit("a", "2001:db8:1:3::9", 1000) == 0);
}

TEST_CASE("an attempt that was not made is taken back") {
  Throttle throttle;
  CHECK(throttle.admit("a", "x", 1000) == 0);
  throttle.withdrawn("a");
  CHECK(throttle.admit("a", "x", 1000) == 0);
  CHECK(throttle.admit("a", "x", 1001) == 0);
  throttle.withdrawn("a");
  CHECK(throttle.admit("a", "x", 1001) == 0);
  CHECK(throttle.admit("a", "x", 1002) == 1);
}

TEST_CASE("failures survive a restart and are forgotten after an hour") {
  Throttle throttle;
  throttle.recall("a", 6, 1000);
  CHECK(throttle.admit("a", "x", 1010) == 22);
  throttle.recall("a", 1, 1010);  // it knows better by now
  CHECK(throttle.admit("a", "x", 1010) == 22);
  CHECK(throttle.admit("a", "x", 1000 + 3600) == 0);
  CHECK(throttle.admit("a", "x", 1000 + 3600) == 1);
  throttle.recall("b", 0, 1000);
  CHECK(throttle.admit("b", "x", 1000) == 0);
}

TEST_CASE("what another process saw counts too") {
  Throttle throttle;
  CHECK(throttle.admit("a", "x", 1000) == 0);
  throttle.recall("a", 6, 1002);
  CHECK(throttle.admit("a", "x", 1003) == 31);
  // Its own attempt, as the database tells it.
  CHECK(throttle.admit("a", "x", 1000 + 3600 + 2) == 0);
  throttle.recall("a", 7, 1000 + 3600 + 2);
  CHECK(throttle.admit("a", "x", 1000 + 3600 + 3) == 0);
}

TEST_CASE("a clock set back keeps nobody out") {
  Throttle throttle;
  for (std::int64_t now : {100000, 100001, 100003, 100007}) CHECK(throttle.admit("a", "x", now) == 0);
  CHECK(throttle.admit("a", "x", 50000) == 8);
  CHECK(throttle.admit("a", "x", 50008) == 0);
}

TEST_CASE("memory is bounded: the least recently seen go first") {
  Throttle throttle({.accounts = 100});
  CHECK(throttle.admit("kept", "x", 1000) == 0);
  CHECK(throttle.admit("lost", "x", 1000) == 0);
  for (int i = 0; i < 99; ++i) {
    CHECK(throttle.admit("a" + std::to_string(i), "x", 1000) == 0);
    CHECK(throttle.admit("kept", "x", 1000) == 1);
  }
  CHECK(throttle.admit("kept", "x", 1000) == 1);
  CHECK(throttle.admit("lost", "x", 1000) == 0);
}
