#include "kernel/storage/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "kernel/storage/error.hpp"

namespace eschool::storage {

LockFile::LockFile(const std::filesystem::path& database) {
  const auto path = database.string() + ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw Error(system_error_kind(errno), "cannot open " + path + ": " + std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const auto length = ::pread(descriptor_, holder, sizeof holder - 1, 0);
    const bool taken = errno == EWOULDBLOCK || length >= 0;
    ::close(descriptor_);
    std::string pid(holder, length > 0 ? static_cast<std::size_t>(length) : 0);
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    throw Error(taken ? ErrorKind::busy : ErrorKind::other,
                database.string() + " is in use by process " + (pid.empty() ? "unknown" : pid));
  }
  const auto pid = std::to_string(::getpid()) + '\n';
  // The number is for people; the lock does not depend on it, so a full disk does not stop the school here.
  if (::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) errno = 0;
}

LockFile::~LockFile() { ::close(descriptor_); }

}  // namespace eschool::storage
