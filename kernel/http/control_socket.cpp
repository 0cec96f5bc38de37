#include "kernel/http/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace eschool::http {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& reason) {
  throw std::runtime_error("Управляющий сокет «" + path.string() + "»: " + reason);
}

struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

int unix_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

}  // namespace

int listen_control_socket(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof address.sun_path)
    fail(path, "путь длиннее 107 байт, выберите папку данных с более коротким путём.");
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);

  struct stat status {};
  if (::lstat(text.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) fail(path, "на этом месте лежит другой файл, уберите его.");
    const Descriptor probe{unix_socket()};
    if (::connect(probe.value, generic, sizeof address) == 0) fail(path, "здесь уже работает другой сервер.");
    if (errno != ECONNREFUSED) fail(path, std::strerror(errno));
    ::unlink(text.c_str());
  }

  Descriptor listener{unix_socket()};
  if (listener.value < 0) fail(path, std::strerror(errno));
  const mode_t before = ::umask(0177);
  const int bound = ::bind(listener.value, generic, sizeof address);
  const int error = errno;
  ::umask(before);
  if (bound != 0) fail(path, std::strerror(error));
  if (::listen(listener.value, 64) != 0) fail(path, std::strerror(errno));
  return std::exchange(listener.value, -1);
}

bool control_peer_allowed(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace eschool::http
