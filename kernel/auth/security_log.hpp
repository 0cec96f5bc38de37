/// What happened to accounts and rights, kept beside the history of records: who signed in and who was refused, whose
/// password, role or account was changed by whom, what was taken out of the school, whose card was opened.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/storage/session.hpp"

namespace eschool::auth {

enum class Deed {
  signed_in,
  refused,           ///< a wrong password, a code too old, an account that is closed, a wrong second factor
  signed_out,        ///< sessions ended: by the owner or by an administrator
  password_changed,  ///< by its owner
  code_issued,       ///< a one-time password in place of whatever was
  account_created,
  account_closed,
  account_opened,
  role_granted,
  role_ended,
  role_changed,  ///< what a role of the school's own gives
  second_factor_on,
  second_factor_off,
  exported,
  card_viewed,  ///< of a person, by somebody else
  erased,       ///< a person's data, for good
};

std::string_view name_of(Deed);   ///< signed_in
std::string_view label_of(Deed);  ///< Russian
/// All of them, in the order above.
const std::vector<Deed>& all_deeds();

struct SecurityEntry {
  std::int64_t id = 0;
  std::string at;
  Deed deed = Deed::signed_in;
  std::int64_t account = 0;  ///< whose; 0: the login is nobody's, or it is about no account
  std::int64_t person = 0;   ///< whose account that is today; 0: nobody's
  std::string login;         ///< as it was then, or as it was typed
  std::int64_t by = 0;       ///< account; 0: the command line, or nobody yet
  std::int64_t by_person = 0;
  std::string by_login;
  std::string remote;
  std::string detail;  ///< Russian: which role, which registry, whose card
};

/// Inside a write body; `id`, `by_login` and the persons are ignored.
void note_deed(storage::Session&, const SecurityEntry&);

struct SecurityQuery {
  std::int64_t before = 0;   ///< entries older than that one; 0: from the newest
  std::int64_t account = 0;  ///< about it or by it; 0: any
  std::string login;         ///< about it, also as it was typed, or by the account that has it; empty: any
  std::string remote;        ///< the address, whole; empty: any
  std::string from, until;   ///< moments, the second not included any more; empty: any
  std::string deed;          ///< name_of(); empty: any
  int limit = 100;
};
/// Newest first.
std::vector<SecurityEntry> security_log(storage::Session&, const SecurityQuery&);

void create_security_log(storage::Session&);

}  // namespace eschool::auth
