/// Guessing slowed down without locking anybody out: pupils would lock their teacher's account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace eschool::auth {

/// Failed logins delay the next attempt on that account by 1, 2, 4 … 60 s, whoever makes it and whatever the password;
/// so an attacker has 15 checked guesses in 10 minutes. An address has a bucket of failures only: a whole class behind
/// one address logs in undisturbed. Nothing is kept of an account after an hour without attempts. Thread-safe; the time
/// is the caller's, in seconds since the epoch. Memory is bounded: the least recently seen go first.
class Throttle {
 public:
  struct Options {
    std::int64_t longest_delay = 60;
    std::int64_t forget_after = 3600;
    double address_failures = 300;  ///< in…
    double address_window = 600;    ///< …so many seconds
    std::size_t accounts = 20000;
    std::size_t addresses = 20000;
  };
  Throttle() : Throttle(Options{}) {}
  explicit Throttle(const Options&);
  ~Throttle();

  /// Call it before the password is looked at. 0: go on, and report how it ended; otherwise the seconds to wait. An
  /// attempt counts as failed until it is known to have succeeded, so that many at once are not all let through.
  /// `account` is the school and the login as typed, known or not: an unknown login is slowed like a known one.
  std::int64_t admit(std::string_view account, std::string_view address, std::int64_t now);
  void failed(std::string_view address, std::int64_t now);
  void succeeded(std::string_view account);
  /// The attempt was not made after all (the hashing queue was full).
  void withdrawn(std::string_view account);

  /// Failures kept in the database, from before a restart or by another process; ignored where newer or more of them
  /// are known. Call it before admit().
  void recall(std::string_view account, std::int64_t failures, std::int64_t last_failure);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace eschool::auth
