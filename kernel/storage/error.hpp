#pragma once

#include <stdexcept>
#include <string>

namespace eschool::storage {

enum class ErrorKind {
  constraint_unique,
  constraint_foreign,
  constraint_other,
  busy,
  full,  ///< disk full: HTTP 507
  read_only,
  corrupt,
  interrupted,
  unavailable,  ///< the database server does not answer, or broke off: HTTP 503
  other
};

/// A database error with what the native code says; what() is for the log, never for a user.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace eschool::storage
