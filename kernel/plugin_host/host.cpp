#include "kernel/plugin_host/host.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <map>

#include "kernel/plugin_host/plugin_info.hpp"

namespace eschool::plugin_host {

namespace fs = std::filesystem;

struct PluginHost::Loaded {
  std::string id;
  fs::path folder;
  boost::dll::shared_library library;
  const es_entry* entry = nullptr;
  es_host host{};
  es_plugin* plugin = nullptr;
  std::vector<const es_route*> routes;
  std::vector<const es_hook*> hooks;
};

namespace {

void host_log(const es_host*, std::int32_t level, es_str message) noexcept {
  static constexpr const char* names[] = {"debug", "info", "warning", "error"};
  const auto* label = level >= ES_LOG_DEBUG && level <= ES_LOG_ERROR ? names[level] : "info";
  fmt::print(stderr, "plugin [{}]: {}\n", label, view(message));
}

const void* host_get_extension(const es_host*, const char* id) noexcept { return host_extension(id); }

/// Elements of a table whose elements may have grown: by its own stride.
template <class Element, class Table>
std::vector<const Element*> elements(const Table* table, std::size_t least) {
  std::vector<const Element*> list;
  if (!table || table->stride < least) return list;
  const auto* bytes = reinterpret_cast<const std::byte*>(table->first);
  for (std::uint32_t i = 0; i < table->count; ++i) list.push_back(reinterpret_cast<const Element*>(bytes + std::size_t{i} * table->stride));
  return list;
}

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::refused: return "refused";
    case State::failed: return "failed";
    case State::running: return "running";
  }
  return "";
}

PluginHost::PluginHost(fs::path folder) : folder_(std::move(folder)) {}

PluginHost::~PluginHost() {
  for (auto loaded = loaded_.rbegin(); loaded != loaded_.rend(); ++loaded) {
    if (ES_HAS(es_plugin, (*loaded)->plugin, stop)) (*loaded)->plugin->stop((*loaded)->plugin);
    if (ES_HAS(es_plugin, (*loaded)->plugin, destroy)) (*loaded)->plugin->destroy((*loaded)->plugin);
    // Never unloaded: a thread or a pointer into the library may outlive its plugin. The handle is given up on purpose.
    new boost::dll::shared_library(std::move((*loaded)->library));
  }
}

void PluginHost::refuse(PluginStatus& status, std::string code, std::string reason) {
  status.state = State::refused;
  status.code = std::move(code);
  status.reason = std::move(reason);
}

bool PluginHost::check_and_load(Loaded& loaded, PluginStatus& status) {
  const auto file = loaded.folder / (status.id + ".so");
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0)
    return refuse(status, "no_library", fmt::format("нет файла {}: установите модуль заново", file.filename().string())), false;
  if (facts.st_mode & (S_IWGRP | S_IWOTH))
    return refuse(status, "writable", "файл модуля могут менять посторонние: уберите право записи у группы и у всех"), false;
  try {
    // Second gate: the symbol, read from the file's tables without running its initialisers.
    boost::dll::library_info info(file.string());
    const auto symbols = info.symbols();
    if (std::find(symbols.begin(), symbols.end(), ES_ENTRY_SYMBOL) == symbols.end())
      return refuse(status, "no_entry", "в файле нет es_plugin_entry: это не модуль «Электронной школы»"), false;
    loaded.library.load(file.string(), boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    loaded.entry = &loaded.library.get<const es_entry>(ES_ENTRY_SYMBOL);
  } catch (const std::exception& failure) {
    return refuse(status, "not_loadable", fmt::format("файл модуля не загружается: {}", failure.what())), false;
  }
  // Third gate: the constant entry.
  const auto& entry = *loaded.entry;
  if (entry.magic != ES_ABI_MAGIC) return refuse(status, "bad_magic", "модуль собран не для «Электронной школы»"), false;
  if (entry.abi_major != ES_ABI_MAJOR)
    return refuse(status, "abi_major", fmt::format("модуль собран для ABI {}.{}, а сервер знает {}.{}: обновите модуль",
                                                   entry.abi_major, entry.abi_minor, ES_ABI_MAJOR, ES_ABI_MINOR)), false;
  if (entry.abi_minor > ES_ABI_MINOR)
    return refuse(status, "abi_minor", fmt::format("модулю нужен сервер с ABI {}.{} или новее: обновите сервер",
                                                   entry.abi_major, entry.abi_minor)), false;
  if (entry.size < sizeof(es_entry) || !entry.create || !entry.id || !entry.version)
    return refuse(status, "bad_entry", "описание внутри модуля неполно"), false;
  if (status.id != entry.id || status.version != entry.version)
    return refuse(status, "mismatch", fmt::format("plugin.info говорит «{} {}», а сам модуль — «{} {}»", status.id,
                                                  status.version, entry.id, entry.version)), false;
  return true;
}

bool PluginHost::start(Loaded& loaded, PluginStatus& status) {
  const auto fail = [&](std::string code, std::string reason) {
    status.state = State::failed;
    status.code = std::move(code);
    status.reason = std::move(reason);
    return false;
  };
  loaded.host = {sizeof(es_host), ES_ABI_MINOR, host_get_extension, host_log};
  char error[512] = "";
  if (const auto code = loaded.entry->create(&loaded.host, &loaded.plugin, error, sizeof error); code != ES_OK)
    return fail("create_failed", fmt::format("модуль не создался: {}", *error ? error : "причина не названа"));
  if (!loaded.plugin) return fail("create_failed", "модуль не создался, хотя не сообщил об ошибке");
  if (ES_HAS(es_plugin, loaded.plugin, start))
    if (const auto code = loaded.plugin->start(loaded.plugin); code != ES_OK) {
      if (ES_HAS(es_plugin, loaded.plugin, destroy)) loaded.plugin->destroy(loaded.plugin);
      return fail("start_failed", fmt::format("модуль не запустился (код {}): подробности в журнале сервера", code));
    }
  pull_tables(loaded);
  status.state = State::running;
  return true;
}

void PluginHost::pull_tables(Loaded& loaded) {
  if (!ES_HAS(es_plugin, loaded.plugin, get_extension)) return;
  const auto extension = [&](const char* id) { return loaded.plugin->get_extension(loaded.plugin, id); };
  loaded.routes = elements<es_route>(static_cast<const es_plugin_routes*>(extension(ES_EXT_PLUGIN_ROUTES)), sizeof(es_route));
  loaded.hooks = elements<es_hook>(static_cast<const es_plugin_hooks*>(extension(ES_EXT_PLUGIN_HOOKS)), sizeof(es_hook));
}

void PluginHost::load_all() {
  struct Candidate {
    std::unique_ptr<Loaded> loaded;
    PluginStatus status;
    bool done = false;
  };
  std::map<std::string, Candidate> candidates;
  std::vector<PluginStatus> others;
  std::vector<fs::path> folders;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder_, unreadable))
    // A folder with neither a description nor a library is no plugin; with one of them it is, and is told what it lacks.
    if (entry.is_directory() &&
        (fs::exists(entry.path() / "plugin.info") || fs::exists(entry.path() / (entry.path().filename().string() + ".so"))))
      folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  for (const auto& folder : folders) {
    PluginStatus status;
    status.id = folder.filename().string();
    try {  // first gate: plugin.info
      const auto info = read_plugin_info(folder / "plugin.info");
      status.id = info.id;
      status.version = info.version;
      status.title = info.label;
      status.description = info.description;
      status.required = info.required;
      status.requires_plugins = info.requires_plugins;
      if (candidates.contains(info.id)) {
        refuse(status, "duplicate", fmt::format("модуль с именем «{}» уже есть в папке {}", info.id,
                                                candidates[info.id].loaded->folder.filename().string()));
        others.push_back(status);
        continue;
      }
      if (info.abi_major != ES_ABI_MAJOR || info.abi_minor > ES_ABI_MINOR) {
        refuse(status, "abi", fmt::format("plugin.info требует ABI {}.{}, а сервер знает {}.{}", info.abi_major,
                                          info.abi_minor, ES_ABI_MAJOR, ES_ABI_MINOR));
        others.push_back(status);
        continue;
      }
    } catch (const std::runtime_error& failure) {
      refuse(status, "bad_info", failure.what());
      others.push_back(status);
      continue;
    }
    auto& candidate = candidates[status.id];
    candidate.status = status;
    candidate.loaded = std::make_unique<Loaded>();
    candidate.loaded->id = status.id;
    candidate.loaded->folder = folder;
  }

  // Depth first over what each requires; the path walked names a cycle.
  std::vector<std::string> path;
  const std::function<bool(const std::string&)> bring = [&](const std::string& id) {
    auto& candidate = candidates.at(id);
    if (candidate.done) return candidate.status.state == State::running;
    if (const auto seen = std::find(path.begin(), path.end(), id); seen != path.end()) {
      std::string cycle;
      for (auto at = seen; at != path.end(); ++at) cycle += *at + " → ";
      refuse(candidate.status, "cycle", "циклическая зависимость: " + cycle + id);
      return false;
    }
    path.push_back(id);
    bool ready = true;
    for (const auto& needed : candidate.status.requires_plugins) {
      if (!candidates.contains(needed)) {
        refuse(candidate.status, "missing", fmt::format("нужен модуль «{}», а его нет: установите его", needed));
        ready = false;
        break;
      }
      if (!bring(needed)) {
        if (candidate.status.reason.empty())
          refuse(candidate.status, "requirement", fmt::format("нужен модуль «{}», а он не работает: {}", needed,
                                                              candidates.at(needed).status.reason));
        ready = false;
        break;
      }
    }
    path.pop_back();
    candidate.done = true;
    if (ready && check_and_load(*candidate.loaded, candidate.status) && start(*candidate.loaded, candidate.status)) {
      statuses_.push_back(candidate.status);
      loaded_.push_back(std::move(candidate.loaded));
      return true;
    }
    others.push_back(candidate.status);
    return false;
  };
  for (const auto& [id, candidate] : candidates) bring(id);
  statuses_.insert(statuses_.end(), others.begin(), others.end());
}

const PluginStatus* PluginHost::find(std::string_view id) const {
  for (const auto& status : statuses_)
    if (status.id == id) return &status;
  return nullptr;
}

std::vector<PluginHost::Route> PluginHost::routes() const {
  std::vector<Route> routes;
  for (const auto& loaded : loaded_)
    for (const auto* route : loaded->routes) routes.push_back({loaded->id, route});
  return routes;
}

PluginHost::RouteReply PluginHost::call_route(const Route& route, es_call& call, const es_request& request) const {
  RouteReply result;
  const auto owner = std::find_if(loaded_.begin(), loaded_.end(), [&](const auto& loaded) { return loaded->id == route.plugin; });
  if (owner == loaded_.end()) return result.status = ES_INTERNAL, result;
  struct Sink {
    RouteReply& reply;
    bool headed = false;
  } sink{result};
  const es_reply reply{sizeof(es_reply), 0, &sink,
                       [](void* to, std::uint16_t status, es_str mime) noexcept -> es_status {
                         auto& inner = *static_cast<Sink*>(to);
                         if (inner.headed) return ES_INVALID;
                         inner.headed = true;
                         inner.reply.http_status = status;
                         if (mime.len) inner.reply.mime = view(mime);
                         return ES_OK;
                       },
                       [](void* to, const void* bytes, std::size_t count) noexcept -> es_status {
                         try {
                           static_cast<Sink*>(to)->reply.body.append(static_cast<const char*>(bytes), count);
                           return ES_OK;
                         } catch (const std::bad_alloc&) {
                           return ES_INTERNAL;
                         }
                       }};
  result.status = route.route->handle((*owner)->plugin, &call, &request, &reply);
  if (!sink.headed && result.body.empty()) result.http_status = 204;
  return result;
}

bool PluginHost::has_hooks(std::string_view registry, std::uint32_t phase) const {
  for (const auto& loaded : loaded_)
    for (const auto* hook : loaded->hooks)
      if (hook->phase == phase && registry == hook->registry) return true;
  return false;
}

es_status PluginHost::run_hooks(const std::set<std::string, std::less<>>& enabled, const es_change& change, es_call& call,
                                const HookSink& hook_sink) const {
  struct Target {
    const HookSink& sink;
    std::uint32_t phase;
  } target{hook_sink, change.phase};
  const es_hook_out out{sizeof(es_hook_out), 0, &target,
                        [](void* to, es_str field, const es_value* value) noexcept -> es_status {
                          auto& inner = *static_cast<Target*>(to);
                          try {
                            return inner.phase == ES_HOOK_DERIVE && inner.sink.set(view(field), *value) ? ES_OK : ES_INVALID;
                          } catch (...) {
                            return ES_INTERNAL;
                          }
                        },
                        [](void* to, es_str field, es_str code, es_str message) noexcept -> es_status {
                          auto& inner = *static_cast<Target*>(to);
                          if (inner.phase == ES_HOOK_AFTER) return ES_INVALID;
                          try {
                            inner.sink.reject(view(field), view(code), view(message));
                            return ES_OK;
                          } catch (...) {
                            return ES_INTERNAL;
                          }
                        },
                        [](void* to, es_str message) noexcept -> es_status {
                          try {
                            static_cast<Target*>(to)->sink.warn(view(message));
                            return ES_OK;
                          } catch (...) {
                            return ES_INTERNAL;
                          }
                        }};
  for (const auto& loaded : loaded_) {
    if (!enabled.contains(loaded->id)) continue;
    for (const auto* hook : loaded->hooks)
      if (hook->phase == change.phase && view(change.registry) == hook->registry)
        if (const auto status = hook->run(loaded->plugin, &call, &change, &out); status != ES_OK) return status;
  }
  return ES_OK;
}

std::string cannot_disable(const PluginHost& host, std::string_view id, const std::set<std::string, std::less<>>& enabled) {
  const auto* plugin = host.find(id);
  if (!plugin) return "такого модуля нет";
  if (plugin->required) return "модуль обязателен: на его реестры ссылаются другие";
  for (const auto& other : host.plugins())
    if (enabled.contains(other.id) &&
        std::find(other.requires_plugins.begin(), other.requires_plugins.end(), id) != other.requires_plugins.end())
      return fmt::format("сначала выключите модуль «{}»: он пользуется этим", other.title);
  return {};
}

std::string cannot_enable(const PluginHost& host, std::string_view id, const std::set<std::string, std::less<>>& enabled) {
  const auto* plugin = host.find(id);
  if (!plugin) return "такого модуля нет";
  if (plugin->state != State::running) return "модуль не работает: " + plugin->reason;
  for (const auto& needed : plugin->requires_plugins)
    if (!enabled.contains(needed)) return fmt::format("сначала включите модуль «{}»: без него этот не работает", needed);
  return {};
}

}  // namespace eschool::plugin_host
