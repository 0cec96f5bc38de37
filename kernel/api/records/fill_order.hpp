/// /api/v1/fill-order: what a school fills first, and what comes next.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// The registries that the caller reads, in the order of filling, each with the number of records that he sees, what
/// it refers to and which of the needed registries are still empty. `next`: the first registry without records that he
/// may fill now.
http::Reply fill_order(Context&);

}  // namespace eschool::api
