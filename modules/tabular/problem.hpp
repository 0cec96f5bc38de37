/// Internal: how a reader's part ends with a problem, and the problems that the reader and its sandbox both tell.
#pragma once

#include <string>

#include "tabular/workbook.hpp"

namespace eschool::tabular {

/// Thrown by the readers' parts; read() turns it into its result.
struct Failure {
  ReadProblem problem;
};

/// A problem whose place is unknown.
ReadProblem problem_of_file(std::string code, std::string message);
[[noreturn]] void fail(std::string code, std::string message);

/// The file is broken in a way that its author can only mend by saving it again; `where` completes «повреждён: …».
[[noreturn]] void fail_damaged(const std::string& where);

ReadProblem file_too_large(const Caps& caps);
ReadProblem cpu_limit_passed(const Caps& caps);
ReadProblem memory_exhausted();

}  // namespace eschool::tabular
