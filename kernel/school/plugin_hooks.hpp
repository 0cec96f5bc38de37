#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "kernel/plugin_host/host.hpp"
#include "kernel/registry/record_writer.hpp"

namespace eschool::school {

/// Passes the registry engine's hooks on to the plugins that are enabled in the school.
class PluginHooks : public registry::Hooks {
 public:
  using Enabled = std::function<std::shared_ptr<const std::set<std::string, std::less<>>>()>;
  PluginHooks(const plugin_host::PluginHost& host, const access::Policy& policy, const registry::RecordQuery& query,
              std::string school, Enabled enabled)
      : host_(host), policy_(policy), query_(query), school_(std::move(school)), enabled_(std::move(enabled)) {}
  /// The writer whose hooks these are: known only after both are made.
  void set_writer(registry::RecordWriter& writer) { writer_ = &writer; }

  void run(Phase, registry::HookCall&) override;

 private:
  const plugin_host::PluginHost& host_;
  const access::Policy& policy_;
  const registry::RecordQuery& query_;
  std::string school_;
  Enabled enabled_;
  registry::RecordWriter* writer_ = nullptr;
};

}  // namespace eschool::school
