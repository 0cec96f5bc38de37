/// Internal: what a reader has used of its caps.
#pragma once

#include <cstddef>
#include <string>

#include "tabular/problem.hpp"

namespace eschool::tabular {

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
