// Bodies in JSON, as every handler takes them.
#include <boost/json.hpp>

#include "kernel/api/json_body.hpp"
#include "kernel/http/percent.hpp"
#include "kernel/http/problem.hpp"
#include "oracle.hpp"

namespace json = boost::json;
using eschool::fuzz::expect;

namespace {

bool plain(const json::string& text) { return eschool::http::valid_utf8({text.data(), text.size()}); }

/// How deep the value is; each string in it must be UTF-8.
std::size_t depth(const json::value& value) {
  std::size_t deepest = 0;
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) deepest = std::max(deepest, depth(item));
    return deepest + 1;
  }
  if (const auto* object = value.if_object()) {
    for (const auto& [key, item] : *object) {
      expect(eschool::http::valid_utf8({key.data(), key.size()}), "a key is UTF-8", {key.data(), key.size()});
      deepest = std::max(deepest, depth(item));
    }
    return deepest + 1;
  }
  if (const auto* text = value.if_string()) expect(plain(*text), "a string is UTF-8", {text->data(), text->size()});
  return 0;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = eschool::fuzz::text_of(data, size);
  try {
    const auto value = eschool::api::parse_json(text);
    expect(depth(value) <= 32, "the depth is bounded", text);
    const auto written = json::serialize(value);
    expect(json::serialize(eschool::api::parse_json(written)) == written, "what is written reads the same", written);
  } catch (const eschool::http::ProblemError& error) {
    expect(error.problem.status == 400 && error.problem.code == "malformed_json", "a refusal is the client's fault");
  }
  return 0;
}
