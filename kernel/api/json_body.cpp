#include "kernel/api/json_body.hpp"

#include <boost/json/parser.hpp>

#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

json::value parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  json::error_code failure;
  json::parser parser({}, options);
  parser.write(json::string_view(text.data(), text.size()), failure);
  if (failure)
    throw registry::bad_request("malformed_json", "Тело запроса не разобрано как JSON: " + failure.message() + ".");
  return parser.release();
}

}  // namespace eschool::api
