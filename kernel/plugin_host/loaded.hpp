/// One plugin that passed the gates, as the host keeps it. Private to this folder.
#pragma once

#include <eschool/abi.h>

#include <filesystem>
#include <mutex>
#include <string>

#include "kernel/plugin_host/faults.hpp"
#include "kernel/plugin_host/host.hpp"
#include "kernel/plugin_host/plugin_info.hpp"
#include "kernel/plugin_host/tables.hpp"
#include "kernel/plugin_host/trail.hpp"

namespace eschool::plugin_host {

/// What the plugin knows as es_host: the C struct first, so that a pointer to one is a pointer to the other.
struct HostSide {
  es_host abi{};
  const PluginHost::Log* log = nullptr;
  std::string plugin;
  std::mutex mutex;
  std::string last_error;  ///< the last message of level error: the reason when the start fails
  Faults faults;
  Trail* trail = nullptr;
  std::uint32_t number = 0;  ///< in the trail
};

struct PluginHost::Loaded {
  PluginInfo info;
  std::filesystem::path folder;
  HostSide host;
  const es_entry* entry = nullptr;
  es_plugin* plugin = nullptr;
  PluginTables tables;
};

/// Calls a function of a plugin. Its type promises not to throw, and one that is not made with plugin.hpp may break
/// that: through a pointer without the promise the exception is still caught here.
template <class... Parameters, class... Arguments>
es_status shielded(HostSide& host, es_status (*function)(Parameters...), Arguments... arguments) {
  std::string what;
  try {
    return function(arguments...);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "of an unknown type";
  }
  const auto message = "exception across the ABI: " + what;
  host.abi.log(&host.abi, ES_LOG_ERROR, span(message));
  return ES_INTERNAL;
}
template <class... Parameters, class... Arguments>
void shielded(HostSide& host, void (*function)(Parameters...), Arguments... arguments) {
  try {
    function(arguments...);
  } catch (...) {
    host.abi.log(&host.abi, ES_LOG_ERROR, span("exception across the ABI while stopping"));
  }
}

}  // namespace eschool::plugin_host
