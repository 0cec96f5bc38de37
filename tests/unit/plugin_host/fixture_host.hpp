/// The plugins of tests/abi behind a host, for the tests of this folder.
#pragma once

#include <mutex>
#include <string>

#include "kernel/plugin_host/host.hpp"

namespace eschool::plugin_host {

/// Loads the whole folder, good and broken together, once a process.
struct FixtureHost {
  std::mutex mutex;
  std::string log;
  PluginHost host{ABI_PLUGINS, [this](std::int32_t, std::string_view plugin, std::string_view message) {
                    const std::lock_guard lock(mutex);
                    log += std::string(plugin) + ": " + std::string(message) + "\n";
                  }};
  FixtureHost() { host.load_all(); }
};

inline FixtureHost& fixture() {
  static FixtureHost loaded;
  return loaded;
}

}  // namespace eschool::plugin_host
