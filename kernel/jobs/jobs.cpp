#include "kernel/jobs/jobs.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <exception>

#include "kernel/http/problem.hpp"

namespace eschool::jobs {

namespace {
constexpr std::size_t kept = 200;

/// Not guessable, though only its owner may ask: an identifier should not tell how many jobs there were.
std::string new_id() {
  unsigned char bytes[12];
  randombytes_buf(bytes, sizeof bytes);
  std::string id;
  for (const auto byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}
}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::queued:
      return "queued";
    case State::running:
      return "running";
    case State::done:
      return "done";
    case State::failed:
      return "failed";
    case State::cancelled:
      return "cancelled";
  }
  return "";
}

Jobs::~Jobs() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, job] : jobs_) job->control.cancelled_ = true;
}

std::optional<std::string> Jobs::submit(const std::string& school, std::string kind, std::int64_t account, Work work) {
  auto job = std::make_shared<Job>();
  job->status.id = new_id();
  job->status.school = school;
  job->status.kind = std::move(kind);
  job->status.account = account;
  const auto id = job->status.id;
  {
    const std::lock_guard lock(mutex_);
    jobs_[id] = job;
  }
  const bool taken = pool_.submit([this, job, work = std::move(work)] {
    if (job->control.cancelled()) return finish(*job, State::cancelled, {}, {});
    {
      const std::lock_guard lock(mutex_);
      job->status.state = State::running;
    }
    try {
      finish(*job, State::done, work(job->control), {});
    } catch (const Cancelled&) {
      finish(*job, State::cancelled, {}, {});
    } catch (const http::ProblemError& error) {
      finish(*job, State::failed, {}, http::to_reply(error.problem).body);
    } catch (const std::exception& error) {
      fmt::print(stderr, "job {} ({}) failed: {}\n", job->status.id, job->status.kind, error.what());
      http::Problem problem{500,
                            "internal",
                            "Внутренняя ошибка",
                            "Работа не выполнена и ничего не изменила; подробности в журнале сервера.",
                            {},
                            {}};
      finish(*job, State::failed, {}, http::to_reply(problem).body);
    }
  });
  if (taken) return id;
  const std::lock_guard lock(mutex_);
  jobs_.erase(id);
  return {};
}

void Jobs::finish(Job& job, State state, std::string result, std::string problem) {
  {
    const std::lock_guard lock(mutex_);
    job.status.state = state;
    job.status.result = std::move(result);
    job.status.problem = std::move(problem);
    finished_.push_back(job.status.id);
    while (finished_.size() > kept) {
      jobs_.erase(finished_.front());
      finished_.pop_front();
    }
  }
  changed_.notify_all();
}

std::optional<Status> Jobs::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return {};
  auto status = found->second->status;
  status.progress = status.state == State::done ? 1 : found->second->control.progress_.load();
  return status;
}

bool Jobs::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->status.state > State::running) return false;
  found->second->control.cancelled_ = true;
  return true;
}

Status Jobs::wait(std::string_view id) {
  std::unique_lock lock(mutex_);
  const auto job = jobs_.at(std::string(id));
  changed_.wait(lock, [&] { return job->status.state > State::running; });
  return job->status;
}

}  // namespace eschool::jobs
