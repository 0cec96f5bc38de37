#pragma once

#include <filesystem>

#include "kernel/cli/commands.hpp"
#include "kernel/config/config.hpp"

namespace eschool::cli {

/// Puts a backup in the place of the database of the school whose folder is named, while nobody has it open. Throws
/// std::runtime_error, and changes nothing, for a backup of another school unless `other_school`, and for one that a
/// newer version of the program wrote; storage::Error for a broken file.
CommandResult restore_school(const std::filesystem::path& folder, const config::Config&,
                             const std::filesystem::path& backup, bool other_school);

}  // namespace eschool::cli
