/// Importing a workbook into a registry, by what the schema says of its files.
#pragma once

#include <functional>

#include "kernel/registry/import/import_result.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

struct ImportOptions {
  bool dry_run = false;                  ///< everything is tried and nothing stays
  bool accept_valid = false;             ///< rows without errors are written although others are rejected
  std::function<void(double)> progress;  ///< 0..1, after each row; must not throw
  std::function<bool()> cancelled;       ///< asked before each row
  /// Whether a registry may be used in this school (its plugin is enabled); all may when it is empty.
  std::function<bool(const schema::Registry&)> available;
};

/// Thrown out of run() when `cancelled` said so; nothing of the import stays.
struct Cancelled {};

/// Whether files can be imported into the registry at all.
bool importable(const schema::Catalogue&, const schema::Registry&);

class Importer {
 public:
  Importer(const schema::Catalogue& catalogue, const registry::RecordQuery& query, registry::RecordWriter& writer)
      : catalogue_(catalogue), query_(query), writer_(writer) {}

  /// Inside a write body, on the writer's thread, with the caller's rights. All or nothing, unless `accept_valid`: what
  /// was done is told by `applied`, and when it is false the database is as it was. Throws http::ProblemError (422)
  /// when the file as a whole does not fit: "not_importable", "empty_sheet", "wrong_headers", "missing_columns";
  /// Cancelled; storage::Error.
  ImportResult run(storage::Session&, const registry::Asker&, const schema::Registry&, const tabular::Workbook&,
                   const ImportOptions&);

 private:
  const schema::Catalogue& catalogue_;
  const registry::RecordQuery& query_;
  registry::RecordWriter& writer_;
};

}  // namespace eschool::importing
