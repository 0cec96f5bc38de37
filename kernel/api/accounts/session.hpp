/// Signing in and out, and who I am.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

/// What somebody hears whose work or study here has ended, and with it the account.
inline http::ProblemError account_ended() {
  return registry::problem(401, "account_ended", "Учётная запись закрыта",
                           "Вы больше не работаете или не учитесь в этой школе.");
}

/// POST /api/v1/session {login, password, token?, label?}
void sign_in(std::shared_ptr<Context>, http::Send);
/// GET /api/v1/session: the user, roles, capabilities, rights by registry.
http::Reply who_am_i(Context&);
/// DELETE /api/v1/session
http::Reply sign_out(Context&);
/// PUT /api/v1/session/password {old, new}: ends every other session of the account.
void change_password(std::shared_ptr<Context>, http::Send);
/// GET /api/v1/session/list and DELETE /api/v1/session/list (sign out everywhere)
http::Reply list_sessions(Context&);
/// DELETE /api/v1/session/list/{session}: one of the own, named by the id that the list tells.
http::Reply end_own_session(Context&);
http::Reply list_account_sessions(Context&);  ///< of somebody, for who manages accounts
http::Reply end_account_sessions(Context&);
http::Reply sign_out_everywhere(Context&);

}  // namespace eschool::api
