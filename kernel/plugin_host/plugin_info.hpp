/// plugin.info: what a plugin says of itself, read without loading it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace eschool::plugin_host {

struct PluginInfo {
  std::string id;
  std::string version;
  int abi_major = 0, abi_minor = 0;
  std::string label;        ///< Russian
  std::string description;  ///< Russian
  bool required = false;    ///< other plugins refer to its registries: it can not be switched off
  std::vector<std::string> requires_plugins;
  std::map<std::string, std::string> capabilities;  ///< id -> Russian label
};

/// Throws std::runtime_error in Russian, naming the file and the key: unknown keys are errors.
PluginInfo read_plugin_info(const std::filesystem::path& file);

}  // namespace eschool::plugin_host
