#include "kernel/school/deed_notes.hpp"

#include <fmt/format.h>

namespace eschool::school {

void DeedNotes::note(auth::SecurityEntry entry) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(entry));
    if (waiting_.size() > 1) return;  // the body that takes them is queued already
  }
  database_.submit(
      [this](storage::Session& session) {
        std::vector<auth::SecurityEntry> entries;
        {
          const std::lock_guard lock(mutex_);
          entries.swap(waiting_);
        }
        for (const auto& one : entries) auth::note_deed(session, one);
      },
      [](std::exception_ptr failure) {
        if (failure) fmt::print(stderr, "security log: what was read could not be noted\n");
      });
}

bool DeedNotes::first_this_hour(std::int64_t account, std::int64_t person, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (const auto hour = now / 3600; hour != hour_) {
    hour_ = hour;
    seen_.clear();
  }
  return seen_.emplace(account, person).second;
}

}  // namespace eschool::school
