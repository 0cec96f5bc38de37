/// Roles that a school makes for itself, beside those of the product.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/roles/{id}: one role, as etc/roles.json writes it where it is the school's own, otherwise the same shape
/// made of what it gives: what a form begins with.
http::Reply get_role(Context&);
/// PUT /api/v1/roles/{id}: an object as in etc/roles.json; the id begins with own. and the rights are in force at once.
/// 422 names the key that is wrong.
http::Reply put_own_role(Context&);
/// DELETE: 409 while somebody holds it.
http::Reply remove_own_role(Context&);

}  // namespace eschool::api
