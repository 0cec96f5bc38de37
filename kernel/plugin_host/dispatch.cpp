// From the server into a plugin: routes, hooks, jobs. A fault of a plugin ends the one call.
#include <algorithm>
#include <cmath>

#include "kernel/plugin_host/host.hpp"
#include "kernel/plugin_host/loaded.hpp"

namespace eschool::plugin_host {
namespace {

constexpr std::size_t largest_reply = 64 * 1024 * 1024;

/// A host callback that a plugin calls: no exception may come out of it.
template <class Action>
es_status quiet(Action action) noexcept {
  try {
    return action();
  } catch (...) {
    return ES_INTERNAL;
  }
}

/// A call that is too late already stays so.
void start_clock(es_call& call, std::chrono::milliseconds limit) {
  const auto now = std::chrono::steady_clock::now();
  if (call.deadline > now) call.deadline = now + limit;
}

/// Runs a function of the plugin with its place noted, and blames it for ES_INTERNAL unless the server failed it.
template <class Function>
es_status watched(HostSide& host, Place place, es_call& call, Function function) {
  const Trail::Step step(*host.trail, host.number, place, call.writable);
  call.faults = &host.faults;
  const auto status = function();
  if (status == ES_INTERNAL && !call.host_fault) host.faults.note(FaultKind::exception, step.said);
  return status;
}

int http_status_of(es_status status) {
  switch (status) {
    case ES_NOT_FOUND:
      return 404;
    case ES_DENIED:
      return 403;
    case ES_INVALID:
      return 422;
    case ES_CONFLICT:
      return 409;
    case ES_BUSY:
      return 503;
    case ES_UNSUPPORTED:
      return 501;
    default:
      return 500;
  }
}

struct ReplySink {
  PluginHost::RouteReply& reply;
  bool headed = false;

  static es_status head(void* to, std::uint16_t status, es_str mime) noexcept {
    return quiet([&]() -> es_status {
      auto& self = *static_cast<ReplySink*>(to);
      if (self.headed || !self.reply.body.empty() || status < 200 || status > 599) return ES_INVALID;
      self.headed = true;
      self.reply.http_status = status;
      if (mime.len != 0) self.reply.mime = view(mime);
      return ES_OK;
    });
  }
  static es_status append(void* to, const void* bytes, std::size_t count) noexcept {
    return quiet([&]() -> es_status {
      auto& body = static_cast<ReplySink*>(to)->reply.body;
      if (count > largest_reply - body.size()) return ES_INVALID;
      if (count != 0) body.append(static_cast<const char*>(bytes), count);
      return ES_OK;
    });
  }
};

struct ChangeSink {
  const PluginHost::HookSink& sink;
  std::uint32_t phase;

  static es_status set(void* to, es_str field, const es_value* value) noexcept {
    return quiet([&]() -> es_status {
      auto& self = *static_cast<ChangeSink*>(to);
      return self.phase == ES_HOOK_DERIVE && value && self.sink.set(view(field), *value) ? ES_OK : ES_INVALID;
    });
  }
  static es_status reject(void* to, es_str field, es_str code, es_str message) noexcept {
    return quiet([&]() -> es_status {
      auto& self = *static_cast<ChangeSink*>(to);
      if (self.phase == ES_HOOK_AFTER) return ES_INVALID;
      self.sink.reject(view(field), view(code), view(message));
      return ES_OK;
    });
  }
  static es_status warn(void* to, es_str message) noexcept {
    return quiet([&]() -> es_status {
      static_cast<ChangeSink*>(to)->sink.warn(view(message));
      return ES_OK;
    });
  }
};

struct ControlSink {
  const PluginHost::JobSink& sink;
  std::string& json;

  static void progress(void* to, double fraction) noexcept {
    quiet([&]() -> es_status {
      if (std::isfinite(fraction)) static_cast<ControlSink*>(to)->sink.progress(std::clamp(fraction, 0.0, 1.0));
      return ES_OK;
    });
  }
  static std::uint32_t cancelled(void* to) noexcept {
    bool yes = false;
    quiet([&]() -> es_status {
      yes = static_cast<ControlSink*>(to)->sink.cancelled();
      return ES_OK;
    });
    return yes ? 1 : 0;
  }
  static es_status result(void* to, es_str text) noexcept {
    return quiet([&]() -> es_status {
      static_cast<ControlSink*>(to)->json = view(text);
      return ES_OK;
    });
  }
};

}  // namespace

std::vector<PluginHost::Route> PluginHost::routes() const {
  std::vector<Route> routes;
  for (const auto& loaded : loaded_)
    for (const auto* route : loaded->tables.routes) routes.push_back({loaded->info.id, route, loaded.get()});
  return routes;
}

PluginHost::RouteReply PluginHost::call_route(const Route& route, es_call& call, const es_request& request) const {
  RouteReply result;
  ReplySink sink{result};
  const es_reply reply{sizeof(es_reply), 0, &sink, &ReplySink::head, &ReplySink::append};
  start_clock(call, options_.call_limit);
  result.status = watched(route.owner->host, Place::route, call, [&] {
    return shielded(route.owner->host, route.route->handle, route.owner->plugin, &call, &request, &reply);
  });
  if (result.status != ES_OK) {
    result.http_status = http_status_of(result.status);
    result.body.clear();
  } else if (!sink.headed && result.body.empty()) {
    result.http_status = 204;
  }
  return result;
}

void PluginHost::index_hooks() {
  for (const auto& loaded : loaded_)
    for (const auto* hook : loaded->tables.hooks) hooks_[hook->registry][hook->phase].push_back({loaded.get(), hook});
}

bool PluginHost::has_hooks(std::string_view registry, std::uint32_t phase) const {
  const auto found = hooks_.find(registry);
  return found != hooks_.end() && phase < found->second.size() && !found->second[phase].empty();
}

es_status PluginHost::run_hooks(const std::set<std::string, std::less<>>& enabled, const es_change& change,
                                es_call& call, const HookSink& hook_sink) const {
  const auto found = hooks_.find(view(change.registry));
  if (found == hooks_.end() || change.phase >= found->second.size()) return ES_OK;
  ChangeSink sink{hook_sink, change.phase};
  const es_hook_out out{sizeof(es_hook_out), 0, &sink, &ChangeSink::set, &ChangeSink::reject, &ChangeSink::warn};
  for (const auto& [owner, hook] : found->second[change.phase]) {
    if (!enabled.contains(owner->info.id)) continue;
    start_clock(call, options_.call_limit);
    const auto status = watched(owner->host, Place::hook, call, [&, plugin = owner, run = hook->run] {
      return shielded(plugin->host, run, plugin->plugin, &call, &change, &out);
    });
    if (status != ES_OK) return status;
  }
  return ES_OK;
}

std::vector<PluginHost::Job> PluginHost::jobs() const {
  std::vector<Job> jobs;
  for (const auto& loaded : loaded_)
    for (const auto* job : loaded->tables.jobs) jobs.push_back({loaded->info.id, job, loaded.get()});
  return jobs;
}

PluginHost::JobResult PluginHost::run_job(const Job& job, es_call& call, const JobSink& job_sink,
                                          std::string_view arguments) const {
  JobResult result;
  call.job = true;
  ControlSink sink{job_sink, result.json};
  const es_job_control control{sizeof(es_job_control), 0, &sink, &ControlSink::progress, &ControlSink::cancelled,
                               &ControlSink::result};
  result.status = watched(job.owner->host, Place::job, call, [&] {
    return shielded(job.owner->host, job.job->run, job.owner->plugin, &call, &control, span(arguments));
  });
  if (result.status != ES_OK) result.json.clear();
  return result;
}

}  // namespace eschool::plugin_host
