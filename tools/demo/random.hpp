/// Numbers that are the same on every machine for the same seed: the distributions of the standard library are not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

namespace eschool::demo {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 0 to `count` - 1; `count` is not 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  int between(int first, int last) {
    return first + static_cast<int>(below(static_cast<std::size_t>(last - first + 1)));
  }
  /// True in so many cases of a hundred.
  bool chance(int percent) { return between(1, 100) <= percent; }

  template <typename List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  template <typename List>
  void shuffle(List& list) {
    for (std::size_t i = std::size(list); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace eschool::demo
