/// Internal: how the reading child ends when it has no result to give.
#pragma once

namespace eschool::tabular {

inline constexpr int kExitProtocol = 3;    ///< not started by SandboxedReader, or a pipe broke
inline constexpr int kExitUnconfined = 4;  ///< the kernel refused a limit or the filter; nothing was read
inline constexpr int kExitMemory = 5;      ///< no memory for the file or the result

}  // namespace eschool::tabular
