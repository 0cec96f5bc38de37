/// What the shell shows: the menu of this person in this school, and who a demo school's visitors may be.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// The registries that the caller reads, by plugin and in the order in which a school fills them: those that are parts
/// of another's card are left out, shipped dictionaries stand apart.
http::Reply menu(Context&);

/// The logins of a demo school, as its maker left them beside the data; none anywhere else.
void demo_accounts(Application&, std::string_view school, http::Send);

}  // namespace eschool::api
