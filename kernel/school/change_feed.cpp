#include "kernel/school/change_feed.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <utility>

#include "kernel/audit/history.hpp"
#include "kernel/storage/change_counter.hpp"

namespace eschool::school {

namespace {

// Where a notice got lost with its connection, this is how old what is kept in memory can become.
constexpr std::chrono::milliseconds longest_sleep{1000};
// Where nobody else writes there is nothing to be found: only the time passes, and sessions run out.
constexpr std::chrono::milliseconds longest_sleep_alone{20000};

}  // namespace

ChangeFeed::ChangeFeed(storage::Database& database, std::function<void(const Changes&)> tell)
    : database_(database), tell_(std::move(tell)) {
  {
    const auto session = database_.read();
    seen_ = audit::head(*session).seq;
    counters_ = storage::change_counters(*session);
  }
  thread_ = std::thread([this] { run(); });
  listener_ = storage::listen_to_commits(database_.location(), [this](bool lost) {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      lost_ = lost_ || lost;
    }
    changed_.notify_one();
  });
}

ChangeFeed::~ChangeFeed() {
  listener_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ChangeFeed::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void ChangeFeed::run() {
  const bool shared = database_.location().engine() != storage::Engine::sqlite;
  bool complained = false;
  for (;;) {
    bool lost = false;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [this] { return woken_ || stopping_; };
      changed_.wait_for(lock, shared ? longest_sleep : longest_sleep_alone, ready);
      if (stopping_) return;
      woken_ = false;
      lost = std::exchange(lost_, false);
    }
    try {
      tell_(look(lost));
      complained = false;
    } catch (const std::exception& error) {
      // The database is away: requests say so. What happens meanwhile is found at the next look.
      if (!std::exchange(complained, true)) std::fprintf(stderr, "change feed: %s\n", error.what());
      std::unique_lock lock(mutex_);
      lost_ = true;
      if (changed_.wait_for(lock, longest_sleep, [this] { return stopping_; })) return;
      woken_ = true;
    }
  }
}

Changes ChangeFeed::look(bool lost) {
  Changes changes;
  changes.missed = lost;
  const auto session = database_.read();
  const storage::ReadTransaction moment(*session);
  auto seen = seen_.load();
  {
    auto row = session->prepare(
        "SELECT seq, registry, record, version, action FROM es_history WHERE seq > ? ORDER BY seq LIMIT ?");
    row.bind(1, seen);
    row.bind(2, static_cast<std::int64_t>(most_records + 1));
    while (row.step()) {
      seen = row.integer(0);
      changes.records.push_back(
          {seen, std::string(row.text(1)), row.integer(2), row.integer(3), std::string(row.text(4))});
    }
  }
  if (changes.records.size() > most_records) {
    changes.records.clear();
    changes.missed = true;
    seen = audit::head(*session).seq;
  }
  auto counters = storage::change_counters(*session);
  const auto counted = [&](const char* topic) { return counters[topic] != counters_[topic]; };
  changes.rights = counted("rights");
  changes.sessions = counted("sessions");
  changes.plugins = counted("plugins");
  counters_ = std::move(counters);
  seen_.store(seen, std::memory_order_release);
  changes.seen = seen;
  return changes;
}

}  // namespace eschool::school
