/// The jobs of a school in its database: what another process, or the same one after a start, can tell of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/status.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::jobs {

/// Moments are seconds since the epoch; the sessions are those of write bodies, but for find_job().
void create_tables(storage::Session&);
/// A new job; forgets those that are older than a day, for results may tell of people.
void insert_job(storage::Session&, const Status&, std::int64_t now);
/// Its state, progress, result and problem, and that whoever runs it is alive at `now`.
void update_job(storage::Session&, const Status&, std::int64_t now);
/// The same of a job that is under way as far as its process knew: one that has ended meanwhile stays as it is.
void touch_job(storage::Session&, const Status&, std::int64_t now);
/// Of these jobs those that somebody asked to be cancelled.
std::vector<std::string> to_cancel(storage::Session&, std::span<const Status>);
void ask_to_cancel(storage::Session&, std::string_view id);

struct KeptJob {
  Status status;          ///< without the school
  std::int64_t seen = 0;  ///< when its process was last alive
};
std::optional<KeptJob> find_job(storage::Session&, std::string_view id);

}  // namespace eschool::jobs
