// Bodies in JSON, as every handler takes them.
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

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

/// Equal, but for the last digits of a fraction: Boost 1.81 does not round as it reads.
bool alike(const json::value& a, const json::value& b) {
  if (a.kind() != b.kind()) return false;
  if (const auto* left = a.if_double()) {
    const double right = b.get_double();
    return *left == right || std::abs(*left - right) <= std::abs(right) * 1e-14;
  }
  if (const auto* left = a.if_array()) {
    const auto& right = b.get_array();
    return std::equal(left->begin(), left->end(), right.begin(), right.end(), alike);
  }
  if (const auto* left = a.if_object()) {
    const auto& right = b.get_object();
    return std::equal(left->begin(), left->end(), right.begin(), right.end(),
                      [](const auto& x, const auto& y) { return x.key() == y.key() && alike(x.value(), y.value()); });
  }
  return a == b;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = eschool::fuzz::text_of(data, size);
  try {
    const auto value = eschool::api::parse_json(text);
    expect(depth(value) <= 32, "the depth is bounded", text);
    const auto written = json::serialize(value);
    expect(alike(eschool::api::parse_json(written), value), "what is written reads the same", written);
  } catch (const eschool::http::ProblemError& error) {
    expect(error.problem.status == 400 && error.problem.code == "malformed_json", "a refusal is the client's fault");
  }
  return 0;
}
