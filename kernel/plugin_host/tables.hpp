/// What a plugin declares, pulled once after its start and checked before anything of it is served.
#pragma once

#include <eschool/abi.h>

#include <vector>

#include "kernel/plugin_host/plugin_info.hpp"

namespace eschool::plugin_host {

/// Pointers into the plugin's constant tables, which live for ever.
struct PluginTables {
  std::vector<const es_route*> routes;
  std::vector<const es_hook*> hooks;
  std::vector<const es_job*> jobs;
};

/// [init] Throws std::runtime_error in Russian, naming the entry that can not be served.
PluginTables read_tables(es_plugin&, const PluginInfo&);

}  // namespace eschool::plugin_host
