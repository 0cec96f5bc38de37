/// Reading a stranger's table file in a child process without rights: a fault of a parser costs the file, not the
/// server.
#pragma once

#include <filesystem>
#include <string_view>
#include <variant>

#include "tabular/workbook.hpp"

namespace eschool::tabular {

/// Starts the program `eschool-tabular-reader` once a file (posix_spawn: a fork of a threaded server is not safe). The
/// child gets the bytes as its standard input and no other descriptor or environment, limits itself (processor time,
/// memory, no files, no new processes, a seccomp filter) and answers through a pipe that is read with a deadline and
/// checked as untrusted.
class SandboxedReader {
 public:
  /// `program` is the path of eschool-tabular-reader.
  explicit SandboxedReader(std::filesystem::path program);

  /// What tabular/reader.hpp's read() gives, or a problem of the sandbox itself: time_limit, cpu_limit, memory_limit,
  /// reader_missing, reader_failed. Any thread, several at a time; blocks up to caps.wall_seconds, so never call it on
  /// an io thread. May throw std::bad_alloc.
  std::variant<Workbook, ReadProblem> read(std::string_view bytes, const Caps& caps = {}) const;

 private:
  std::filesystem::path program_;
};

/// eschool-tabular-reader in the folder of the running executable, where the build and the installation put it.
std::filesystem::path reader_beside_executable();

}  // namespace eschool::tabular
