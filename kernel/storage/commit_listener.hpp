/// Hearing that something was committed to a place, by whichever process.
#pragma once

#include <functional>
#include <memory>

#include "kernel/storage/location.hpp"

namespace eschool::storage {

class CommitListener {
 public:
  virtual ~CommitListener() = default;  ///< waits until `heard` is not running
};

/// Calls `heard` on a thread of its own after commits, several of them perhaps once; `lost` is true after a time in
/// which commits may have gone unheard. It must not throw. A connection that breaks is made anew every second. Null
/// where one process owns the place (SQLite): there is nobody else to hear.
std::unique_ptr<CommitListener> listen_to_commits(const Location&, std::function<void(bool lost)> heard);

}  // namespace eschool::storage
