/// Routes that tell about the installation: plugins, jobs.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/jobs/jobs.hpp"

namespace eschool::api {

/// A plugin as GET /api/v1/plugins and `eschool plugin list --json` tell it: its state, why, and what went wrong since.
boost::json::object plugin_item(const Application&, const plugin_host::PluginStatus&, bool enabled);
http::Reply list_plugins(Context&);
http::Reply set_plugin(Context&);
/// Lifts the suspension or the quarantine of a plugin and tells what that means, in Russian. Throws http::ProblemError.
struct Released {
  bool restart_needed = false;
  std::string text;
};
Released release_plugin(Application&, std::string_view id);

void get_job(std::shared_ptr<Context>, http::Send);
void cancel_job(std::shared_ptr<Context>, http::Send);

/// Starts a job of the caller in his school, see Jobs::submit(). `send` gets 202 with the job's number once it is
/// noted, or the problem; nobody waits here.
void start_job(const Context&, http::Send, std::string kind, jobs::Jobs::Work);
/// The status of a job as JSON text, as GET /api/v1/jobs/{id} answers it.
std::string job_text(const jobs::Status&);

}  // namespace eschool::api
