/// The commands around the history's head that work with files and keys of whoever calls them; the keys never go to the
/// server.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <functional>

#include "kernel/cli/commands.hpp"

namespace eschool::cli {

/// Runs audit.verify, here or in the running server.
using VerifyHistory = std::function<CommandResult(boost::json::object arguments)>;

/// Makes a key pair: `file` and `file`.pub. Throws std::runtime_error.
CommandResult make_audit_key(const std::filesystem::path& file);
/// Writes the head of a chain that verifies to `out`, signed when `key` is not empty; a broken chain is not written.
CommandResult export_history_head(const VerifyHistory&, const std::filesystem::path& out,
                                  const std::filesystem::path& key);
/// Whether a file made so is as it was, and whether the school's chain still contains that head. With `key` (a public
/// one is enough) the signature must be that key's.
CommandResult check_history_head(const VerifyHistory&, const std::filesystem::path& file,
                                 const std::filesystem::path& key);

}  // namespace eschool::cli
