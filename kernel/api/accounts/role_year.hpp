/// Roles of the school year: who has which by which order, the year after it, and what each role may do.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// A role that is given for a school year ends with it, unless the grant says when. One that grants roles goes on: who
/// else would approve the next year?
void limit_to_year(const school::School&, storage::Session&, auth::RoleGrant&);
/// After a change of grants or accounts, inside its savepoint. Throws 409 when nobody could grant roles any more.
void keep_an_administrator(Context&);

/// GET /api/v1/roles: each role with its capabilities and its rights on the registries that are enabled here
http::Reply list_roles(Context&);
/// GET /api/v1/role-grants?year=: what is in force at some time of that school year, and the drafts for it
http::Reply list_year_grants(Context&);
/// POST /api/v1/role-grants/drafts {from, to}: last year's as drafts for the new one; a class stays open to be chosen
http::Reply copy_grants(Context&);
/// PATCH and DELETE /api/v1/role-grants/drafts/{id} {class?, role?}
http::Reply change_draft(Context&);
http::Reply remove_draft(Context&);
/// POST /api/v1/role-grants/approve {year, order, order_date}: all drafts of the year become grants, or none
http::Reply approve_drafts(Context&);

}  // namespace eschool::api
