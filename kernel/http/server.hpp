/// The listener: sockets, limits, timeouts, TLS, compression. Knows nothing of schools.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/http/message.hpp"

namespace eschool::http {

struct Limits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t header_fields = 64;
  std::size_t target_bytes = 4 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t upload_bytes = 10 * 1024 * 1024;  ///< for paths that end in /import, and /control/… on the control socket
  std::size_t bodies_bytes = 128 * 1024 * 1024;  ///< of all bodies being received at one moment; beyond it 503
  int header_seconds = 10;
  int body_bytes_per_second = 1024;  ///< slower than this on average is cut
  int keep_alive_seconds = 60;
  std::size_t connections = 2000;
  std::size_t connections_per_address = 100;  ///< not counted for loopback and listed proxies
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;                       ///< 0: any free port; see Server::port()
  std::filesystem::path control_socket;            ///< a Unix socket, mode 0600; empty: none
  std::filesystem::path tls_certificate, tls_key;  ///< PEM; both or none
  std::vector<std::string> trusted_proxies;        ///< addresses whose X-Forwarded-For/-Proto are believed
  int io_threads = 2;
  Limits limits;
};

struct ServerFigures {
  std::int64_t connections = 0, requests = 0, refused = 0, timeouts = 0;
  std::int64_t open_connections = 0;
};

class Server {
 public:
  Server(ServerOptions, Dispatch);
  ~Server();
  /// Binds and starts the io threads. Throws std::runtime_error with a text for the administrator.
  void start();
  std::uint16_t port() const;
  /// Soft stop: no new connections, requests under way are answered, then everything is closed; hard after `seconds`.
  void stop(int seconds);
  ServerFigures figures() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace eschool::http
