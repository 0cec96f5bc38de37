#include "kernel/api/events.hpp"

#include "kernel/registry/problems.hpp"
#include "kernel/school/event_board.hpp"

namespace eschool::api {

void stream_events(std::shared_ptr<Context> context, http::Send send) {
  if (!context->session)
    throw registry::problem(403, "session_needed", "События получает только вошедший в систему", {});
  http::Reply reply;
  reply.mime = "text/event-stream; charset=utf-8";
  reply.headers.emplace_back("X-Accel-Buffering", "no");  // nginx would keep the events
  if (context->request.method == "HEAD") return send(std::move(reply));
  const auto authorization = context->request.header("authorization");
  const std::string token(authorization.starts_with("Bearer ") ? authorization.substr(7)
                                                               : context->request.cookie(context->cookie_name()));
  auto stream = context->school.events().open(*context->session, token, context->request.header("last-event-id"));
  if (!stream)
    throw registry::problem(429, "too_many_streams", "Слишком много открытых страниц",
                            "Закройте лишние страницы школы и повторите.");
  reply.stream = std::move(stream);
  send(std::move(reply));
}

}  // namespace eschool::api
