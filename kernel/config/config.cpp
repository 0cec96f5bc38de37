#include "kernel/config/config.hpp"

#include <fmt/format.h>

#include <boost/property_tree/info_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace eschool::config {
namespace {

using boost::property_tree::ptree;

int number(const std::string& key, const std::string& text, int low, int high) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < low || value > high)
    throw std::runtime_error(fmt::format("{}: «{}» — нужно целое число от {} до {}", key, text, low, high));
  return value;
}

/// "03:00" as minutes of the day.
int minute_of_day(const std::string& key, const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || text.size() != colon + 3)
    throw std::runtime_error(fmt::format("{}: «{}» — нужно время суток, например 03:00", key, text));
  return number(key, text.substr(0, colon), 0, 23) * 60 + number(key, text.substr(colon + 1), 0, 59);
}

void apply(Config& config, const std::string& key, const std::string& value, const std::filesystem::path& folder) {
  const auto path = [&] { return value.empty() ? std::filesystem::path{} : (folder / value).lexically_normal(); };
  if (key == "listen")
    config.set_listen(value);
  else if (key == "io_threads")
    config.io_threads = number(key, value, 1, 64);
  else if (key == "workers")
    config.workers = number(key, value, 1, 256);
  else if (key == "data")
    config.data = path();
  else if (key == "plugins")
    config.plugins = path();
  else if (key == "web")
    config.web = path();
  else if (key == "guides")
    config.guides = path();
  else if (key == "schemas")
    config.schemas = path();
  else if (key == "roles")
    config.roles = path();
  else if (key == "second_factor") {
    if (value != "required" && value != "offered")
      throw std::runtime_error("second_factor: «" + value + "» — бывает required или offered");
    config.second_factor_required = value == "required";
  } else if (key == "call_limit")
    config.call_limit = number(key, value, 1, 600);
  else if (key == "time_zone")
    config.time_zone = value;
  else if (key == "storage.engine") {
    if (value != "sqlite" && value != "postgresql")
      throw std::runtime_error("storage.engine: «" + value + "» — бывает sqlite или postgresql");
    config.storage_engine = value;
  } else if (key == "storage.connection")
    config.storage_connection = value;
  else if (key == "tls.certificate")
    config.tls_certificate = path();
  else if (key == "tls.key")
    config.tls_key = path();
  else if (key == "limits.header_seconds")
    config.limits.header_seconds = number(key, value, 1, 3600);
  else if (key == "limits.body_bytes_per_second")
    config.limits.body_bytes_per_second = number(key, value, 1, 1'000'000'000);
  else if (key == "limits.keep_alive_seconds")
    config.limits.keep_alive_seconds = number(key, value, 1, 3600);
  else if (key == "limits.connections")
    config.limits.connections = number(key, value, 1, 100'000);
  else if (key == "limits.connections_per_address")
    config.limits.connections_per_address = number(key, value, 1, 100'000);
  else if (key.starts_with("retention."))
    config.retention[key.substr(std::string_view("retention.").size())] = number(key, value, 0, 100);
  else if (key == "backup.folder")
    config.backup.folder = path();
  else if (key == "backup.at")
    config.backup.at_minute = minute_of_day(key, value);
  else if (key == "backup.keep_daily")
    config.backup.keep_daily = number(key, value, 0, 1000);
  else if (key == "backup.keep_weekly")
    config.backup.keep_weekly = number(key, value, 0, 1000);
  else if (key == "backup.keep_monthly")
    config.backup.keep_monthly = number(key, value, 0, 1000);
  else if (key == "trusted_proxy")
    config.trusted_proxies.push_back(value);
  else
    throw std::runtime_error("неизвестная настройка «" + key + "»");
}

void walk(Config& config, const ptree& tree, const std::string& prefix, const std::filesystem::path& folder) {
  for (const auto& [name, child] : tree) {
    const auto key = prefix + name;
    if (child.empty())
      apply(config, key, child.data(), folder);
    else
      walk(config, child, key + ".", folder);
  }
}

}  // namespace

void Config::set_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    throw std::runtime_error("listen: «" + text + "» — нужны адрес и порт, например 127.0.0.1:8080");
  address = text.substr(0, colon);
  if (address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  port = static_cast<std::uint16_t>(number("listen", text.substr(colon + 1), 0, 65535));
}

Config load(const std::filesystem::path& file) {
  Config config;
  const auto folder = std::filesystem::absolute(file).parent_path();
  config.file = std::filesystem::absolute(file);
  try {
    ptree tree;
    boost::property_tree::read_info(file.string(), tree);
    walk(config, tree, "", folder);
  } catch (const boost::property_tree::info_parser_error& failure) {
    throw std::runtime_error(fmt::format("{}:{}: {}", file.string(), failure.line(), failure.message()));
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(fmt::format("{}: {}", file.string(), failure.what()));
  }
  const auto current = std::filesystem::current_path();
  for (const auto& [variable, key] : {std::pair{"ESCHOOL_LISTEN", "listen"},
                                      {"ESCHOOL_DATA", "data"},
                                      {"ESCHOOL_PLUGINS", "plugins"},
                                      {"ESCHOOL_WEB", "web"},
                                      {"ESCHOOL_SCHEMAS", "schemas"},
                                      {"ESCHOOL_ROLES", "roles"},
                                      {"ESCHOOL_STORAGE_ENGINE", "storage.engine"},
                                      {"ESCHOOL_STORAGE_CONNECTION", "storage.connection"}})
    if (const char* value = std::getenv(variable)) apply(config, key, value, current);
  return config;
}

std::filesystem::path default_file(const std::filesystem::path& executable) {
  // Installed: <prefix>/bin/eschool and <prefix>/etc/eschool.info; built: build/<preset>/bin and the tree's etc.
  for (auto folder = executable.parent_path(); !folder.empty() && folder != folder.root_path();
       folder = folder.parent_path())
    if (const auto file = folder / "etc" / "eschool.info"; std::filesystem::exists(file) && folder != "/") return file;
  return "/etc/eschool/eschool.info";
}

}  // namespace eschool::config
