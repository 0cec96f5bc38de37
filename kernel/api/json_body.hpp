/// The one way in which the server reads JSON that a stranger sent.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

namespace eschool::api {

/// Limits of JSON bodies: depth 32 and what the HTTP layer lets through in size. Throws http::ProblemError.
boost::json::value parse_json(std::string_view text);

}  // namespace eschool::api
