/// How many connections may be open, in all and from one address.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/http/server.hpp"

namespace eschool::http {

/// Any thread. Every enter() but a `dropped` one is paired with one leave() of the same arguments.
class Admission {
 public:
  enum class Verdict {
    admitted,
    refused,  ///< over a cap: tell it so (503) and close
    dropped,  ///< over a cap, and enough refusals are being told already: close without a word
  };

  Admission(const Limits& limits, std::vector<std::string> uncounted_addresses);

  Verdict enter(const std::string& address);
  void leave(const std::string& address, Verdict verdict);
  std::int64_t open() const;
  /// True when the last connection left in time.
  bool wait_until_empty(std::chrono::milliseconds limit);

 private:
  bool counted(const std::string& address) const;

  const std::size_t cap_, cap_per_address_;
  const std::vector<std::string> uncounted_;
  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::size_t admitted_ = 0, refused_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace eschool::http
