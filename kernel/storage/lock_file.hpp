#pragma once

#include <filesystem>

namespace eschool::storage {

/// `<file>.lock`, held by flock() as long as the object lives; it says which process holds it. The file itself stays:
/// removing it would let two processes lock two files of one name. A child made by fork() shares the lock until it
/// closes the descriptor or runs another program.
class LockFile {
 public:
  /// Throws Error(busy), naming the holder, when another process (or another object of this one) holds the lock.
  explicit LockFile(const std::filesystem::path& database);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace eschool::storage
