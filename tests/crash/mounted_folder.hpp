#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace eschool::test {

/// A small file system in memory, mounted for one test; only root may do so.
class MountedFolder {
 public:
  /// Whether this process may mount. Says loudly on standard output what is skipped when it may not.
  static bool possible(const std::string& test);

  explicit MountedFolder(int megabytes);
  ~MountedFolder();  ///< what still works in it is an error of the test; unmounts all the same
  MountedFolder(const MountedFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void set_read_only(bool);  ///< throws while a file is open for writing
  /// A file that leaves not more than `bytes` free; remove it to have the space back.
  std::filesystem::path fill(std::int64_t bytes_left) const;

 private:
  std::filesystem::path path_;
};

}  // namespace eschool::test
