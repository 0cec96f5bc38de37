/// The Unix socket through which the command line talks to a running server.
#pragma once

#include <filesystem>

namespace eschool::http {

/// Binds and listens on `path`, mode 0600 from its first moment on; a socket that a dead server left is replaced.
/// Returns the descriptor (close-on-exec, owned by the caller). Throws std::runtime_error, Russian, when another server
/// answers there, when something that is no socket stands in the place, or when the path is too long (107 bytes).
/// Changes the process's umask for a moment: call before threads create files.
int listen_control_socket(const std::filesystem::path& path);

/// True when the process at the other end runs as root or as our own user (SO_PEERCRED).
bool control_peer_allowed(int descriptor);

}  // namespace eschool::http
