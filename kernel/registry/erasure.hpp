/// Personal data that a school may keep no longer: whose term has passed, and their erasure for good. The record stays
/// as a numbered shell, so that what refers to it (a mark, an order's list) still counts; its texts, its history's
/// contents and those of its rows are gone, and only a backup made before still has them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/registry/record_writer.hpp"

namespace eschool::registry {

/// Years for which a facet's data are kept after Registry::kept_while ceased to hold, by registry; 0 where it says
/// nothing.
using Retention = std::map<std::string, int, std::less<>>;

class Erasure {
 public:
  Erasure(const schema::Catalogue& catalogue, RecordWriter& writer) : catalogue_(catalogue), writer_(writer) {}

  /// Facets for which the record is still needed on the day, of those that have been kept so many years. Empty: none.
  std::vector<const schema::Registry*> needed(storage::Session&, const Asker&, const schema::Registry& base,
                                              std::int64_t id, const Retention&) const;
  /// Records of the base with a facet, none of which is needed any longer, and not erased yet; by id, at most `limit`.
  std::vector<std::int64_t> expired(storage::Session&, const Asker&, const schema::Registry& base, const Retention&,
                                    int limit) const;
  /// Inside a write body. Answers how many records were emptied. Throws not_found(), 409 when it was done before.
  std::int64_t erase(storage::Session&, const Asker&, const schema::Registry& base, std::int64_t id) const;

 private:
  std::vector<const schema::Registry*> facets(const schema::Registry& base) const;
  /// The base's record, its facets, and the records that were merged into it.
  std::int64_t empty_whole(storage::Session&, const Asker&, const schema::Registry& base, std::int64_t id) const;
  std::int64_t empty(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id, bool whole) const;
  std::int64_t empty_children(storage::Session&, const Asker&, const schema::Registry& parent, std::int64_t id) const;

  const schema::Catalogue& catalogue_;
  RecordWriter& writer_;
};

/// «2026-11-25» and 3 years: «2023-11-25»; the 29th of February becomes the 28th.
std::string years_before(std::string_view day, int years);

}  // namespace eschool::registry
