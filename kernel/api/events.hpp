/// Server-sent events.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/events: the stream of the caller's session, see school::EventBoard; 429 beyond a few of one account.
void stream_events(std::shared_ptr<Context>, http::Send);

}  // namespace eschool::api
