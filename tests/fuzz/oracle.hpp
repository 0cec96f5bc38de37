/// What a target expects beyond not crashing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace eschool::fuzz {

/// Ends the process with SIGABRT, which libFuzzer and the replaying main both take for a crash, when `holds` is false.
inline void expect(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "expectation broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// The same with the text that shows it.
inline void expect(bool holds, std::string_view what, std::string_view shown) {
  if (holds) return;
  std::fprintf(stderr, "%.*s\n", static_cast<int>(shown.size()), shown.data());
  expect(false, what);
}

/// The input as text.
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace eschool::fuzz

/// The entry that libFuzzer and the replaying main call for each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
