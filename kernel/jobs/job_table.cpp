#include "kernel/jobs/job_table.hpp"

namespace eschool::jobs {

namespace {

constexpr std::int64_t kept_seconds = 24 * 3600;

State state_of(std::string_view text) {
  for (const auto state : {State::queued, State::running, State::done, State::cancelled})
    if (name(state) == text) return state;
  return State::failed;
}

}  // namespace

void create_tables(storage::Session& session) {
  session.define(R"(CREATE TABLE IF NOT EXISTS es_job (
    id {text} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    account {integer} NOT NULL,
    state {text} NOT NULL,
    progress {real} NOT NULL,
    result {text} NOT NULL,
    problem {text} NOT NULL,
    created_at {integer} NOT NULL,
    seen_at {integer} NOT NULL,
    cancel {integer} NOT NULL DEFAULT 0) {strict})");
}

void insert_job(storage::Session& session, const Status& status, std::int64_t now) {
  session.execute("DELETE FROM es_job WHERE created_at < ?", {now - kept_seconds});
  session.execute(
      "INSERT INTO es_job (id, kind, account, state, progress, result, problem, created_at, seen_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {status.id, status.kind, status.account, std::string(name(status.state)), status.progress, status.result,
       status.problem, now, now});
}

void update_job(storage::Session& session, const Status& status, std::int64_t now) {
  session.execute("UPDATE es_job SET state = ?, progress = ?, result = ?, problem = ?, seen_at = ? WHERE id = ?",
                  {std::string(name(status.state)), status.progress, status.result, status.problem, now, status.id});
}

void touch_job(storage::Session& session, const Status& status, std::int64_t now) {
  session.execute(
      "UPDATE es_job SET state = ?, progress = ?, seen_at = ? WHERE id = ? AND state IN ('queued', 'running')",
      {std::string(name(status.state)), status.progress, now, status.id});
}

std::vector<std::string> to_cancel(storage::Session& session, std::span<const Status> jobs) {
  std::vector<std::string> ids;
  for (const auto& job : jobs)
    if (session.integer("SELECT cancel FROM es_job WHERE id = ?", {job.id}) != 0) ids.push_back(job.id);
  return ids;
}

void ask_to_cancel(storage::Session& session, std::string_view id) {
  session.execute("UPDATE es_job SET cancel = 1 WHERE id = ?", {std::string(id)});
}

std::optional<KeptJob> find_job(storage::Session& session, std::string_view id) {
  auto row =
      session.prepare("SELECT kind, account, state, progress, result, problem, seen_at FROM es_job WHERE id = ?");
  row.bind(1, id);
  if (!row.step()) return {};
  KeptJob job;
  job.status.id = id;
  job.status.kind = row.text(0);
  job.status.account = row.integer(1);
  job.status.state = state_of(row.text(2));
  job.status.progress = row.real(3);
  job.status.result = row.text(4);
  job.status.problem = row.text(5);
  job.seen = row.integer(6);
  return job;
}

}  // namespace eschool::jobs
