#pragma once

#include <atomic>
#include <exception>
#include <string>

#include "kernel/storage/database.hpp"

namespace eschool::school {

/// What keeps a school's database from being used.
enum class Fault {
  none,
  disk_full,    ///< reading goes on
  read_only,    ///< reading goes on, when the database could be opened at all
  damaged,      ///< nothing is read or written any more, so that the damage does not spread
  newer,        ///< a newer version of this program wrote it: nothing is read or written
  unavailable,  ///< the database cannot be opened for another reason
};

struct FaultText {
  std::string code;    ///< "disk_full"
  std::string title;   ///< Russian, one sentence
  std::string advice;  ///< Russian: what the administrator does
};

/// Throws std::logic_error for Fault::none.
FaultText text_of(Fault, const std::string& school);
/// Fault::none for an error that is the request's own, such as a broken constraint.
Fault fault_of(const storage::Error&);

/// The state of one school's database: learnt from the errors that requests meet, ended by a write that succeeds.
/// Any thread.
class Health {
 public:
  explicit Health(storage::Database& database) : database_(database) {}

  Fault fault() const { return fault_.load(std::memory_order_relaxed); }
  /// Takes note of what a read or a write ended with; an error of another kind changes nothing.
  void notice(const std::exception_ptr&);
  /// Tries again what failed: whether there is space and a small write goes through, or a read while there is no
  /// fault. A damaged database stays so until the school is opened anew. Waits for a commit; never on the writer.
  Fault recheck();
  /// Reads the whole file; what is broken makes the school damaged.
  void inspect();

 private:
  void set(Fault, const char* what);

  storage::Database& database_;
  std::atomic<Fault> fault_{Fault::none};
};

/// Bytes that an unprivileged process may still write where `path` lies; -1 when that cannot be told.
std::int64_t free_space(const std::filesystem::path&);

}  // namespace eschool::school
