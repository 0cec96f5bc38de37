/// The tamper-evident history of all records: each entry carries the hash of the one before.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "kernel/storage/session.hpp"

namespace eschool::audit {

struct Entry {
  std::string at;            ///< UTC, YYYY-MM-DDTHH:MM:SSZ
  std::int64_t account = 0;  ///< 0: the command line of the machine
  std::int64_t person = 0;   ///< 0: none
  std::string remote;
  std::string registry;
  std::int64_t record = 0;
  std::int64_t version = 0;
  std::string action;         ///< create, update, archive, …
  std::string before, after;  ///< JSON texts; empty where there is none
};

/// The end of the chain: kept outside the database (in the log, in a backup's manifest, on paper), it shows later that
/// no entry was cut off the tail.
struct Head {
  std::int64_t seq = 0;  ///< 0: no entry yet
  std::string hash;      ///< hexadecimal
};

struct VerifyResult {
  std::int64_t count = 0;    ///< entries that are right
  Head head;                 ///< the last one of them
  std::int64_t bad_seq = 0;  ///< 0: the chain is whole
  std::string reason;        ///< Russian, when it is not
  bool ok() const { return bad_seq == 0; }
};

/// Makes es_history where it is missing. Call it inside a write body.
void create_tables(storage::Session&);

class History {
 public:
  /// Inside a write body, in the same savepoint as the change itself. Always goes by the table's last row: a savepoint
  /// that is rolled back takes its entries with it, and a head kept in memory would point at them.
  void append(storage::Session&, const Entry&);
};

Head head(storage::Session&);

/// Empties the contents of all entries of a record, for which an entry with the action «erase» has been appended: the
/// chain goes by their hashes and stays whole. Inside the same write body.
void erase_contents(storage::Session&, const std::string& registry, std::int64_t record);

/// Checks the whole chain in one read transaction: altered, removed, inserted and reordered entries; with a head noted
/// earlier, also a cut tail and a chain rewritten from an earlier point. `progress` gets 0..1 now and then.
VerifyResult verify(storage::Session&, const std::function<void(double)>& progress = {},
                    const std::optional<Head>& noted = {});

}  // namespace eschool::audit
