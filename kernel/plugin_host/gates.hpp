/// What stands between a folder and the first function of a plugin: whose files they are, the exported symbol as the
/// file's tables show it, and the constant entry. plugin.info (plugin_info.hpp) comes before all of them.
#pragma once

#include <eschool/abi.h>

#include <filesystem>
#include <optional>
#include <string>

#include "kernel/plugin_host/plugin_info.hpp"

namespace eschool::plugin_host {

struct Refusal {
  std::string code;    ///< for programs: "bad_magic"
  std::string reason;  ///< Russian: what is wrong and what to do
};

/// Whoever may change a plugin's files may run code in the server: the folder of all plugins, the plugin's own, its
/// plugin.info and its library must belong to root or to the server's account and be writable by nobody else. A group
/// of the server's own account, as umask 002 makes it, is nobody else.
std::optional<Refusal> check_files(const std::filesystem::path& plugin_folder, const std::string& id);

/// Reads the symbols without loading the file: its initialisers do not run.
std::optional<Refusal> check_symbol(const std::filesystem::path& library);

/// Loads with immediate and local binding, for ever, and finds the entry. Throws std::runtime_error with the loader's
/// words.
const es_entry& load_entry(const std::filesystem::path& library);

/// Magic, size, version of the ABI, and id and version equal to plugin.info's.
std::optional<Refusal> check_entry(const es_entry&, const PluginInfo&);

}  // namespace eschool::plugin_host
