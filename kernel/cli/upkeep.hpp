/// Commands about the state of the installation and its backups.
#pragma once

#include <string>

#include "kernel/cli/commands.hpp"
#include "kernel/config/config.hpp"

namespace eschool::cli {

/// Everything that /readyz knows, with what it tells only to the administrator. "ok" is false where it answers 503.
CommandResult status(api::Application&, const std::string& school);

/// The scheduled backups of a school, also of one that cannot be opened. Throws http::ProblemError.
CommandResult backup_list(api::Application&, const std::string& school);

/// The restore drill: brings a backup back into a temporary folder, opens it with this program as a school of its own,
/// checks the file, the history and counts what is in it. `file` empty: the newest scheduled backup. Touches neither
/// the school nor a running server. "ok" tells whether the backup would save the school. Throws std::runtime_error
/// when there is no backup to try.
CommandResult backup_drill(const config::Config&, const std::string& school, const std::string& file);

}  // namespace eschool::cli
