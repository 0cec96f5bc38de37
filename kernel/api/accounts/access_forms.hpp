/// Ways in on paper: what POST /api/v1/accounts/issue has answered, typeset. Nothing of it is stored or logged.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// POST /api/v1/accounts/print {form, address, items: [{name, group?, login, one_time_password}]}: a PDF. `form`:
/// slips, or sheet, which needs neither address nor passwords. The caller sends the passwords back, for nobody else
/// knows them, and the address as his browser has it: behind a proxy the server does not know it. At most 2,000 items.
http::Reply print_access(Context&);

}  // namespace eschool::api
