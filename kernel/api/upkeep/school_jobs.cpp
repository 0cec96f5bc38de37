#include "kernel/api/upkeep/school_jobs.hpp"

#include <fmt/format.h>

#include <exception>
#include <map>

#include "kernel/api/application.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/jobs/job_table.hpp"

namespace eschool::api {

namespace {

// Many times the heartbeat of jobs, and more than clocks of servers may differ by.
constexpr std::int64_t lost_after = 30;

std::string interrupted() {
  return http::to_reply({503,
                         "job_interrupted",
                         "Работа прервана",
                         "Сервер, который её выполнял, остановился. Проверьте, что записано, и повторите.",
                         {},
                         {}})
      .body;
}

void complain(const std::string& school, std::exception_ptr failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    fmt::print(stderr, "school {}: a job is not noted: {}\n", school, error.what());
  }
}

}  // namespace

void SchoolJobs::begin(const jobs::Status& status, Noted noted) {
  auto& school = application_.school(status.school);
  school.database().submit([status, now = school.clock().moment().seconds](
                               storage::Session& session) { jobs::insert_job(session, status, now); },
                           std::move(noted));
}

void SchoolJobs::note(const jobs::Status& status) noexcept {
  try {
    auto& school = application_.school(status.school);
    school.database().submit([status, now = school.clock().moment().seconds](
                                 storage::Session& session) { jobs::update_job(session, status, now); },
                             [id = status.school](std::exception_ptr failure) { complain(id, failure); });
  } catch (...) {
    complain(status.school, std::current_exception());
  }
}

std::vector<std::string> SchoolJobs::beat(const std::vector<jobs::Status>& under_way) noexcept {
  std::vector<std::string> unwanted;
  std::map<std::string, std::vector<jobs::Status>> by_school;
  for (const auto& status : under_way) by_school[status.school].push_back(status);
  for (const auto& [id, jobs] : by_school) {
    try {
      auto& school = application_.school(id);
      if (school.database().location().engine() == storage::Engine::sqlite) continue;  // nobody else looks
      std::vector<std::string> asked;
      school.database().write([&, now = school.clock().moment().seconds](storage::Session& session) {
        for (const auto& status : jobs) jobs::touch_job(session, status, now);
        asked = jobs::to_cancel(session, jobs);
      });
      unwanted.insert(unwanted.end(), asked.begin(), asked.end());
    } catch (...) {
      complain(id, std::current_exception());
    }
  }
  return unwanted;
}

std::optional<jobs::Status> SchoolJobs::find(const std::string& id, std::string_view job) {
  auto& school = application_.school(id);
  auto kept = jobs::find_job(*school.database().read(), job);
  if (!kept) return {};
  auto& status = kept->status;
  status.school = id;
  // One process has a file of SQLite open, and it does not know this job.
  const bool alone = school.database().location().engine() == storage::Engine::sqlite;
  if (jobs::under_way(status.state) && (alone || kept->seen + lost_after < school.clock().moment().seconds)) {
    status.state = jobs::State::failed;
    status.problem = interrupted();
  }
  return status;
}

void SchoolJobs::ask_to_cancel(const std::string& id, std::string_view job) {
  application_.school(id).database().submit(
      [job = std::string(job)](storage::Session& session) { jobs::ask_to_cancel(session, job); },
      [id](std::exception_ptr failure) { complain(id, failure); });
}

}  // namespace eschool::api
