/// /api/v1/schemas and /api/v1/openapi.json: what the caller can ask of the enabled registries.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

http::Reply list_schemas(Context&);
http::Reply get_schema(Context&);
/// OpenAPI 3.1 of the routes and of the registries that are enabled in the school.
http::Reply openapi(Context&);

}  // namespace eschool::api
