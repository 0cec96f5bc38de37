// How running plugins do: faults, suspension, quarantine, calls that do not come back.
#include <fmt/format.h>

#include <utility>

#include "kernel/plugin_host/host.hpp"
#include "kernel/plugin_host/loaded.hpp"

namespace eschool::plugin_host {

PluginHost::Loaded* PluginHost::running(std::string_view id) const {
  for (const auto& loaded : loaded_)
    if (loaded->info.id == id) return loaded.get();
  return nullptr;
}

std::vector<Fault> PluginHost::faults(std::string_view id) const {
  const auto* loaded = running(id);
  return loaded ? loaded->host.faults.list() : std::vector<Fault>{};
}

std::string PluginHost::suspension(std::string_view id) const {
  const auto* loaded = running(id);
  return loaded && loaded->host.faults.suspended() ? loaded->host.faults.suspension() : std::string();
}

std::string PluginHost::suspended_hook(const std::set<std::string, std::less<>>& enabled, std::string_view registry,
                                       std::uint32_t phase) const {
  const auto found = hooks_.find(registry);
  if (found == hooks_.end() || phase >= found->second.size()) return {};
  for (const auto& hook : found->second[phase])
    if (hook.owner->host.faults.suspended() && enabled.contains(hook.owner->info.id)) return hook.owner->info.label;
  return {};
}

PluginHost::Release PluginHost::release(std::string_view id) {
  const bool recorded = crashes_.remove(id);
  if (auto* loaded = running(id)) {
    if (loaded->host.faults.release()) return Release::resumed;
    return recorded ? Release::resumed : Release::nothing;
  }
  return recorded ? Release::at_next_start : Release::nothing;
}

void PluginHost::note_hangs() {
  const std::lock_guard lock(hangs_mutex_);
  // A request is given up counting from a moment before its plugin was called.
  for (const auto& stay : trail_.stays(options_.call_limit * 9 / 10)) {
    auto& noted = noted_hangs_[stay.slot];
    if (std::exchange(noted, stay.since) == stay.since) continue;
    for (const auto& loaded : loaded_)
      if (loaded->host.number == stay.plugin) {
        loaded->host.faults.note(FaultKind::hang, fmt::format("{} с", (stay.length.count() + 500) / 1000));
        log_(ES_LOG_ERROR, loaded->info.id, fmt::format("a call has not come back for {} ms", stay.length.count()));
      }
  }
}

bool PluginHost::somebody_stays() const { return !trail_.stays(options_.call_limit / 2).empty(); }

std::optional<Stay> PluginHost::stuck_writer() const {
  for (const auto& stay : trail_.stays(options_.call_limit))
    if (stay.on_writer) return stay;
  return std::nullopt;
}

std::string PluginHost::mark_stuck(const Stay& stay) {
  trail_.mark_hang(stay);
  for (const auto& loaded : loaded_)
    if (loaded->host.number == stay.plugin) return loaded->info.id;
  return {};
}

}  // namespace eschool::plugin_host
