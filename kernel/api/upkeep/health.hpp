/// Whether the installation can serve, and what an administrator should look at.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/api/context.hpp"

namespace eschool::api {

struct Remark {
  std::string school;  ///< empty: of the whole installation
  std::string code;    ///< "disk_full", "damaged", "backup_failed", "clock_behind", …
  std::string text;    ///< Russian: what is wrong and what to do
  bool fatal = false;  ///< the school cannot be used as it should; otherwise a warning
  bool open = true;    ///< for everybody; otherwise for the administrator alone: it may name files and modules
};

struct HealthReport {
  std::string status;  ///< ready, degraded (with remarks), faulty (no school of those asked for is whole), no_school
  std::vector<Remark> remarks;
  bool ready() const { return status == "ready" || status == "degraded"; }
};

/// Looks at one school, or at all when `school` is empty. Tries a write where an earlier one failed; waits for it.
/// Throws http::ProblemError (404) for a school that is not there.
HealthReport look(Application&, std::string_view school);

void healthz(Application&, std::string_view school, http::Send);
void readyz(Application&, std::string_view school, http::Send);
void metrics(Application&, std::string_view school, http::Send);

}  // namespace eschool::api
