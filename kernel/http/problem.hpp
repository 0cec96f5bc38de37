/// RFC 9457 problem details: the one shape of every error that the API answers.
#pragma once

#include <string>
#include <vector>

#include "kernel/http/message.hpp"

namespace eschool::http {

struct FieldError {
  std::string field;    ///< path of the field, e.g. "snils" or "phones[2].number"
  std::string code;     ///< for programs: "required", "check_digit"
  std::string message;  ///< Russian, tells what to do
};

struct Problem {
  int status = 500;
  std::string code;    ///< for programs: "not_found"
  std::string title;   ///< Russian, one line
  std::string detail;  ///< Russian, what to do; may be empty
  std::vector<FieldError> errors;
  std::string extra;    ///< further members as JSON text without braces: "\"current\":{...}"; may be empty
  int retry_after = 0;  ///< seconds, told as Retry-After; 0: not told
};

Reply to_reply(const Problem&);

/// Thrown by handlers to end the request with a problem.
struct ProblemError {
  Problem problem;
};

}  // namespace eschool::http
