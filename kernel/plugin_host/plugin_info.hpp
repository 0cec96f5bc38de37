/// plugin.info: what a plugin says of itself, read without loading it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::plugin_host {

/// A class of the plugin's web/page.js and where the shell shows it.
struct PluginPage {
  std::string name;        ///< last part of its address
  std::string element;     ///< "es-clubs-summary"; begins with es-<plugin>-
  std::string label;       ///< Russian
  std::string place;       ///< menu (a page of its own), home, or card:people.student (a part of that card)
  std::string capability;  ///< whom it is for; empty: everybody
};

struct PluginInfo {
  std::string id;
  std::string version;
  int abi_major = 0, abi_minor = 0;
  std::string label;        ///< Russian
  std::string description;  ///< Russian
  bool required = false;    ///< other plugins refer to its registries: it can not be switched off
  std::vector<std::string> requires_plugins;
  std::map<std::string, std::string> least_versions;  ///< of required plugins, where one is named
  std::map<std::string, std::string> capabilities;    ///< id -> Russian label
  std::vector<PluginPage> pages;
};

/// Throws std::runtime_error in Russian, naming the file and the key: an unknown, repeated or empty key is an error,
/// and so is a directive (#include): the file is read alone.
PluginInfo read_plugin_info(const std::filesystem::path& file);
/// The same for a text; `name` stands in the messages.
PluginInfo parse_plugin_info(const std::string& text, const std::string& name);

/// True when `have` is not older than `least`: numbers separated by dots, compared one by one, absent ones are 0.
/// "0.10" is newer than "0.9".
bool not_older(std::string_view have, std::string_view least);

}  // namespace eschool::plugin_host
