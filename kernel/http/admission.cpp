#include "kernel/http/admission.hpp"

#include <algorithm>

namespace eschool::http {
namespace {

constexpr std::size_t refusals_at_once = 64;

}  // namespace

Admission::Admission(const Limits& limits, std::vector<std::string> uncounted_addresses)
    : cap_(limits.connections),
      cap_per_address_(limits.connections_per_address),
      uncounted_(std::move(uncounted_addresses)) {}

bool Admission::counted(const std::string& address) const {
  // An empty address is the control socket: the administrator must get in when the listener is full.
  return !address.empty() && !address.starts_with("127.") && address != "::1" &&
         std::find(uncounted_.begin(), uncounted_.end(), address) == uncounted_.end();
}

Admission::Verdict Admission::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  bool fits = address.empty() || admitted_ < cap_;
  if (fits && counted(address)) {
    std::size_t& count = by_address_[address];
    fits = count < cap_per_address_;
    if (fits) ++count;
  }
  if (fits) {
    ++admitted_;
    return Verdict::admitted;
  }
  if (refused_ >= refusals_at_once) return Verdict::dropped;
  ++refused_;
  return Verdict::refused;
}

void Admission::leave(const std::string& address, Verdict verdict) {
  const std::lock_guard lock(mutex_);
  if (verdict == Verdict::admitted) {
    --admitted_;
    if (counted(address)) {
      const auto place = by_address_.find(address);
      if (place != by_address_.end() && --place->second == 0) by_address_.erase(place);
    }
  } else {
    --refused_;
  }
  if (admitted_ + refused_ == 0) left_.notify_all();
}

std::int64_t Admission::open() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(admitted_);
}

bool Admission::wait_until_empty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return left_.wait_for(lock, limit, [&] { return admitted_ + refused_ == 0; });
}

}  // namespace eschool::http
