/// Accounts and role grants, for those who hold the capability accounts.manage.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

http::Reply list_accounts(Context&);
/// {login, person?, role?, order?, from?, until?, class?}: answers the one-time password, once.
http::Reply create_account(Context&);
http::Reply reset_account(Context&);  ///< a new one-time password; every session ends
http::Reply set_account(Context&);    ///< {enabled}
http::Reply list_grants(Context&);
http::Reply create_grant(Context&);  ///< {role, order?, order_date?, from?, until?, class?}
http::Reply revoke_grant(Context&);

/// A role, its class and its last day, as a person reads them.
std::string said(const Context&, const auth::RoleGrant&);

/// Nobody grants a role with a right that he lacks himself, and nobody grants to himself. Throws 403.
void check_grantable(const Context&, std::string_view role, std::int64_t account);
/// Accounts are changed by what their owner is, too: who may not grant a role may not take over an account that has it.
/// Throws 403.
void check_manageable(Context&, std::int64_t account);

/// What auth refuses, as a problem of the API.
template <class Function>
auto refused_as_problem(Function function) {
  try {
    return function();
  } catch (const auth::Refused& refused) {
    if (refused.code() == "not_found") throw registry::not_found();
    throw registry::invalid({{refused.field(), refused.code(), refused.what()}});
  }
}

}  // namespace eschool::api
