/// Guides in place: those of the enabled plugins, those of etc/guides, and one for each file that can be imported, made
/// from its schema. Each caller finds the chapters that are for his roles.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/guides?q=: {items: [{id, guide, title, pages, found?}]}; with q those that have all its words, with some
/// words around the first.
http::Reply list_guides(Context&);
/// GET /api/v1/guides/{id}: {id, guide, title, html}.
http::Reply get_guide(Context&);

}  // namespace eschool::api
