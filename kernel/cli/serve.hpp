#pragma once

#include "kernel/config/config.hpp"

namespace eschool::cli {

/// Serves until SIGINT or SIGTERM; answers what is under way, then returns the exit code.
int serve(const config::Config&);

}  // namespace eschool::cli
