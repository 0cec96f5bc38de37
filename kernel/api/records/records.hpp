/// Routes of /api/v1/records: thin over kernel/registry.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

http::Reply list_records(Context&);
http::Reply get_record(Context&);
http::Reply create_record(Context&);
http::Reply update_record(Context&);
http::Reply archive_record(Context&);
/// GET /api/v1/records/{registry}/{id}/rights: what the caller may do with it and with its child rows
http::Reply rights_on_record(Context&);
/// Several writes, one transaction:
/// {"operations":[{"op":"create|update|archive","registry":…,"id":…,"version":…,"values":{…}}]}
http::Reply batch(Context&);

}  // namespace eschool::api
