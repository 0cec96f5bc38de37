// Whether a school may switch a plugin on or off. The set itself is kept by the school.
#include <fmt/format.h>

#include <algorithm>

#include "kernel/plugin_host/host.hpp"

namespace eschool::plugin_host {

std::string cannot_disable(const PluginHost& host, std::string_view id,
                           const std::set<std::string, std::less<>>& enabled) {
  const auto* plugin = host.find(id);
  if (!plugin) return "такого модуля нет";
  if (plugin->required) return "модуль обязателен: на его реестры ссылаются другие";
  for (const auto& other : host.plugins())
    if (enabled.contains(other.id) &&
        std::find(other.requires_plugins.begin(), other.requires_plugins.end(), id) != other.requires_plugins.end())
      return fmt::format("сначала выключите модуль «{}»: он пользуется этим", other.title);
  return {};
}

std::string cannot_enable(const PluginHost& host, std::string_view id,
                          const std::set<std::string, std::less<>>& enabled) {
  const auto* plugin = host.find(id);
  if (!plugin) return "такого модуля нет";
  if (plugin->state != State::running) return "модуль не работает: " + plugin->reason;
  for (const auto& needed : plugin->requires_plugins)
    if (!enabled.contains(needed)) {
      const auto* other = host.find(needed);
      return fmt::format("сначала включите модуль «{}»: без него этот не работает", other ? other->title : needed);
    }
  return {};
}

}  // namespace eschool::plugin_host
