/// Finds, checks, loads and starts plugins. What fails is listed with its reason and everything else runs.
#pragma once

#include <eschool/abi.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/plugin_host/call.hpp"

namespace eschool::plugin_host {

enum class State {
  refused,  ///< a gate said no: none of its code has run
  failed,   ///< create or start said no
  running
};
std::string_view name(State);

struct PluginStatus {
  std::string id, version, title, description;
  bool required = false;
  std::vector<std::string> requires_plugins;
  State state = State::refused;
  std::string code;    ///< for programs: "bad_magic"
  std::string reason;  ///< Russian: what is wrong and what to do
};

class PluginHost {
 public:
  /// `folder` holds one folder for each plugin: plugin.info and <id>.so.
  explicit PluginHost(std::filesystem::path folder);
  ~PluginHost();  ///< stops in the reverse order; libraries stay loaded
  PluginHost(const PluginHost&) = delete;

  /// Finds, checks, orders, creates and starts all. Never throws for what a plugin does.
  void load_all();
  /// In the order of starting, those that do not run last.
  const std::vector<PluginStatus>& plugins() const { return statuses_; }
  const PluginStatus* find(std::string_view id) const;

  struct Route {
    std::string plugin;
    const es_route* route;
  };
  std::vector<Route> routes() const;
  struct RouteReply {
    es_status status = ES_OK;
    int http_status = 200;
    std::string mime = "application/json; charset=utf-8";
    std::string body;
  };
  /// Runs a route's handler on this thread. A fault of the plugin ends this call only.
  RouteReply call_route(const Route&, es_call&, const es_request&) const;

  /// What hooks may do to the write; see es_hook_out.
  struct HookSink {
    std::function<bool(std::string_view name, const es_value&)> set;
    std::function<void(std::string_view field, std::string_view code, std::string_view message)> reject;
    std::function<void(std::string_view message)> warn;
  };
  bool has_hooks(std::string_view registry, std::uint32_t phase) const;
  /// Runs the hooks of the enabled plugins; stops at the first that fails, answering its status.
  es_status run_hooks(const std::set<std::string, std::less<>>& enabled, const es_change&, es_call&, const HookSink&) const;

 private:
  struct Loaded;
  void refuse(PluginStatus&, std::string code, std::string reason);
  bool check_and_load(Loaded&, PluginStatus&);
  bool start(Loaded&, PluginStatus&);
  void pull_tables(Loaded&);

  std::filesystem::path folder_;
  std::vector<PluginStatus> statuses_;
  std::vector<std::unique_ptr<Loaded>> loaded_;  ///< running ones, in the order of starting
};

/// Why the plugin can not be switched off or on in a school; empty when it can. Russian.
std::string cannot_disable(const PluginHost&, std::string_view id, const std::set<std::string, std::less<>>& enabled);
std::string cannot_enable(const PluginHost&, std::string_view id, const std::set<std::string, std::less<>>& enabled);

}  // namespace eschool::plugin_host
