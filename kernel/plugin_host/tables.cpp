#include "kernel/plugin_host/tables.hpp"

#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eschool::plugin_host {
namespace {

/// Elements of an array whose elements may have grown: by its own stride. `least`: the size of an element in ABI 1.0.
template <class Element, class Table>
std::vector<const Element*> elements(es_plugin& plugin, const char* extension, std::size_t least) {
  const auto* table = static_cast<const Table*>(plugin.get_extension(&plugin, extension));
  if (table == nullptr) return {};
  if (table->size < sizeof(Table) || table->stride < least || table->stride % alignof(Element) != 0 ||
      (table->count != 0 && table->first == nullptr))
    throw std::runtime_error(fmt::format("таблица {} испорчена", extension));
  std::vector<const Element*> list;
  const auto* bytes = reinterpret_cast<const std::byte*>(table->first);
  for (std::uint32_t i = 0; i < table->count; ++i)
    list.push_back(reinterpret_cast<const Element*>(bytes + std::size_t{i} * table->stride));
  return list;
}

bool empty(const char* text) { return text == nullptr || *text == '\0'; }

void check_capability(const char* capability, const std::string& what, const PluginInfo& info) {
  if (!empty(capability) && !info.capabilities.contains(capability))
    throw std::runtime_error(fmt::format("{}: права «{}» нет в plugin.info", what, capability));
}

void check(const es_route& route, std::set<std::string>& seen, const PluginInfo& info) {
  static const std::set<std::string_view> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
  const auto what = fmt::format("адрес {} {}", route.method ? route.method : "?", route.path ? route.path : "?");
  if (empty(route.method) || !methods.contains(route.method) || empty(route.path) || *route.path != '/' ||
      !route.handle)
    throw std::runtime_error(what + " описан неверно");
  if (route.mode > ES_ROUTE_WRITE) throw std::runtime_error(what + ": неизвестный режим");
  // A link or a prefetching browser must never change a record (CSRF).
  if (route.mode == ES_ROUTE_WRITE && std::string_view(route.method) == "GET")
    throw std::runtime_error(what + ": чтение по GET не может изменять данные");
  if (!seen.insert(what).second) throw std::runtime_error(what + " описан дважды");
  check_capability(route.capability, what, info);
}

void check(const es_hook& hook) {
  if (empty(hook.registry) || hook.phase > ES_HOOK_ARCHIVE || !hook.run)
    throw std::runtime_error(
        fmt::format("обработчик реестра «{}» описан неверно", hook.registry ? hook.registry : "?"));
}

void check(const es_job& job, std::set<std::string>& seen, const PluginInfo& info) {
  const auto what = fmt::format("работа «{}»", job.id ? job.id : "?");
  if (empty(job.id) || empty(job.label) || !job.run) throw std::runtime_error(what + " описана неверно");
  if (!seen.insert(what).second) throw std::runtime_error(what + " описана дважды");
  check_capability(job.capability, what, info);
}

}  // namespace

PluginTables read_tables(es_plugin& plugin, const PluginInfo& info) {
  PluginTables tables;
  const auto* declares = &plugin;
  if (!ES_HAS(es_plugin, declares, get_extension)) return tables;
  tables.routes = elements<es_route, es_plugin_routes>(plugin, ES_EXT_PLUGIN_ROUTES, 40);
  tables.hooks = elements<es_hook, es_plugin_hooks>(plugin, ES_EXT_PLUGIN_HOOKS, 24);
  tables.jobs = elements<es_job, es_plugin_jobs>(plugin, ES_EXT_PLUGIN_JOBS, 32);
  std::set<std::string> seen;
  for (const auto* route : tables.routes) check(*route, seen, info);
  for (const auto* hook : tables.hooks) check(*hook);
  for (const auto* job : tables.jobs) check(*job, seen, info);
  return tables;
}

}  // namespace eschool::plugin_host
