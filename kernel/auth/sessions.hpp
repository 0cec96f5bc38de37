/// Who is logged in. The table keeps only hashes of the tokens; a cache in memory answers nearly every request.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/auth/secret.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::auth {

enum class SessionKind { cookie, token };

/// Seconds without a request, and in all, after which a session ends.
struct Lifetime {
  std::int64_t idle;
  std::int64_t absolute;

  static constexpr Lifetime administrator() { return {30 * 60, 12 * 3600}; }
  static constexpr Lifetime staff() { return {8 * 3600, 24 * 3600}; }
  static constexpr Lifetime family() { return {30 * 86400, 90 * 86400}; }    ///< pupils and parents
  static constexpr Lifetime program() { return {90 * 86400, 365 * 86400}; }  ///< bearer tokens
};

struct SessionInfo {
  std::string hash;  ///< names the session towards its owner; it opens nothing
  std::int64_t account = 0;
  std::int64_t person = 0;  ///< 0: none
  std::string login;
  std::string csrf;
  SessionKind kind = SessionKind::cookie;
  bool must_change_password = false;
  std::int64_t created = 0;
  std::int64_t expires = 0;  ///< at the latest
};

struct NewSession {
  std::int64_t account = 0;
  SessionKind kind = SessionKind::cookie;
  Lifetime lifetime = Lifetime::staff();
  std::string remote, agent;
  std::string label;  ///< what its owner calls a token
};

struct OpenedSession {
  std::string token;  ///< for the client alone; known to nobody afterwards
  std::string csrf;
  std::string hash;
};

struct SessionRow {
  std::string hash, created_at, last_seen_at, expires_at, remote, agent, label;
  SessionKind kind = SessionKind::cookie;
};

class Sessions {
 public:
  /// The database must outlive the object.
  explicit Sessions(storage::Database&);
  ~Sessions();

  /// The session of a token, if it is alive. Any thread; under 2 µs from the cache, otherwise one indexed read. At most
  /// once a minute a call hands the writer what is to be stored of the last visits; it waits for nothing.
  std::optional<SessionInfo> find(std::string_view token, std::int64_t now);
  /// Whether find() would find it. No visit: a page that only listens does not keep its session from running out.
  bool alive(std::string_view token, std::int64_t now);

  /// These run inside a write body. What they revoke is over once forget() or forget_account() is called after the
  /// commit: called before it, another thread could read the old row again.
  OpenedSession create(storage::Session&, const NewSession&, std::int64_t now);
  /// Only a session of that account: false when there is none.
  bool revoke(storage::Session&, std::int64_t account, std::string_view hash);
  /// All of the account, but for the one with the hash `except`.
  void revoke_account(storage::Session&, std::int64_t account, std::string_view except = {});

  void forget(std::string_view hash);
  /// Also after an account is disabled, reset or has a new password: its sessions are read anew.
  void forget_account(std::int64_t account);
  /// Another process has revoked something. What was not stored yet of the last visits should be: see flush().
  void forget_all();

  std::vector<SessionRow> list(storage::Session&, std::int64_t account, std::int64_t now) const;

  /// Hands the writer all last visits that are not stored yet, and what has run out; find() does it once a minute.
  void flush(std::int64_t now);
  std::size_t cached() const;

 private:
  struct Entry;
  struct KeyHash {
    std::size_t operator()(const SecretHash& hash) const {
      std::size_t value;  // the hash is random already
      std::memcpy(&value, hash.data(), sizeof value);
      return value;
    }
  };
  std::optional<SessionInfo> look(std::string_view token, std::int64_t now, bool visit);
  std::optional<SessionInfo> load(const SecretHash&, std::int64_t now, bool visit);

  storage::Database& database_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<SecretHash, std::unique_ptr<Entry>, KeyHash> entries_;
  std::uint64_t forgotten_ = 0;  ///< counts what was forgotten, so that a row read before is not cached after
  std::atomic<std::int64_t> flushed_{0};
};

}  // namespace eschool::auth
