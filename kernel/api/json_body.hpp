/// The one way in which the server reads JSON that a stranger sent.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace eschool::api {

/// Limits of JSON bodies: depth 32 and what the HTTP layer lets through in size. Throws http::ProblemError.
boost::json::value parse_json(std::string_view text);

/// Members of a body. All throw http::ProblemError, naming the member.
std::string text_member(const boost::json::object&, std::string_view name);    ///< must be there
std::string optional_text(const boost::json::object&, std::string_view name);  ///< "" when absent or null
std::string optional_date(const boost::json::object&, std::string_view name);  ///< ISO, "" when absent or null
/// 0 when absent or null.
std::int64_t optional_number(const boost::json::object&, std::string_view name);
bool flag_member(const boost::json::object&, std::string_view name);  ///< false when absent

}  // namespace eschool::api
