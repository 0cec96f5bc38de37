/// Internal: how a reader ends with a problem, and what it has used of its caps.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "tabular/workbook.hpp"

namespace eschool::tabular {

/// Thrown by the readers' parts; read() turns it into its result.
struct Failure {
  ReadProblem problem;
};

[[noreturn]] inline void fail(std::string code, std::string message) {
  throw Failure{{.code = std::move(code), .message = std::move(message), .sheet = {}, .row = 0, .column = {}}};
}

/// The file is broken in a way that its author can only mend by saving it again; `where` completes «повреждён: …».
[[noreturn]] void fail_damaged(const std::string& where);

class Budget {
 public:
  explicit Budget(const Caps& caps);
  const Caps& caps() const { return caps_; }

  /// Counts bytes that came out of the archive.
  void unpacked(std::size_t bytes);
  /// Counts bytes that the workbook keeps.
  void hold(std::size_t bytes);
  void hold_text(const std::string& text);
  /// Fails when this thread has used its processor time. A system call: once a chunk, not once a cell.
  void check_cpu() const;

 private:
  const Caps& caps_;
  std::size_t unpacked_ = 0;
  std::size_t held_ = 0;
  double cpu_start_ = 0;
};

}  // namespace eschool::tabular
