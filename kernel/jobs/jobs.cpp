#include "kernel/jobs/jobs.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <chrono>
#include <exception>

#include "kernel/http/problem.hpp"

namespace eschool::jobs {

namespace {
constexpr std::size_t kept = 200;
// Others take a job for lost that is not told of for much longer than this: see kernel/api/upkeep/school_jobs.cpp.
constexpr std::chrono::seconds heartbeat{2};

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

Jobs::Jobs(int threads, std::unique_ptr<Journal> journal) : journal_(std::move(journal)), pool_(threads, 64) {
  if (journal_) heart_ = std::thread([this] { beat(); });
}

Jobs::~Jobs() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, job] : jobs_) job->control.cancelled_ = true;
  }
  changed_.notify_all();
  if (heart_.joinable()) heart_.join();
}

Status Jobs::status_of(const Job& job) {
  auto status = job.status;
  status.progress = status.state == State::done ? 1 : job.control.progress_.load();
  return status;
}

void Jobs::note(const Status& status) {
  if (journal_ && !status.school.empty()) journal_->note(status);
}

void Jobs::beat() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, heartbeat, [this] { return stopping_; })) {
    std::vector<Status> under_way_here;
    for (const auto& [id, job] : jobs_)
      if (under_way(job->status.state) && !job->status.school.empty()) under_way_here.push_back(status_of(*job));
    if (under_way_here.empty()) continue;
    lock.unlock();
    const auto unwanted = journal_->beat(under_way_here);
    for (const auto& id : unwanted) cancel(id);
    lock.lock();
  }
}

std::optional<std::string> Jobs::submit(const std::string& school, std::string kind, std::int64_t account, Work work) {
  auto job = std::make_shared<Job>();
  job->status.id = new_id();
  job->status.school = school;
  job->status.kind = std::move(kind);
  job->status.account = account;
  const auto id = job->status.id;
  const bool journaled = journal_ && !school.empty();
  if (journaled) journal_->begin(job->status);
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
    note(status_of(*job));
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
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(id);
  }
  job->status.state = State::cancelled;
  note(job->status);
  return {};
}

void Jobs::finish(Job& job, State state, std::string result, std::string problem) {
  Status status;
  {
    const std::lock_guard lock(mutex_);
    job.status.state = state;
    job.status.result = std::move(result);
    job.status.problem = std::move(problem);
    status = status_of(job);
    finished_.push_back(job.status.id);
    while (finished_.size() > kept) {
      jobs_.erase(finished_.front());
      finished_.pop_front();
    }
  }
  note(status);
  changed_.notify_all();
}

std::optional<Status> Jobs::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return {};
  return status_of(*found->second);
}

std::optional<Status> Jobs::find(const std::string& school, std::string_view id) const {
  if (auto status = find(id)) return status->school == school ? status : std::nullopt;
  return journal_ ? journal_->find(school, id) : std::nullopt;
}

bool Jobs::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || !under_way(found->second->status.state)) return false;
  found->second->control.cancelled_ = true;
  return true;
}

void Jobs::cancel(const std::string& school, std::string_view id) {
  if (!find(id)) {
    if (journal_) journal_->ask_to_cancel(school, id);
  } else {
    cancel(id);
  }
}

Status Jobs::wait(std::string_view id) {
  std::unique_lock lock(mutex_);
  const auto job = jobs_.at(std::string(id));
  changed_.wait(lock, [&] { return !under_way(job->status.state); });
  return job->status;
}

}  // namespace eschool::jobs
