/// The installation's settings: etc/eschool.info, overridden by the environment, overridden by the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace eschool::config {

/// Bounds of the listener that an installation may set; what is not set stays as http::Limits has it.
struct ListenerLimits {
  std::optional<int> header_seconds;         ///< for a whole header; then a body has as long before its rate counts
  std::optional<int> body_bytes_per_second;  ///< the slowest average of a body, and of reading a reply
  std::optional<int> keep_alive_seconds;
  std::optional<int> connections;
  std::optional<int> connections_per_address;  ///< not counted for loopback and trusted proxies
};

/// `backup { … }`: what the server does by itself.
struct BackupSettings {
  std::filesystem::path folder;  ///< empty: no scheduled backups
  int at_minute = 3 * 60;        ///< of the school's day
  int keep_daily = 7, keep_weekly = 4, keep_monthly = 12;
};

struct Config {
  std::filesystem::path file;  ///< that was read; empty: none
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  int io_threads = 2;
  int workers = 2;
  std::filesystem::path tls_certificate, tls_key;
  std::vector<std::string> trusted_proxies;
  ListenerLimits limits;
  std::filesystem::path data;     ///< one folder for each school, the lock and the control socket
  std::filesystem::path plugins;  ///< one folder for each plugin
  std::filesystem::path schemas;  ///< schemas/<plugin>/*.json
  std::filesystem::path roles;    ///< the table of roles and rights
  std::filesystem::path guides;   ///< guides that belong to no plugin: *.md; may be missing
  std::filesystem::path web;      ///< the built web shell; without its index.html there are no pages, only the API
  bool second_factor_required = false;  ///< of roles that ask for one: without it they open nothing but its setting up
  int call_limit = 10;                  ///< seconds that a plugin may take for one request
  /// On which engine new schools are made: "sqlite" or "postgresql". A school stays where it was made until
  /// `eschool move` carries it over.
  std::string storage_engine = "sqlite";
  std::string storage_connection;  ///< libpq's, of the database of the schools that are on PostgreSQL
  BackupSettings backup;
  /// `retention { … }`: for how many years personal data are kept after they have ceased to be needed, by registry.
  std::map<std::string, int, std::less<>> retention;
  std::string time_zone = "Europe/Moscow";  ///< the school's day, until the institution's record says otherwise

  /// "127.0.0.1:8080" or "[::1]:8080". Throws std::runtime_error.
  void set_listen(const std::string& text);
};

/// Reads the file; relative paths are taken from its folder. An unknown key or a wrong value throws std::runtime_error
/// whose text names the file, the line where it is known, and the key. Then ESCHOOL_LISTEN, ESCHOOL_DATA,
/// ESCHOOL_PLUGINS, ESCHOOL_SCHEMAS, ESCHOOL_ROLES, ESCHOOL_WEB, ESCHOOL_STORAGE_ENGINE,
/// ESCHOOL_STORAGE_CONNECTION of the environment are applied.
Config load(const std::filesystem::path& file);

/// Where an installation looks when no file is named: beside the executable (`../etc`) or the source tree that built
/// it.
std::filesystem::path default_file(const std::filesystem::path& executable);

}  // namespace eschool::config
