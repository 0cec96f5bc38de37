#include "kernel/plugin_host/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "kernel/plugin_host/gates.hpp"
#include "kernel/plugin_host/loaded.hpp"

namespace eschool::plugin_host {

namespace fs = std::filesystem;

namespace {

void log_to_stderr(std::int32_t level, std::string_view plugin, std::string_view message) {
  static constexpr const char* names[] = {"debug", "info", "warning", "error"};
  const auto* label = level >= ES_LOG_DEBUG && level <= ES_LOG_ERROR ? names[level] : "info";
  fmt::print(stderr, "plugin {} [{}]: {}\n", plugin, label, message);
}

void host_log(const es_host* host, std::int32_t level, es_str message) noexcept {
  auto& side = *const_cast<HostSide*>(reinterpret_cast<const HostSide*>(host));
  try {
    if (level == ES_LOG_ERROR) {
      if (auto* step = Trail::Step::current(); step && step->plugin() == side.number) step->said = view(message);
      const std::lock_guard lock(side.mutex);
      side.last_error = view(message);
    }
    (*side.log)(level, side.plugin, view(message));
  } catch (...) {
    std::fputs("plugin: a log message was lost\n", stderr);
  }
}

const void* host_get_extension(const es_host*, const char* id) noexcept { return id ? host_extension(id) : nullptr; }

bool stop_with(PluginStatus& status, State state, std::string code, std::string reason) {
  status.state = state;
  status.code = std::move(code);
  status.reason = std::move(reason);
  return false;
}

bool refuse(PluginStatus& status, std::string code, std::string reason) {
  return stop_with(status, State::refused, std::move(code), std::move(reason));
}

bool fail(PluginStatus& status, std::string code, std::string reason) {
  return stop_with(status, State::failed, std::move(code), std::move(reason));
}

/// What the plugin said for the administrator, or that it said nothing.
std::string said(HostSide& host) {
  const std::lock_guard lock(host.mutex);
  return host.last_error.empty() ? "причина не названа" : host.last_error;
}

void destroy(HostSide& host, es_plugin*& plugin) {
  if (ES_HAS(es_plugin, plugin, destroy)) shielded(host, plugin->destroy, plugin);
  plugin = nullptr;
}

}  // namespace

/// Plugins by id on their way up, and those that are refused without having one of their own.
struct PluginHost::Candidates {
  struct Candidate {
    std::unique_ptr<Loaded> loaded;
    PluginStatus status;
    bool done = false;
  };
  std::map<std::string, Candidate> by_id;
  std::vector<PluginStatus> others;
};

std::string_view name(State state) {
  switch (state) {
    case State::refused:
      return "refused";
    case State::quarantined:
      return "quarantined";
    case State::failed:
      return "failed";
    case State::running:
      return "running";
  }
  return "";
}

PluginHost::PluginHost(fs::path folder, Log log, HostOptions options)
    : folder_(std::move(folder)),
      log_(log ? std::move(log) : log_to_stderr),
      options_(std::move(options)),
      trail_(options_.state.empty() ? fs::path() : options_.state / "plugin-calls"),
      crashes_(options_.state.empty() ? fs::path() : options_.state / "plugin-crashes.info") {
  if (const auto& crash = trail_.previous()) {
    log_(ES_LOG_ERROR, crash->plugin, fmt::format("the server ended inside of it: {}", crash->describe()));
    crashes_.add(crash->plugin, crash->describe());
  }
}

PluginHost::~PluginHost() {
  for (auto loaded = loaded_.rbegin(); loaded != loaded_.rend(); ++loaded) {
    auto& [info, folder, host, entry, plugin, tables] = **loaded;
    const Trail::Step step(trail_, host.number, Place::stop);
    if (ES_HAS(es_plugin, plugin, stop)) shielded(host, plugin->stop, plugin);
    destroy(host, plugin);
  }
}

/// The first gate: plugin.info, of every folder.
void PluginHost::find_plugins(Candidates& candidates) {
  std::vector<fs::path> folders;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder_, unreadable))
    // A folder with neither a description nor a library is no plugin; with one of them it is, and is told what it
    // lacks.
    if (entry.is_directory() && (fs::exists(entry.path() / "plugin.info") ||
                                 fs::exists(entry.path() / (entry.path().filename().string() + ".so"))))
      folders.push_back(entry.path());
  if (unreadable) log_(ES_LOG_ERROR, "", fmt::format("папка модулей {} не читается", folder_.string()));
  std::sort(folders.begin(), folders.end());
  for (const auto& folder : folders) {
    PluginStatus status;
    status.id = folder.filename().string();
    auto loaded = std::make_unique<Loaded>();
    loaded->folder = folder;
    try {
      loaded->info = read_plugin_info(folder / "plugin.info");
    } catch (const std::runtime_error& failure) {
      refuse(status, "bad_info", failure.what());
      candidates.others.push_back(status);
      continue;
    }
    const auto& info = loaded->info;
    status.id = info.id;
    status.version = info.version;
    status.title = info.label;
    status.description = info.description;
    status.required = info.required;
    status.requires_plugins = info.requires_plugins;
    status.capabilities = info.capabilities;
    status.pages = info.pages;
    if (info.abi_major != ES_ABI_MAJOR || info.abi_minor > ES_ABI_MINOR)
      refuse(status, "abi",
             fmt::format("plugin.info требует ABI {}.{}, а сервер знает {}.{}: нужна другая версия модуля или сервера",
                         info.abi_major, info.abi_minor, ES_ABI_MAJOR, ES_ABI_MINOR));
    auto& candidate = candidates.by_id[info.id];
    if (candidate.loaded) {
      // Of two copies the one whose folder is named as the plugin is the real one; the other is somebody's backup.
      if (folder.filename() == info.id) {
        std::swap(candidate.loaded, loaded);
        std::swap(candidate.status, status);
      }
      refuse(status, "duplicate",
             fmt::format("модуль «{}» лежит и в папке {}, и в папке {}: уберите одну из них, вторая не загружена",
                         status.id, candidate.loaded->folder.filename().string(), loaded->folder.filename().string()));
      candidates.others.push_back(status);
      continue;
    }
    candidate.done = !status.reason.empty();
    candidate.status = std::move(status);
    candidate.loaded = std::move(loaded);
  }
}

/// The other gates; the library is loaded between the second and the third.
bool PluginHost::load(Loaded& loaded, PluginStatus& status) {
  if (const auto record = crashes_.find(loaded.info.id); record && record->quarantined())
    return stop_with(
        status, State::quarantined, "quarantined",
        fmt::format("модуль на карантине: сервер аварийно завершился из-за него {} раза подряд, последний раз "
                    "{}; обновите модуль и выполните «eschool plugin release {}»",
                    record->crashes, record->what, loaded.info.id));
  auto& host = loaded.host;
  host.trail = &trail_;
  host.number = trail_.add(loaded.info.id);
  const auto library = loaded.folder / (loaded.info.id + ".so");
  auto refusal = check_files(loaded.folder, loaded.info.id);
  if (!refusal) refusal = check_symbol(library);
  if (!refusal) {
    try {
      const Trail::Step step(trail_, host.number, Place::load);  // its initialisers run
      loaded.entry = &load_entry(library);
      refusal = check_entry(*loaded.entry, loaded.info);
    } catch (const std::exception& failure) {
      refusal = Refusal{"not_loadable", fmt::format("файл модуля не загружается: {}", failure.what())};
    }
  }
  return refusal ? refuse(status, refusal->code, refusal->reason) : true;
}

bool PluginHost::start(Loaded& loaded, PluginStatus& status) {
  auto& host = loaded.host;
  host.abi = {sizeof(es_host), ES_ABI_MINOR, host_get_extension, host_log};
  host.log = &log_;
  host.plugin = loaded.info.id;
  if (loaded.info.required) host.faults.set_required();
  if (const auto record = crashes_.find(loaded.info.id)) host.faults.note(FaultKind::crash, record->what);
  const Trail::Step step(trail_, host.number, Place::start);
  char error[512] = "";
  if (shielded(host, loaded.entry->create, &host.abi, &loaded.plugin, error, sizeof error) != ES_OK) {
    loaded.plugin = nullptr;
    error[sizeof error - 1] = '\0';
    return fail(status, "create_failed", fmt::format("модуль не создался: {}", *error ? error : said(host)));
  }
  if (!loaded.plugin)
    return fail(status, "create_failed", "модуль не создался, хотя не сообщил об ошибке: обновите его");
  if (ES_HAS(es_plugin, loaded.plugin, start) && shielded(host, loaded.plugin->start, loaded.plugin) != ES_OK) {
    destroy(host, loaded.plugin);
    return fail(status, "start_failed", fmt::format("модуль не запустился: {}", said(host)));
  }
  try {
    loaded.tables = read_tables(*loaded.plugin, loaded.info);
  } catch (const std::exception& failure) {
    if (ES_HAS(es_plugin, loaded.plugin, stop)) shielded(host, loaded.plugin->stop, loaded.plugin);
    destroy(host, loaded.plugin);
    return fail(status, "bad_tables", fmt::format("модуль описывает себя неверно: {}; обновите его", failure.what()));
  }
  status.state = State::running;
  return true;
}

void PluginHost::load_all() {
  Candidates candidates;
  find_plugins(candidates);

  // Depth first over what each requires; the path walked names a cycle.
  std::vector<std::string> path;
  const std::function<bool(const std::string&)> bring = [&](const std::string& id) {
    auto& candidate = candidates.by_id.at(id);
    if (candidate.done) return candidate.status.state == State::running;
    if (const auto first = std::find(path.begin(), path.end(), id); first != path.end()) {
      std::string cycle;
      for (auto at = first; at != path.end(); ++at) cycle += *at + " → ";
      for (auto at = first; at != path.end(); ++at)
        refuse(candidates.by_id.at(*at).status, "cycle",
               fmt::format("циклическая зависимость: {}{}; уберите одну из них в plugin.info", cycle, id));
      return false;
    }
    path.push_back(id);
    for (const auto& needed : candidate.status.requires_plugins) {
      const auto other = candidates.by_id.find(needed);
      if (other == candidates.by_id.end()) {
        refuse(candidate.status, "missing", fmt::format("нужен модуль «{}», а его нет: установите его", needed));
        break;
      }
      const auto least = candidate.loaded->info.least_versions.find(needed);
      if (least != candidate.loaded->info.least_versions.end() &&
          !not_older(other->second.status.version, least->second)) {
        refuse(candidate.status, "old_requirement",
               fmt::format("нужен модуль «{}» версии {} или новее, а установлена {}: обновите его", needed,
                           least->second, other->second.status.version));
        break;
      }
      if (bring(needed)) continue;
      if (candidate.status.reason.empty())
        refuse(candidate.status, "requirement",
               fmt::format("нужен модуль «{}», а он не работает: {}", needed, other->second.status.reason));
      break;
    }
    path.pop_back();
    candidate.done = true;
    if (!candidate.status.reason.empty() || !load(*candidate.loaded, candidate.status) ||
        !start(*candidate.loaded, candidate.status))
      return false;
    statuses_.push_back(candidate.status);
    loaded_.push_back(std::move(candidate.loaded));
    return true;
  };
  for (auto& [id, candidate] : candidates.by_id) bring(id);
  for (auto& [id, candidate] : candidates.by_id)
    if (candidate.status.state != State::running) candidates.others.push_back(candidate.status);
  std::stable_sort(candidates.others.begin(), candidates.others.end(),
                   [](const auto& a, const auto& b) { return a.id < b.id; });
  statuses_.insert(statuses_.end(), candidates.others.begin(), candidates.others.end());
  index_hooks();
}

const PluginStatus* PluginHost::find(std::string_view id) const {
  for (const auto& status : statuses_)
    if (status.id == id) return &status;
  return nullptr;
}

}  // namespace eschool::plugin_host
