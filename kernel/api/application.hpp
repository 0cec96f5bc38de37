/// The life of a request, from the socket's side to the handler and back.
#pragma once

#include <atomic>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/access/roles.hpp"
#include "kernel/api/context.hpp"
#include "kernel/api/request_watch.hpp"
#include "kernel/api/upkeep/caretaker.hpp"
#include "kernel/auth/hashing_pool.hpp"
#include "kernel/auth/throttle.hpp"
#include "kernel/config/config.hpp"
#include "kernel/http/router.hpp"
#include "kernel/http/static_files.hpp"
#include "kernel/jobs/jobs.hpp"
#include "kernel/jobs/worker_pool.hpp"
#include "kernel/plugin_host/host.hpp"
#include "kernel/school/school.hpp"
#include "schema/catalogue.hpp"

namespace eschool::api {

/// What runs when a route is called: exactly one of the three is set.
struct Endpoint {
  Handler handler = nullptr;
  DetachedHandler detached = nullptr;
  const char* summary = "";  ///< for the OpenAPI description
  const plugin_host::PluginHost::Route* plugin_route = nullptr;
  const plugin_host::PluginHost::Job* plugin_job = nullptr;
  InstallationHandler installation = nullptr;  ///< needs no school: works while none can be opened
  /// Reads registries and nothing of the kernel's own: under row policies, where the database has them.
  bool guarded = false;

  /// The plugin whose route this is; empty: the kernel's own.
  std::string_view plugin() const {
    if (plugin_route) return plugin_route->plugin;
    if (plugin_job) return plugin_job->plugin;
    return {};
  }
};

class Application {
 public:
  /// Loads plugins, schemas and roles, and opens every school of the data folder. Problems of single plugins are listed
  /// (plugins().…, load_errors()) and do not stop the rest, nor does a school whose database cannot be opened (see
  /// closed_schools()). Throws when the data folder is in use by another process.
  explicit Application(config::Config);
  ~Application();

  /// Called on io threads: only queues.
  void dispatch(std::shared_ptr<const http::Request>, http::Send);

  const config::Config& config() const { return config_; }
  plugin_host::PluginHost& plugins() { return *plugins_; }
  const plugin_host::PluginHost& plugins() const { return *plugins_; }
  const schema::Catalogue& catalogue() const { return catalogue_; }
  const access::Roles& roles() const { return roles_; }
  const std::vector<schema::LoadError>& load_errors() const { return load_errors_; }
  jobs::Jobs& jobs() { return *jobs_; }
  auth::HashingPool& hashing() { return *hashing_; }
  auth::Throttle& throttle() { return *throttle_; }
  const http::Router<Endpoint>& router() const { return router_; }

  /// The only school when `id` is empty. Throws http::ProblemError when there is none or several (404), or when its
  /// database could not be opened (503).
  school::School& school(std::string_view id);
  /// The school that the request is for: by /s/<id>/ in its address, by its Host, else the only one. Cuts the prefix
  /// off `path`. Throws http::ProblemError.
  school::School& school_of(const http::Request&, std::string_view& path);
  /// The school answers under this host name from now on; "": under none of its own. Throws http::ProblemError when the
  /// name is none or another school's.
  void set_host(school::School&, const std::string& host);
  std::vector<std::string> school_ids() const;  ///< of the open ones
  /// The schools whose database could not be opened, and why.
  std::map<std::string, school::Fault> closed_schools() const;
  /// Tries them again; after a restored backup or a repaired disk the school goes on without a restart.
  void open_closed_schools();
  /// Starts the thread that looks after the schools; before the first request is taken.
  void start_caretaker();
  Caretaker* caretaker() const { return caretaker_.get(); }  ///< null in a command without a server
  void create_school(const std::string& id, const std::string& name);

  /// The one mapping from what was thrown to what is answered; logs what is a fault of ours.
  http::Reply problem_reply(std::exception_ptr);

  struct Figures {
    std::atomic<std::int64_t> requests{0}, problems{0}, busy{0};
  };
  const Figures& figures() const { return figures_; }
  /// Under which address the plugin's pages lie; empty: it has none. What is behind it changes with the address.
  std::string plugin_pages(std::string_view plugin) const {
    const auto found = plugin_pages_.find(plugin);
    return found == plugin_pages_.end() ? std::string() : found->second;
  }
  jobs::WorkerFigures workers() const { return workers_->figures(); }
  /// Once no more requests come: waits for what is under way, a plugin that does not come back as long as it may take.
  /// False: threads are lost in a plugin; this object can not be destroyed, and the process has to end without it.
  bool wait_for_workers() const;

 private:
  void handle(const std::shared_ptr<const http::Request>&, const http::Send&);
  http::Reply read(Context&, Handler);
  void run_read(const std::shared_ptr<Context>&, Handler, const http::Send&);
  void run_write(const std::shared_ptr<Context>&, Handler, const http::Send&);
  bool look_for_stuck_writer();
  void authenticate(Context&);
  void check_policy(const Context&, const http::Router<Endpoint>::Route&) const;
  void open_school(const std::string& id, bool at_start);
  void keep_closed(const std::string& id, school::Fault);  ///< holding schools_mutex_

  config::Config config_;
  std::vector<schema::LoadError> load_errors_;
  schema::Catalogue catalogue_;
  access::Roles roles_;
  std::unique_ptr<plugin_host::PluginHost> plugins_;
  mutable std::shared_mutex schools_mutex_;  ///< schools are added at run time and never taken away
  std::map<std::string, std::unique_ptr<school::School>, std::less<>> schools_;
  std::map<std::string, std::string, std::less<>> hosts_;  ///< ids by host name in lower case, without a port
  std::map<std::string, school::Fault, std::less<>> closed_;
  std::vector<plugin_host::PluginHost::Route> plugin_routes_;
  std::vector<plugin_host::PluginHost::Job> plugin_jobs_;
  http::Router<Endpoint> router_;
  http::StaticFiles web_;
  std::map<std::string, std::string, std::less<>> plugin_pages_;  ///< by plugin: the address of its files
  Figures figures_;
  std::unique_ptr<auth::Throttle> throttle_;
  std::unique_ptr<auth::HashingPool> hashing_;
  std::unique_ptr<jobs::Jobs> jobs_;
  std::unique_ptr<jobs::WorkerPool> workers_;
  std::unique_ptr<RequestWatch> watch_;
  std::unique_ptr<Caretaker> caretaker_;
};

/// Adds every route of the kernel's API (design: the contract of /api/v1).
void add_routes(http::Router<Endpoint>&);
/// Adds the routes that plugins declare, below /api/v1/<plugin>/. The routes must outlive the router.
void add_plugin_routes(http::Router<Endpoint>&, const std::vector<plugin_host::PluginHost::Route>&);
/// Adds POST /api/v1/<plugin>/jobs/<job> for the jobs that plugins declare; its body is the job's arguments, a JSON
/// object or nothing. The jobs must outlive the router.
void add_plugin_jobs(http::Router<Endpoint>&, const std::vector<plugin_host::PluginHost::Job>&);

}  // namespace eschool::api
