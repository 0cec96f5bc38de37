/// What is noted in the security log beside a request that only reads: nobody waits for it.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "kernel/auth/security_log.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::school {

class DeedNotes {
 public:
  /// The database must outlive the object, and be idle when the object goes.
  explicit DeedNotes(storage::Database& database) : database_(database) {}

  /// Written by the writer with its next commit; all that gathers until then in one go. Any thread.
  void note(auth::SecurityEntry);
  /// Whether the account has not looked at the person's card yet in this hour, by which it has now.
  bool first_this_hour(std::int64_t account, std::int64_t person, std::int64_t now);

 private:
  storage::Database& database_;
  std::mutex mutex_;
  std::vector<auth::SecurityEntry> waiting_;
  std::int64_t hour_ = 0;
  std::set<std::pair<std::int64_t, std::int64_t>> seen_;  ///< account and person, in that hour
};

}  // namespace eschool::school
