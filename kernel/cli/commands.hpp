/// What the administrator's commands do. Each runs inside the process that owns the databases: the command line's own
/// when no server runs, the server's when one does (through its control socket).
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/api/application.hpp"

namespace eschool::cli {

struct CommandResult {
  boost::json::object json;  ///< what --json prints
  std::string text;          ///< what is printed otherwise, Russian
  std::string payload;       ///< bytes of a file that the command makes (export)
};

/// Runs a command by name ("user.create"). `arguments` holds the options, `payload` the bytes of a file given (import).
/// Throws http::ProblemError and std::exception; a command that throws has changed nothing.
CommandResult run_command(api::Application&, std::string_view name, const boost::json::object& arguments,
                          std::string_view payload);

/// POST /control/{command}, from the control socket: the same in the running server. The body is the arguments' JSON, a
/// line feed, the payload; the reply is {"json":…,"text":…}, a line feed, the payload. Called on an io thread: only
/// queues.
void serve_control(api::Application&, std::shared_ptr<const http::Request>, http::Send);

}  // namespace eschool::cli
