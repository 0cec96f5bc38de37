#include "kernel/auth/throttle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace eschool::auth {

namespace {

template <class State>
class BoundedMap {
 public:
  explicit BoundedMap(std::size_t limit) : limit_(limit) {}

  State* find(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }
  State& at(std::string_view key) {
    if (auto* known = find(key)) return *known;
    if (entries_.size() >= limit_) erase(entries_.back().first);
    entries_.emplace_front(std::string(key), State{});
    places_.emplace(entries_.front().first, entries_.begin());
    return entries_.front().second;
  }
  void erase(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    const auto entry = found->second;
    places_.erase(found);
    entries_.erase(entry);
  }

 private:
  using Entries = std::list<std::pair<std::string, State>>;
  std::size_t limit_;
  Entries entries_;  ///< most recently seen first
  std::unordered_map<std::string_view, typename Entries::iterator> places_;
};

struct Attempts {
  std::int64_t failures = 0;
  std::int64_t last = 0;
};

struct Bucket {
  double level = 0;
  std::int64_t last = 0;
};

/// A household or a provider's customer has a whole /64 of IPv6 addresses.
std::string network(std::string_view address) {
  const std::string text(address);
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, text.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return text;
  std::memset(parsed.s6_addr + 8, 0, 8);
  return {reinterpret_cast<const char*>(parsed.s6_addr), sizeof parsed.s6_addr};
}

}  // namespace

struct Throttle::Impl {
  explicit Impl(const Options& given) : options(given), accounts(given.accounts), addresses(given.addresses) {}

  std::int64_t delay(std::int64_t failures) const {
    if (failures <= 0) return 0;
    return std::min(options.longest_delay, std::int64_t{1} << std::min<std::int64_t>(failures - 1, 30));
  }
  void drain(Bucket& bucket, std::int64_t now) const {
    const auto passed = static_cast<double>(std::max<std::int64_t>(now - bucket.last, 0));
    bucket.level = std::max(0.0, bucket.level - passed * rate());
    bucket.last = now;
  }
  double rate() const { return options.address_failures / options.address_window; }

  const Options options;
  std::mutex mutex;
  BoundedMap<Attempts> accounts;
  BoundedMap<Bucket> addresses;
};

Throttle::Throttle(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
Throttle::~Throttle() = default;

std::int64_t Throttle::admit(std::string_view account, std::string_view address, std::int64_t now) {
  const std::lock_guard lock(impl_->mutex);
  if (auto* bucket = impl_->addresses.find(network(address))) {
    impl_->drain(*bucket, now);
    const auto over = bucket->level + 1 - impl_->options.address_failures;
    if (over > 0) return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(over / impl_->rate())));
  }
  auto& attempts = impl_->accounts.at(account);
  // A clock that was set back must not keep anybody out for longer than the longest delay.
  if (now < attempts.last) attempts.last = now;
  if (now - attempts.last >= impl_->options.forget_after) attempts.failures = 0;
  const auto left = attempts.last + impl_->delay(attempts.failures) - now;
  if (attempts.failures > 0 && left > 0) return left;
  ++attempts.failures;
  attempts.last = now;
  return 0;
}

void Throttle::failed(std::string_view address, std::int64_t now) {
  const std::lock_guard lock(impl_->mutex);
  auto& bucket = impl_->addresses.at(network(address));
  impl_->drain(bucket, now);
  bucket.level += 1;
}

void Throttle::succeeded(std::string_view account) {
  const std::lock_guard lock(impl_->mutex);
  impl_->accounts.erase(account);
}

void Throttle::withdrawn(std::string_view account) {
  const std::lock_guard lock(impl_->mutex);
  auto* attempts = impl_->accounts.find(account);
  if (!attempts) return;
  if (--attempts->failures <= 0) return impl_->accounts.erase(account);
  attempts->last -= impl_->delay(attempts->failures);  // its turn had come, and it still has
}

void Throttle::recall(std::string_view account, std::int64_t failures, std::int64_t last_failure) {
  if (failures <= 0) return;
  const std::lock_guard lock(impl_->mutex);
  const auto* known = impl_->accounts.find(account);
  if (known && (known->last >= last_failure || known->failures >= failures)) return;
  impl_->accounts.at(account) = {failures, last_failure};
}

}  // namespace eschool::auth
