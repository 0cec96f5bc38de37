/// What /readyz says, for the tests of faults.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "installation.hpp"

namespace eschool::test {

namespace json = boost::json;

struct Ready {
  int status = 0;
  json::object body;
  std::string text(const char* member) const {
    const auto* value = body.if_contains(member);
    return value ? std::string(value->as_string()) : std::string();
  }
  bool mentions(const std::string& code, const std::string& school = {}) const {
    const auto* problems = body.if_contains("problems");
    if (!problems) return false;
    for (const auto& item : problems->as_array()) {
      const auto* of = item.as_object().if_contains("school");
      if (item.at("code") == json::value(code) && (school.empty() || (of && *of == json::value(school)))) return true;
    }
    return false;
  }
};

inline Ready ready(const Client& client, const std::string& school = {}) {
  const auto reply = client.get((school.empty() ? "" : "/s/" + school) + "/readyz");
  return {reply.status, reply.json().as_object()};
}

/// Waits until the server says so by itself.
template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 100; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(100)))
    if (condition()) return true;
  return false;
}

/// A student whose mark is `number`.
inline std::string student(int number) {
  return json::serialize(json::object{{"surname", "Сбоев"},
                                      {"given_name", "Пётр"},
                                      {"address", std::string(200, 'x')},
                                      {"admission_order_no", "n" + std::to_string(number)}});
}

}  // namespace eschool::test
