/// The replies that every group of routes gives.
#pragma once

#include <boost/json.hpp>

#include "kernel/http/message.hpp"

namespace eschool::api {

inline http::Reply reply_of(const boost::json::object& object, int status = 200) {
  http::Reply reply;
  reply.status = status;
  reply.body = boost::json::serialize(object);
  return reply;
}

inline http::Reply no_content() {
  http::Reply reply;
  reply.status = 204;
  return reply;
}

}  // namespace eschool::api
