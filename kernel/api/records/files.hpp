/// Files of records: brought, and taken out of the field that holds them.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// POST /api/v1/files?name=: the bytes as the body; {id}, which a field of the type file takes. 422 for a kind that is
/// not taken, 413 above 10 MiB.
http::Reply take_file(Context&);
/// GET /api/v1/records/{registry}/{id}/files/{field}: the bytes, to be saved and never shown inside a page of ours. 404
/// when the caller does not read the field, or it is empty.
http::Reply give_file(Context&);

}  // namespace eschool::api
