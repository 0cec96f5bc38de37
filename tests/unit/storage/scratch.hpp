#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

/// A folder for one test, removed with all that is in it.
class Scratch {
 public:
  Scratch() {
    auto name = (std::filesystem::temp_directory_path() / "eschool-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};
