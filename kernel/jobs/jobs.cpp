#include "kernel/jobs/jobs.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <chrono>
#include <exception>

#include "kernel/http/problem.hpp"

namespace eschool::jobs {

namespace {
constexpr std::size_t kept = 200;
constexpr std::size_t most_waiting = 64;
// One that works and one that follows it: a page starts one after the other, and a second page may be open.
constexpr std::size_t most_of_account = 2;
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

Jobs::Jobs(int threads, std::unique_ptr<Journal> journal) : journal_(std::move(journal)), pool_(threads, most_waiting) {
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
  // The journal's threads come back to this object; what they still queue is cancelled already.
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return unnoted_ == 0; });
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

void Jobs::submit(const std::string& school, std::string kind, std::int64_t account, Work work, Told told) {
  auto job = std::make_shared<Job>();
  job->status.id = new_id();
  job->status.school = school;
  job->status.kind = std::move(kind);
  job->status.account = account;
  try {
    admit(job);
  } catch (const http::ProblemError&) {
    return told(std::current_exception(), {});
  }
  const Journal::Noted done = [this, job, work = std::move(work), told = std::move(told)](std::exception_ptr failure) {
    noted(job, work, told, std::move(failure));
  };
  if (!journal_ || school.empty()) return done(nullptr);
  try {
    journal_->begin(job->status, done);
  } catch (...) {
    done(std::current_exception());
  }
}

/// Gives the job its place among those that are under way, or throws http::ProblemError. What waits for the journal has
/// its place already: a held writer must not let anybody have more.
void Jobs::admit(const std::shared_ptr<Job>& job) {
  const std::lock_guard lock(mutex_);
  std::size_t waiting = 0, own = 0;
  for (const auto& [id, other] : jobs_) {
    const auto& status = other->status;
    if (status.state == State::queued) ++waiting;
    if (under_way(status.state) && status.account == job->status.account && status.school == job->status.school) ++own;
  }
  if (job->status.account != 0 && own >= most_of_account)
    throw http::ProblemError{{429,
                              "too_many_jobs",
                              "Слишком много работ сразу",
                              "У вас уже выполняются две работы: дождитесь их окончания.",
                              {},
                              {},
                              5}};
  if (waiting >= most_waiting)
    throw http::ProblemError{
        {503, "busy", "Сервер занят", "Много работ ждёт очереди. Повторите через минуту.", {}, {}, 60}};
  jobs_[job->status.id] = job;
  ++unnoted_;
}

/// The job goes to the pool, or is gone, before its asker is told.
void Jobs::noted(const std::shared_ptr<Job>& job, const Work& work, const Told& told, std::exception_ptr refusal) {
  if (!refusal) {
    // Never full: admit() lets no more jobs wait than the pool takes.
    static_cast<void>(pool_.submit([this, job, work] { run(*job, work); }));
    told(nullptr, job->status.id);
  } else {
    {
      const std::lock_guard lock(mutex_);
      jobs_.erase(job->status.id);
    }
    told(std::move(refusal), {});
  }
  const std::lock_guard lock(mutex_);
  --unnoted_;
  changed_.notify_all();  // under the lock: the destructor waits for it and then takes all of this away
}

void Jobs::run(Job& job, const Work& work) {
  if (job.control.cancelled()) return finish(job, State::cancelled, {}, {});
  {
    const std::lock_guard lock(mutex_);
    job.status.state = State::running;
  }
  note(status_of(job));
  try {
    finish(job, State::done, work(job.control), {});
  } catch (const Cancelled&) {
    finish(job, State::cancelled, {}, {});
  } catch (const http::ProblemError& error) {
    finish(job, State::failed, {}, http::to_reply(error.problem).body);
  } catch (const std::exception& error) {
    fmt::print(stderr, "job {} ({}) failed: {}\n", job.status.id, job.status.kind, error.what());
    http::Problem problem{500,
                          "internal",
                          "Внутренняя ошибка",
                          "Работа не выполнена и ничего не изменила; подробности в журнале сервера.",
                          {},
                          {}};
    finish(job, State::failed, {}, http::to_reply(problem).body);
  }
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
