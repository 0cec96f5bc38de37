#pragma once

#include "kernel/jobs/journal.hpp"

namespace eschool::api {

class Application;

/// Notes the jobs of a school in its database: another server that has the school open finds them, and so does this one
/// after a start.
class SchoolJobs final : public jobs::Journal {
 public:
  explicit SchoolJobs(Application& application) : application_(application) {}

  /// Noted with the commit: who is then told of the job may ask another server for it at once, and this one after a
  /// crash.
  void begin(const jobs::Status&, Noted) override;
  void note(const jobs::Status&) noexcept override;
  std::vector<std::string> beat(const std::vector<jobs::Status>&) noexcept override;
  /// A job whose process is gone has failed.
  std::optional<jobs::Status> find(const std::string& school, std::string_view id) override;
  void ask_to_cancel(const std::string& school, std::string_view id) override;

 private:
  Application& application_;
};

}  // namespace eschool::api
