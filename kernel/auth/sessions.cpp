#include "kernel/auth/sessions.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "kernel/auth/instant.hpp"
#include "kernel/storage/change_counter.hpp"

namespace eschool::auth {

namespace {

constexpr std::int64_t flush_interval = 60;
constexpr std::int64_t cached_for = 3600;  // since the last visit
constexpr std::size_t longest_token = 128;

std::string_view name(SessionKind kind) { return kind == SessionKind::token ? "token" : "cookie"; }
SessionKind kind_of(std::string_view name) { return name == "token" ? SessionKind::token : SessionKind::cookie; }

}  // namespace

struct Sessions::Entry {
  SessionInfo info;
  std::int64_t idle = 0;
  std::atomic<std::int64_t> last_seen{0};
  std::int64_t stored = 0;  ///< last_seen as the table has it; changed by flush() alone, under the exclusive lock

  bool alive(std::int64_t now) const { return now < info.expires && now - last_seen.load() < idle; }
};

Sessions::Sessions(storage::Database& database) : database_(database) {}
Sessions::~Sessions() = default;

std::optional<SessionInfo> Sessions::find(std::string_view token, std::int64_t now) { return look(token, now, true); }

bool Sessions::alive(std::string_view token, std::int64_t now) { return look(token, now, false).has_value(); }

std::optional<SessionInfo> Sessions::look(std::string_view token, std::int64_t now, bool visit) {
  if (token.empty() || token.size() > longest_token) return std::nullopt;
  auto flushed = flushed_.load(std::memory_order_relaxed);
  // A clock that was set back must not put this off until it has caught up.
  const bool due = now - flushed >= flush_interval || now < flushed;
  if (due && flushed_.compare_exchange_strong(flushed, now) && flushed != 0) flush(now);
  const auto key = hash_secret(token);
  {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found != entries_.end()) {
      auto& entry = *found->second;
      if (entry.alive(now)) {
        if (visit && entry.last_seen.load(std::memory_order_relaxed) < now)
          entry.last_seen.store(now, std::memory_order_relaxed);
        return entry.info;
      }
      // Its owner may have worked with another process meanwhile: the table knows.
    }
  }
  return load(key, now, visit);
}

std::optional<SessionInfo> Sessions::load(const SecretHash& key, std::int64_t now, bool visit) {
  for (;;) {
    std::uint64_t seen;
    {
      const std::shared_lock lock(mutex_);
      seen = forgotten_;
    }
    auto entry = std::make_unique<Entry>();
    auto& info = entry->info;
    info.hash = hex(key);
    {
      const auto read = database_.read();
      auto row = read->prepare(
          "SELECT s.account, a.person, a.login, s.csrf, s.kind, a.must_change, s.created_at, s.expires_at,"
          " s.idle_seconds, s.last_seen_at FROM es_session s JOIN es_account a ON a.id = s.account"
          " WHERE s.hash = ? AND a.enabled = 1");
      row.bind(1, info.hash);
      if (!row.step()) return std::nullopt;
      info.account = row.integer(0);
      info.person = row.integer(1);
      info.login = row.text(2);
      info.csrf = row.text(3);
      info.kind = kind_of(row.text(4));
      info.must_change_password = row.integer(5) != 0;
      info.created = instant_seconds(row.text(6));
      info.expires = instant_seconds(row.text(7));
      entry->idle = row.integer(8);
      entry->stored = instant_seconds(row.text(9));
    }
    entry->last_seen = entry->stored;
    if (!entry->alive(now)) return std::nullopt;
    if (visit) entry->last_seen = std::max(now, entry->stored);
    auto answer = info;
    const std::unique_lock lock(mutex_);
    if (forgotten_ != seen) continue;  // perhaps this one: its row may be gone by now
    auto& place = entries_[key];
    if (!place || !place->alive(now)) place = std::move(entry);
    return answer;
  }
}

OpenedSession Sessions::create(storage::Session& session, const NewSession& wanted, std::int64_t now) {
  OpenedSession opened;
  opened.token = random_secret();
  opened.csrf = random_secret();
  opened.hash = hex(hash_secret(opened.token));
  session.execute(
      "INSERT INTO es_session (hash, account, csrf, created_at, last_seen_at, expires_at, idle_seconds, remote, agent,"
      " kind, label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {opened.hash, wanted.account, opened.csrf, instant(now), instant(now), instant(now + wanted.lifetime.absolute),
       wanted.lifetime.idle, wanted.remote, wanted.agent.substr(0, 300), std::string(name(wanted.kind)), wanted.label});
  return opened;
}

bool Sessions::revoke(storage::Session& session, std::int64_t account, std::string_view hash) {
  if (session.execute("DELETE FROM es_session WHERE hash = ? AND account = ?", {std::string(hash), account}) == 0)
    return false;
  storage::count_change(session, "sessions");
  return true;
}

void Sessions::revoke_account(storage::Session& session, std::int64_t account, std::string_view except) {
  session.execute("DELETE FROM es_session WHERE account = ? AND hash <> ?", {account, std::string(except)});
  storage::count_change(session, "sessions");
}

void Sessions::forget(std::string_view hash) {
  const std::unique_lock lock(mutex_);
  ++forgotten_;
  std::erase_if(entries_, [&](const auto& entry) { return entry.second->info.hash == hash; });
}

void Sessions::forget_account(std::int64_t account) {
  const std::unique_lock lock(mutex_);
  ++forgotten_;
  std::erase_if(entries_, [&](const auto& entry) { return entry.second->info.account == account; });
}

void Sessions::forget_all() {
  const std::unique_lock lock(mutex_);
  ++forgotten_;
  entries_.clear();
}

std::vector<SessionRow> Sessions::list(storage::Session& session, std::int64_t account, std::int64_t now) const {
  auto row = session.prepare(
      "SELECT hash, created_at, last_seen_at, expires_at, remote, agent, label, kind, idle_seconds FROM es_session"
      " WHERE account = ? AND expires_at > ? ORDER BY created_at DESC, hash");
  row.bind(1, account);
  row.bind(2, instant(now));
  std::vector<SessionRow> rows;
  while (row.step()) {
    if (instant_seconds(row.text(2)) + row.integer(8) <= now) continue;
    SessionRow& found = rows.emplace_back();
    found.hash = row.text(0);
    found.created_at = row.text(1);
    found.last_seen_at = row.text(2);
    found.expires_at = row.text(3);
    found.remote = row.text(4);
    found.agent = row.text(5);
    found.label = row.text(6);
    found.kind = kind_of(row.text(7));
  }
  return rows;
}

void Sessions::flush(std::int64_t now) {
  std::vector<std::pair<std::string, std::int64_t>> visits;
  std::vector<std::pair<std::string, std::int64_t>> ended;  // and the last visit with which a session is over
  {
    const std::unique_lock lock(mutex_);
    std::erase_if(entries_, [&](auto& pair) {
      auto& entry = *pair.second;
      const auto last = entry.last_seen.load();
      if (!entry.alive(now)) {
        ended.emplace_back(entry.info.hash, now - entry.idle);
        return true;
      }
      if (last <= entry.stored) return now - last > cached_for;
      visits.emplace_back(entry.info.hash, last);
      entry.stored = last;
      return false;
    });
  }
  try {
    database_.submit(
        [visits = std::move(visits), ended = std::move(ended), now](storage::Session& session) {
          // Another process may have seen later visits.
          for (const auto& [hash, last] : visits)
            session.execute("UPDATE es_session SET last_seen_at = ? WHERE hash = ? AND last_seen_at < ?",
                            {instant(last), hash, instant(last)});
          for (const auto& [hash, last] : ended)
            session.execute("DELETE FROM es_session WHERE hash = ? AND last_seen_at <= ?", {hash, instant(last)});
          session.execute("DELETE FROM es_session WHERE expires_at <= ?", {instant(now)});
        },
        {});
  } catch (const storage::Error&) {
    // The queue is full: the next visits will be stored a minute later. Idle times are counted in memory anyway.
  }
}

std::size_t Sessions::cached() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

}  // namespace eschool::auth
