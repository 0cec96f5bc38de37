/// How complete, sound and timely the records are that the caller reads, and how many there are of each kind.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/completeness: {percent, missing, broken, registries: [{registry, label, records, percent, missing,
/// broken, overdue, last_change}]}, of those that ask for something.
http::Reply completeness_of_all(Context&);
/// GET /api/v1/completeness/{registry}?by=: {…, fields: [{name, label, expected, missing, filter}], checks: [{id,
/// label, hint, timely, broken, filter}]}; with `by`, a path to a reference (class, class.homeroom_teacher), also
/// groups:
/// [{id, display, records, percent, missing, broken}], the least complete first.
http::Reply completeness_of_registry(Context&);
/// GET /api/v1/records/{registry}/{id}/completeness: what this record lacks.
http::Reply completeness_of_record(Context&);
/// GET /api/v1/records/{registry}/summary?by=&filter=: {items: [{value, label, count}], total}; a bar chart's data.
http::Reply summary(Context&);

}  // namespace eschool::api
