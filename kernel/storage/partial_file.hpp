#pragma once

#include <filesystem>

namespace eschool::storage {

/// `<target>.part`, private to its owner, which takes the place of the target when it is whole and is removed
/// otherwise.
class PartialFile {
 public:
  /// Creates it, empty, in the place of one that was left behind. Throws Error.
  explicit PartialFile(const std::filesystem::path& target);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void place();  ///< synced, renamed, and the folder synced

 private:
  void remove() const;
  std::filesystem::path target_, path_;
  bool placed_ = false;
};

}  // namespace eschool::storage
