#pragma once

namespace eschool::cli {

/// The executable: parses the command line, runs the command here or in the running server, prints. Returns the exit
/// code: 0, or 1 with a message on stderr.
int run(int count, char** arguments);

}  // namespace eschool::cli
