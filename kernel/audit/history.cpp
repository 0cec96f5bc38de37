#include "kernel/audit/history.hpp"

#include <sodium.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace eschool::audit {

using storage::Session;

namespace {

constexpr std::size_t hash_size = 32;
constexpr std::string_view chain_start = "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::int64_t page = 10000;  // entries in memory at once, on an engine that gives its answer whole

/// BLAKE2b-256 of what is added.
class Hash {
 public:
  Hash() {
    static const int ready = ::sodium_init();  // chooses the fast implementation for this processor
    if (ready < 0) throw std::runtime_error("libsodium does not start");
    ::crypto_generichash_init(&state_, nullptr, 0, hash_size);
  }
  void add(std::string_view bytes) {
    ::crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  /// With its length before it, so that no text can be moved from one field to the next.
  void add_field(std::string_view text) {
    add(std::to_string(text.size()));
    add(":");
    add(text);
  }
  void add_field(std::int64_t number) { add_field(std::to_string(number)); }
  std::string hex() {
    unsigned char bytes[hash_size];
    ::crypto_generichash_final(&state_, bytes, sizeof bytes);
    char text[2 * hash_size + 1];
    ::sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    return text;
  }

 private:
  crypto_generichash_state state_;
};

std::string payload_hash(std::string_view before, std::string_view after) {
  Hash hash;
  hash.add(before);
  hash.add("\x1f");  // cannot occur in JSON text
  hash.add(after);
  return hash.hex();
}

struct Meta {
  std::int64_t seq;
  std::string_view at;
  std::int64_t account, person;
  std::string_view remote, registry;
  std::int64_t record, version;
  std::string_view action;
};

// The payload comes in by its hash: it can be erased one day without breaking the chain.
std::string chain_hash(std::string_view previous, const Meta& meta, std::string_view payload) {
  Hash hash;
  hash.add(previous);
  hash.add_field(meta.seq);
  hash.add_field(meta.at);
  hash.add_field(meta.account);
  hash.add_field(meta.person);
  hash.add_field(meta.remote);
  hash.add_field(meta.registry);
  hash.add_field(meta.record);
  hash.add_field(meta.version);
  hash.add_field(meta.action);
  hash.add(payload);
  return hash.hex();
}

}  // namespace

void create_tables(Session& session) {
  session.define(R"(CREATE TABLE IF NOT EXISTS es_history (
    seq {integer} PRIMARY KEY,
    at {text} NOT NULL,
    account {integer} NOT NULL,
    person {integer} NOT NULL,
    remote {text} NOT NULL,
    registry {text} NOT NULL,
    record {integer} NOT NULL,
    version {integer} NOT NULL,
    action {text} NOT NULL,
    before {text} NOT NULL,
    after {text} NOT NULL,
    payload_hash {text} NOT NULL,
    hash {text} NOT NULL) {strict})");
  session.execute("CREATE INDEX IF NOT EXISTS es_history_record ON es_history (registry, record, seq)");
}

Head head(Session& session) {
  auto last = session.prepare("SELECT seq, hash FROM es_history ORDER BY seq DESC LIMIT 1");
  if (!last.step()) return {0, std::string(chain_start)};
  return {last.integer(0), std::string(last.text(1))};
}

void History::append(Session& session, const Entry& entry) {
  const auto previous = head(session);
  const Meta meta{previous.seq + 1, entry.at,     entry.account, entry.person, entry.remote,
                  entry.registry,   entry.record, entry.version, entry.action};
  const auto payload = payload_hash(entry.before, entry.after);
  auto row = session.prepare(
      "INSERT INTO es_history (seq, at, account, person, remote, registry, record, version, action, before, after,"
      " payload_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, meta.seq);
  row.bind(2, meta.at);
  row.bind(3, meta.account);
  row.bind(4, meta.person);
  row.bind(5, meta.remote);
  row.bind(6, meta.registry);
  row.bind(7, meta.record);
  row.bind(8, meta.version);
  row.bind(9, meta.action);
  row.bind(10, entry.before);
  row.bind(11, entry.after);
  row.bind(12, payload);
  row.bind(13, chain_hash(previous.hash, meta, payload));
  row.step();
}

void erase_contents(Session& session, const std::string& registry, std::int64_t record) {
  session.execute("UPDATE es_history SET before = '', after = '' WHERE registry = ? AND record = ?",
                  {registry, record});
}

VerifyResult verify(Session& session, const std::function<void(double)>& progress, const std::optional<Head>& noted) {
  const storage::ReadTransaction moment(session);
  const auto total = std::max<std::int64_t>(1, session.integer("SELECT max(seq) FROM es_history"));
  VerifyResult result;
  result.head.hash = chain_start;
  const auto bad = [&](std::int64_t seq, std::string reason) {
    result.bad_seq = seq;
    result.reason = std::move(reason);
    return result;
  };
  auto row = session.prepare(
      "SELECT seq, at, account, person, remote, registry, record, version, action, before, after, payload_hash, hash"
      " FROM es_history WHERE seq > ? ORDER BY seq LIMIT ?");
  const auto next = [&] {
    if (result.count % page == 0) {
      row.reset();
      row.bind(1, result.head.seq);
      row.bind(2, page);
    }
    return row.step();
  };
  // Entries without the contents that their hash speaks of, until the erasure comes that explains them.
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> emptied;
  while (next()) {
    const auto seq = row.integer(0);
    const auto expected = result.head.seq + 1;
    if (seq != expected)
      return bad(expected, "Запись журнала № " + std::to_string(expected) + " отсутствует: она удалена.");
    const bool right = payload_hash(row.text(9), row.text(10)) == row.text(11);
    const auto record = std::pair(std::string(row.text(5)), row.integer(6));
    const bool erasure = row.text(8) == "erase";
    if (erasure) emptied.erase(record);
    if (!right && row.text(9).empty() && row.text(10).empty() && !erasure)
      emptied.try_emplace(record, seq);
    else if (!right && !(erasure && row.text(9).empty() && row.text(10).empty()))
      return bad(seq, "Содержание записи журнала № " + std::to_string(seq) + " изменено.");
    const Meta meta{seq,         row.text(1),    row.integer(2), row.integer(3), row.text(4),
                    row.text(5), row.integer(6), row.integer(7), row.text(8)};
    if (chain_hash(result.head.hash, meta, row.text(11)) != row.text(12))
      return bad(seq, "Запись журнала № " + std::to_string(seq) +
                          " изменена, подменена или переставлена: её подпись не продолжает предыдущую.");
    result.head = {seq, std::string(row.text(12))};
    ++result.count;
    if (noted && noted->seq == seq && noted->hash != result.head.hash)
      return bad(seq,
                 "Журнал переписан: подпись записи № " + std::to_string(seq) + " не та, что была отмечена раньше.");
    if (progress && seq % page == 0) progress(static_cast<double>(seq) / static_cast<double>(total));
  }
  for (const auto& [record, seq] : emptied)
    return bad(seq, "Содержание записи журнала № " + std::to_string(seq) +
                        " стёрто, а уничтожение данных в журнале не записано.");
  if (noted && noted->seq > result.head.seq)
    return bad(result.head.seq + 1,
               "Конец журнала отрезан: раньше в нём было записей не меньше " + std::to_string(noted->seq) + ".");
  if (progress) progress(1.0);
  return result;
}

}  // namespace eschool::audit
