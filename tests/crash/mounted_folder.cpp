#include "mounted_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace eschool::test {

namespace {

std::filesystem::path new_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "eschool-mount-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  return pattern;
}

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

}  // namespace

bool MountedFolder::possible(const std::string& test) {
  const auto folder = new_folder();
  const bool mounted = ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
  if (mounted) ::umount2(folder.c_str(), MNT_DETACH);
  std::filesystem::remove(folder);
  if (!mounted) fmt::print("\n*** SKIPPED: «{}» needs to mount a tmpfs: run it as root. ***\n\n", test);
  return mounted;
}

MountedFolder::MountedFolder(int megabytes) : path_(new_folder()) {
  if (::mount("tmpfs", path_.c_str(), "tmpfs", 0, fmt::format("size={}m", megabytes).c_str()) != 0) fail("mount");
}

MountedFolder::~MountedFolder() {
  ::umount2(path_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void MountedFolder::set_read_only(bool read_only) {
  const unsigned long flags = read_only ? MS_REMOUNT | MS_RDONLY : +MS_REMOUNT;
  if (::mount("tmpfs", path_.c_str(), "tmpfs", flags, nullptr) != 0) fail("remount");
}

std::filesystem::path MountedFolder::fill(std::int64_t bytes_left) const {
  auto file = path_ / "ballast";
  const auto free = static_cast<std::int64_t>(std::filesystem::space(path_).available);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || ::posix_fallocate(descriptor, 0, free - bytes_left) != 0) fail("ballast");
  ::close(descriptor);
  return file;
}

}  // namespace eschool::test
