/// What tests look for in replies of the API. Failing is the test's failure.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "client.hpp"

namespace eschool::test {

/// Names of the fields that a problem complains about, in its order.
inline std::vector<std::string> fields(const Response& response) {
  std::vector<std::string> names;
  const auto document = response.json();
  if (const auto* errors = document.as_object().if_contains("errors"))
    for (const auto& error : errors->as_array())
      names.push_back(std::string(error.at("field").as_string()) + ":" + std::string(error.at("code").as_string()));
  return names;
}
using Names = std::vector<std::string>;

/// The list of that name in a reply, whole: a loop over a part of a temporary would outlive it.
inline boost::json::array list_of(const Response& response, const char* name) {
  return response.json().at(name).as_array();
}

inline std::int64_t number(const Response& response, const char* name) { return response.json().at(name).as_int64(); }

inline std::string text(const Response& response, const char* name) {
  return std::string(response.json().at(name).as_string());
}

/// Every problem says so by its type, in Russian for people and in a code for programs.
inline void check_problem(const Response& response, int status, const std::string& code) {
  INFO(response.body);
  CHECK(response.status == status);
  CHECK(response.code() == code);
  CHECK(response.header("content-type").starts_with("application/problem+json"));
  const auto document = response.json();
  CHECK(document.at("status").as_int64() == status);
  CHECK_FALSE(document.at("title").as_string().empty());
  CHECK(static_cast<unsigned char>(document.at("title").as_string()[0]) >= 0xD0);  // Cyrillic
}

inline std::int64_t create(const Client& client, const std::string& registry, const std::string& body) {
  const auto made = client.post(records(registry), body);
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return number(made, "id");
}

}  // namespace eschool::test
