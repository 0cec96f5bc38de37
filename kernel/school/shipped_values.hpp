/// Gives a school the values that its plugins ship for dictionaries: each once, so that what the school has changed or
/// archived stays as the school left it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernel/registry/record_writer.hpp"
#include "kernel/storage/session.hpp"
#include "schema/catalogue.hpp"

namespace eschool::school {

/// The kernel's table of what has been given: registry, id of the value, number of its record.
void create_shipped_table(storage::Session&);

/// Which registries may be written now: those of enabled plugins whose tables are up to date.
using Wanted = std::function<bool(const schema::Registry&)>;

/// Whether a value of the catalogue has not been given yet. Only reads.
bool lacks_values(storage::Session&, const schema::Catalogue&, const Wanted&);

struct Given {
  int created = 0;
  int found = 0;                      ///< the school had such a record itself: it was left as it is
  std::vector<std::string> problems;  ///< Russian, with file and line: values that were refused and are tried again
};

/// Creates a record for each value that has not been given yet, in the catalogue's order; one that the school has
/// already, by the registry's identity, is only noted. A value whose required reference leads to a record that the
/// school has archived is not given. Inside a write body; each value has a savepoint of its own.
Given give_values(storage::Session&, const registry::Asker&, const schema::Catalogue&, registry::RecordWriter&,
                  const Wanted&);

}  // namespace eschool::school
