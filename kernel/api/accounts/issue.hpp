/// Accounts for many at once: all pupils of a class, their parents, the staff. For who holds accounts.issue: roles that
/// name it among their `issues` reach only whom they read, whoever manages accounts reaches all that he reads.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/accounts/holders?role=&registry=&field=&filter=: the people the role is for and how far each has come.
/// `registry` is the role's held_as when absent; `field` is the reference by which its records name the people (the
/// parents of a class: people.guardianship, field guardian, filter student.class = ID). Items {person, name, state,
/// login, account, last_login_at, one_time_expires}; state: none, waiting (has not come in yet), active, closed.
http::Reply list_holders(Context&);
/// POST /api/v1/accounts/issue {role, registry?, field?, filter?, persons?, again?, order?, order_date?}: an account
/// with the role for each who has none, the role for each who has an account without it. `again`: a new one-time
/// password for who never came in; for each of `persons`, whoever they are. {items: [{person, name, account, login,
/// one_time_password or null, done: created|granted|reissued}], left: [{person, name, reason}]}. One-time passwords
/// are answered here and nowhere else.
http::Reply issue_accounts(Context&);

}  // namespace eschool::api
