#include "latency.hpp"

#include <algorithm>
#include <cmath>

namespace bench {
namespace {

constexpr double first = 1000, step = 1.01;

std::size_t rough_index(std::int64_t microseconds) {
  return static_cast<std::size_t>(std::log(static_cast<double>(microseconds) / first) / std::log(step));
}

}  // namespace

Latency::Latency() : exact_(1000), rough_(2000) {}

void Latency::add(std::int64_t microseconds) {
  ++count_;
  sum_ += microseconds;
  max_ = std::max(max_, microseconds);
  if (microseconds < 1000) {
    ++exact_[static_cast<std::size_t>(std::max<std::int64_t>(0, microseconds))];
  } else {
    ++rough_[std::min(rough_index(microseconds), rough_.size() - 1)];
  }
}

std::int64_t Latency::quantile(double share) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < exact_.size(); ++i) {
    seen += exact_[i];
    if (seen >= wanted) return static_cast<std::int64_t>(i);
  }
  for (std::size_t i = 0; i < rough_.size(); ++i) {
    seen += rough_[i];
    if (seen >= wanted)
      return std::min(max_, static_cast<std::int64_t>(first * std::pow(step, static_cast<double>(i + 1))));
  }
  return max_;
}

}  // namespace bench
