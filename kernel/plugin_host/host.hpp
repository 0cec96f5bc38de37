/// Finds, checks, loads and starts plugins. What fails is listed with its reason and everything else runs.
#pragma once

#include <eschool/abi.h>

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/plugin_host/call.hpp"
#include "kernel/plugin_host/crash_records.hpp"
#include "kernel/plugin_host/faults.hpp"
#include "kernel/plugin_host/plugin_info.hpp"
#include "kernel/plugin_host/trail.hpp"

namespace eschool::plugin_host {

enum class State {
  refused,      ///< a gate said no: none of its code has run
  quarantined,  ///< it brought the server down twice in a row: none of its code has run
  failed,       ///< create or start said no
  running
};
std::string_view name(State);

struct PluginStatus {
  std::string id, version, title, description;
  bool required = false;
  std::vector<std::string> requires_plugins;
  std::map<std::string, std::string> capabilities;  ///< id -> Russian label
  std::vector<PluginPage> pages;
  State state = State::refused;
  std::string code;    ///< for programs: "bad_magic"
  std::string reason;  ///< Russian: what is wrong and what to do
};

struct HostOptions {
  /// Where it is kept which plugin brought the server down; empty: nowhere.
  std::filesystem::path state;
  /// What a route or a hook may take.
  std::chrono::milliseconds call_limit{10'000};
};

class PluginHost {
  struct Loaded;
  struct Candidates;

 public:
  /// What plugins write to the administrator's log: level (ES_LOG_...), plugin, message. From any thread.
  using Log = std::function<void(std::int32_t level, std::string_view plugin, std::string_view message)>;

  /// `folder` holds one folder for each plugin: plugin.info and <id>.so. Without a log, stderr.
  explicit PluginHost(std::filesystem::path folder, Log log = {}, HostOptions options = {});
  ~PluginHost();  ///< stops in the reverse order; libraries stay loaded
  PluginHost(const PluginHost&) = delete;

  /// Finds, checks, orders, creates and starts all. Never throws for what a plugin does.
  void load_all();
  /// In the order of starting, those that do not run last.
  const std::vector<PluginStatus>& plugins() const { return statuses_; }
  const std::filesystem::path& folder() const { return folder_; }
  const PluginStatus* find(std::string_view id) const;

  // What goes wrong while the server runs. Any thread.

  /// What was noted of the plugin since the start; the crash of the process before this one first.
  std::vector<Fault> faults(std::string_view id) const;
  /// Russian: why a running plugin is not called; empty while it is.
  std::string suspension(std::string_view id) const;
  /// Of the first enabled plugin that is suspended and has a hook there: the write can not be checked.
  std::string suspended_hook(const std::set<std::string, std::less<>>& enabled, std::string_view registry,
                             std::uint32_t phase) const;
  enum class Release { nothing, resumed, at_next_start };
  /// Lifts a suspension at once, a quarantine with the next start.
  Release release(std::string_view id);
  /// Notes a fault of each plugin that keeps a thread longer than it may, once a call.
  void note_hangs();
  /// A call has taken half of its time at least: worth another look soon.
  bool somebody_stays() const;
  /// Since when the writer of a school has been kept by a plugin, if it is over the limit at all.
  std::optional<Stay> stuck_writer() const;
  /// Before the process ends itself because of it: the next start knows whose fault it was. Answers the plugin.
  std::string mark_stuck(const Stay&);
  /// The server ends as it should: crashes before were not in a row with later ones.
  void ended_well() { crashes_.forget_single(); }
  std::chrono::milliseconds call_limit() const { return options_.call_limit; }

  struct Route {
    std::string plugin;
    const es_route* route;
    Loaded* owner;
  };
  std::vector<Route> routes() const;
  struct RouteReply {
    es_status status = ES_OK;
    int http_status = 200;  ///< what the plugin said, or what its error means; the body is empty then
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
  es_status run_hooks(const std::set<std::string, std::less<>>& enabled, const es_change&, es_call&,
                      const HookSink&) const;

  struct Job {
    std::string plugin;
    const es_job* job;
    Loaded* owner;
  };
  std::vector<Job> jobs() const;
  struct JobSink {
    std::function<void(double fraction)> progress;  ///< given 0..1
    std::function<bool()> cancelled;
  };
  struct JobResult {
    es_status status = ES_OK;
    std::string json;  ///< empty when the job named no result
  };
  /// Runs a job to its end on this thread, which the es_call was made on; `call.job` is set. `arguments`: JSON.
  JobResult run_job(const Job&, es_call&, const JobSink&, std::string_view arguments) const;

 private:
  struct Hook {
    Loaded* owner;
    const es_hook* hook;
  };
  void find_plugins(Candidates&);
  bool load(Loaded&, PluginStatus&);
  bool start(Loaded&, PluginStatus&);
  void index_hooks();
  Loaded* running(std::string_view id) const;

  std::filesystem::path folder_;
  Log log_;
  HostOptions options_;
  Trail trail_;
  CrashRecords crashes_;
  std::mutex hangs_mutex_;
  std::map<std::uint32_t, std::int64_t> noted_hangs_;  ///< by the thread's slot: the call that was noted
  std::vector<PluginStatus> statuses_;
  std::vector<std::unique_ptr<Loaded>> loaded_;  ///< running ones, in the order of starting
  std::map<std::string, std::array<std::vector<Hook>, 4>, std::less<>> hooks_;  ///< by registry, then by phase
};

/// Why the plugin can not be switched off or on in a school; empty when it can. Russian.
std::string cannot_disable(const PluginHost&, std::string_view id, const std::set<std::string, std::less<>>& enabled);
std::string cannot_enable(const PluginHost&, std::string_view id, const std::set<std::string, std::less<>>& enabled);

}  // namespace eschool::plugin_host
