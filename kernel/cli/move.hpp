#pragma once

#include <filesystem>
#include <string>

#include "kernel/cli/commands.hpp"
#include "kernel/config/config.hpp"

namespace eschool::cli {

/// Carries the school of the folder to `engine`, "sqlite" or "postgresql", while nobody has it open: copies every
/// table, compares every row, verifies the history's chain there, and only then makes the folder point to it. What was
/// left stays, as `school.db.moved` or as the schema. Throws storage::Error, std::runtime_error.
CommandResult move_school(const std::filesystem::path& folder, const config::Config&, const std::string& engine);

}  // namespace eschool::cli
