#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

namespace eschool::storage {

enum class ErrorKind {
  constraint_unique,
  constraint_foreign,
  constraint_other,
  busy,
  full,       ///< disk full: HTTP 507
  read_only,  ///< the file system or the rights of the file: HTTP 503
  corrupt,    ///< the file is damaged: HTTP 503
  interrupted,
  unavailable,  ///< the database server does not answer, or broke off: HTTP 503
  other
};

/// What an errno of opening or writing a file means to callers.
inline ErrorKind system_error_kind(int code) {
  if (code == ENOSPC || code == EDQUOT) return ErrorKind::full;
  return code == EROFS || code == EACCES || code == EPERM ? ErrorKind::read_only : ErrorKind::other;
}

/// A database error with what the native code says; what() is for the log, never for a user.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace eschool::storage
