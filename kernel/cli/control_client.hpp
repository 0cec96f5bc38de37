#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace eschool::cli {

struct ControlReply {
  int status = 0;
  std::string body;
};

/// Sends one request to a running server through its control socket and waits for the answer.
/// nullopt: nobody listens there. Throws std::runtime_error when the connection breaks.
std::optional<ControlReply> call_control(const std::filesystem::path& socket, std::string_view command,
                                         std::string_view body);

}  // namespace eschool::cli
