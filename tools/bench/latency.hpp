/// Latencies of many requests in little memory: exact below 1 ms, within 1 % above.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

class Latency {
 public:
  Latency();
  void add(std::int64_t microseconds);
  std::int64_t count() const { return count_; }
  std::int64_t max() const { return max_; }
  double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }
  /// The value that `share` (0..1) of the requests do not exceed, in microseconds.
  std::int64_t quantile(double share) const;

 private:
  std::vector<std::int64_t> exact_;  // index: microseconds below 1000
  std::vector<std::int64_t> rough_;  // index: steps of 1 % above
  std::int64_t count_ = 0, sum_ = 0, max_ = 0;
};

}  // namespace bench
