/// Accounts and the roles granted to them. The functions that write take the writer's session and run inside its body;
/// slow hashes are made before. Moments are seconds since the epoch, days are YYYY-MM-DD of the school's zone.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/storage/session.hpp"

namespace eschool::auth {

/// Why an account cannot be made or changed: a Russian text for the user, a code for programs, the field it is about.
class Refused : public std::runtime_error {
 public:
  Refused(std::string code, std::string field, const std::string& message)
      : std::runtime_error(message), code_(std::move(code)), field_(std::move(field)) {}
  const std::string& code() const { return code_; }
  const std::string& field() const { return field_; }

 private:
  std::string code_, field_;
};

struct Account {
  std::int64_t id = 0;
  std::string login;
  std::int64_t person = 0;  ///< 0: none
  bool has_password = false;
  bool must_change = false;
  bool enabled = true;
  std::string one_time_expires;  ///< empty: no one-time code in force
  std::string created_at;
  std::string last_login_at;  ///< empty: never
};

/// What a login is checked against; never leaves the server.
struct Credentials {
  std::int64_t account = 0;
  std::int64_t person = 0;
  std::string login;
  std::string password;  ///< as stored; empty: nobody can log in
  bool must_change = false;
  bool enabled = true;
  std::int64_t one_time_expires = 0;  ///< 0: does not expire
  std::int64_t failures = 0;
  std::int64_t last_failure = 0;
};

struct NewAccount {
  std::string login;
  std::int64_t person = 0;
  std::string password_hash;  ///< of hash_password(); empty: a one-time code is made
};

struct Created {
  std::int64_t id = 0;
  std::string one_time_code;  ///< shown once, known to nobody afterwards; empty when there was a password
};

struct RoleGrant {
  std::int64_t id = 0;
  std::int64_t account = 0;
  std::string role;
  std::optional<std::int64_t> school_year;
  std::string order_no, order_date;
  std::string valid_from;
  std::string valid_to;               ///< the last day, included; empty: open
  std::optional<std::int64_t> scope;  ///< id of a class
  std::string created_at;
  std::int64_t created_by = 0;  ///< account; 0: the command line
};

class Accounts {
 public:
  static constexpr std::int64_t one_time_validity = 14 * 24 * 3600;

  /// Throws Refused: login_invalid, login_taken, person_taken.
  Created create(storage::Session&, const NewAccount&, std::int64_t now);
  /// A new one-time code in place of whatever was; ends the account's sessions. Throws Refused (not_found).
  std::string reset(storage::Session&, std::int64_t account, std::int64_t now);
  /// The owner's own password: the one-time code dies, the change is no longer asked for.
  void set_password(storage::Session&, std::int64_t account, const std::string& password_hash);
  /// Disabling ends the account's sessions. Sessions::forget_account() must follow the commit of this and of reset().
  void set_enabled(storage::Session&, std::int64_t account, bool enabled);

  /// The account is another person's from now on: two records of one person became one, or two again. Its sessions end.
  void set_person(storage::Session&, std::int64_t account, std::int64_t person);

  void note_login(storage::Session&, std::int64_t account, std::int64_t now);
  void note_failure(storage::Session&, std::int64_t account, std::int64_t now);
  /// Replaces a hash made with older costs, unless the password has been changed meanwhile.
  void rehash(storage::Session&, std::int64_t account, const std::string& from, const std::string& to);

  std::optional<Account> find(storage::Session&, std::string_view login) const;
  std::optional<Account> find(storage::Session&, std::int64_t account) const;
  std::optional<Credentials> credentials(storage::Session&, std::string_view login) const;
  /// By login. `after` is the last login of the page before.
  std::vector<Account> list(storage::Session&, int limit = 500, std::string_view after = {}) const;

  /// `grant.id` and created_at are ignored. Throws Refused: not_found, dates_invalid.
  std::int64_t grant(storage::Session&, const RoleGrant& grant, std::int64_t now);
  /// The role ends on the day before `day`, or is removed when it had not begun by then.
  void revoke(storage::Session&, std::int64_t grant, const std::string& day);
  /// In force on the day: what access goes by.
  std::vector<RoleGrant> grants(storage::Session&, std::int64_t account, std::string_view day) const;
  /// All of the account, past and future ones too.
  std::vector<RoleGrant> grants(storage::Session&, std::int64_t account) const;
};

/// The form in which logins are compared: without blanks around, lower case.
std::string login_key(std::string_view login);
/// Why the login is not accepted, in Russian. At least 3 and at most 64 Latin letters, digits and . - _ @, the first a
/// letter or a digit.
std::optional<std::string> login_problem(std::string_view login);

}  // namespace eschool::auth
