/// Whose database it is, and which version of this program may work with it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "kernel/storage/session.hpp"

namespace eschool::school {

/// Of the kernel's own tables. Raised by a change that a program of before would misunderstand; what it merely does not
/// know of (a new table, a column with a default) leaves it as it is.
inline constexpr int layout = 1;

/// The database was written by a newer version of this program.
struct NewerDatabase : std::runtime_error {
  explicit NewerDatabase(int found);
};

/// Makes the database say that it is this school's. Throws NewerDatabase before anything is changed. Inside a write.
void note_origin(storage::Session&, const std::string& school);

struct Origin {
  std::string school;  ///< empty: noted by no version yet
  int layout = 0;
};

/// Of a backup. Throws storage::Error when it is no database of a school.
Origin origin_of(const std::filesystem::path& backup);

}  // namespace eschool::school
