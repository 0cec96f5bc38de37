/// What was done with one record.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/records/{registry}/{id}/history: {items: [{seq, at, registry, version, action, by, by_name, before,
/// after}]}, the newest first, at most 500. `before` and `after`: the changed fields alone, a reference as {id,
/// display} of today, null where there was nothing. `by`: the login, «система» when it was no account; `by_name`: the
/// person behind it, "" when there is none. Throws denied() without the capability `history`, not_found().
http::Reply record_history(Context&);

}  // namespace eschool::api
