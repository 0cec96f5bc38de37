/// Looking for a word in everything the caller reads.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/search?q=: {items: [{registry, label, id, display}]}: of each registry with fields to search in at most
/// five, people first; a person comes as what he is here, and bare only when he is nothing.
http::Reply search(Context&);

}  // namespace eschool::api
