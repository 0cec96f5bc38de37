/// Routes that tell about the installation: plugins, jobs.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/jobs/jobs.hpp"

namespace eschool::api {

http::Reply list_plugins(Context&);
http::Reply set_plugin(Context&);

void get_job(std::shared_ptr<Context>, http::Send);
void cancel_job(std::shared_ptr<Context>, http::Send);

/// 202 with the job's number, which Jobs::submit() answered; throws 503 when it answered nothing.
http::Reply accepted(const std::optional<std::string>& job);
/// The status of a job as JSON text, as GET /api/v1/jobs/{id} answers it.
std::string job_text(const jobs::Status&);

}  // namespace eschool::api
