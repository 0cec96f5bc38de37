/// The problems that the registry engine answers, each in one place with its wording.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/http/problem.hpp"

namespace eschool::registry {

inline http::ProblemError problem(int status, std::string code, std::string title, std::string detail = {}) {
  return {{status, std::move(code), std::move(title), std::move(detail), {}, {}}};
}

/// A record that does not exist, and one that the caller may not see: the answers are the same on purpose.
inline http::ProblemError not_found() {
  return problem(404, "not_found", "Запись не найдена", "Её нет, или она вам не видна.");
}
inline http::ProblemError denied(std::string detail) {
  return problem(403, "denied", "Недостаточно прав", std::move(detail));
}
inline http::ProblemError bad_request(std::string code, std::string detail) {
  return problem(400, std::move(code), "Запрос составлен неверно", std::move(detail));
}
inline http::ProblemError invalid(std::vector<http::FieldError> errors) {
  auto error = problem(422, "invalid", "Данные не приняты", "Исправьте указанные поля и повторите.");
  error.problem.errors = std::move(errors);
  return error;
}

}  // namespace eschool::registry
