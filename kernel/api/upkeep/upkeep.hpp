/// What the school's IT looks after in a browser: backups and their drill, jobs, the state of the server.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/backups: {scheduled, items: [{name, bytes, kept}], last_error}, newest first.
http::Reply list_backups(Context&);
/// POST /api/v1/backups: a job that takes one now. 409 without a folder for them.
void take_backup(std::shared_ptr<Context>, http::Send);
/// POST /api/v1/backups/drill {name?}: a job that brings the backup back in a process of its own and tells what is in
/// it: {ok, seconds, rows, history, registries, report}. Without a name the newest.
void drill_backup(std::shared_ptr<Context>, http::Send);
/// GET /api/v1/jobs: {items: [{id, kind, by, state, progress, created_at}]}, of the last day, newest first, without
/// what came out of them.
http::Reply list_jobs(Context&);
/// GET /api/v1/system: {version, engine, memory, database_bytes, free_bytes, status, remarks, …}.
http::Reply system_state(Context&);

}  // namespace eschool::api
