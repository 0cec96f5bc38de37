#include "kernel/storage/partial_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "kernel/storage/error.hpp"

namespace eschool::storage {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void throw_system_error(const std::string& what) {
  const int code = errno;
  throw Error(code == ENOSPC || code == EDQUOT ? ErrorKind::full : ErrorKind::other, what + ": " + std::strerror(code));
}

void sync(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) throw_system_error("cannot open " + path.string());
  const int result = ::fsync(descriptor);
  const int code = errno;
  ::close(descriptor);
  errno = code;
  if (result != 0) throw_system_error("cannot sync " + path.string());
}

}  // namespace

PartialFile::PartialFile(const fs::path& target) : target_(target), path_(target.string() + ".part") {
  remove();
  const int descriptor = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) throw_system_error("cannot create " + path_.string());
  ::close(descriptor);
}

PartialFile::~PartialFile() {
  if (!placed_) remove();
}

void PartialFile::place() {
  sync(path_, O_RDWR);
  if (::rename(path_.c_str(), target_.c_str()) != 0) throw_system_error("cannot rename to " + target_.string());
  placed_ = true;
  sync(target_.parent_path(), O_RDONLY | O_DIRECTORY);
}

void PartialFile::remove() const {
  std::error_code ignored;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(path_.string() + suffix, ignored);
}

}  // namespace eschool::storage
