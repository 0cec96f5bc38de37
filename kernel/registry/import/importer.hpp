/// Importing a workbook into a registry, by what the schema says of its files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/registry/import/header_names.hpp"
#include "kernel/registry/import/import_result.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

/// What may happen to the records that rows describe.
enum class ImportMode {
  merge,        ///< made or changed
  add,          ///< made; one that is there already is left as it is
  update,       ///< changed; one that is not there is an error
  synchronise,  ///< made or changed, and what is not in the file goes to the archive
};
std::string_view name(ImportMode);
std::optional<ImportMode> import_mode(std::string_view name);

/// What a person decided about a row whose record could not be told.
struct Decision {
  std::int64_t record = 0;  ///< one of those that the dry run offered; 0: none of them, make a new one
};

/// What every row of the main sheet says unless it says otherwise: the file does not hold it.
struct StandingValue {
  std::string to;           ///< path of a reference of the plan, or ImportColumn::to
  std::int64_t record = 0;  ///< that the reference leads to; 0: `text` stands
  std::string text;         ///< as a cell would hold it
};

struct ImportOptions {
  ImportMode mode = ImportMode::merge;
  std::string sheet;                  ///< name of the sheet; empty: found by its name or its headers
  std::vector<ToldHeader> headers;    ///< assigned by hand, now or in an earlier import
  std::map<int, Decision> decisions;  ///< by row of the main sheet
  std::vector<StandingValue> standing;
  /// Of a synchronisation: a reference of the registry («class»). Only records that share its value with some row of
  /// the file are looked at, so that the file of one class touches no other. Empty: the first reference of `standing`,
  /// else of child rows the record whose they are, else all records are looked at.
  std::string within;
  /// Of a synchronisation that is no dry run: how many records go to the archive, as the dry run told. Another number
  /// is an error: nobody loses a school by a wrong file.
  std::optional<int> to_archive;
  bool dry_run = false;                  ///< everything is tried and nothing stays
  bool accept_valid = false;             ///< rows without errors are written although others are rejected
  std::function<void(double)> progress;  ///< 0..1, after each row; must not throw
  std::function<bool()> cancelled;       ///< asked before each row
  /// Whether a registry may be used in this school (its plugin is enabled); all may when it is empty.
  std::function<bool(const schema::Registry&)> available;
};

/// Thrown out of run() when `cancelled` said so; nothing of the import stays.
struct Cancelled {};

class Sight;

/// How a file's main sheet would be read, before anything is looked up.
struct Reading {
  std::string registry;  ///< whose form the file follows
  std::string sheet;
  std::vector<std::string> sheets;  ///< of the workbook, hidden ones left out
  int header_row = 0;               ///< as the spreadsheet shows it; 0 in a sheet of names and values
  std::vector<ColumnUse> columns;
  struct Target {
    std::string to, header;
    bool required = false;
    bool missing = false;  ///< required, and nothing in the file gives it
  };
  std::vector<Target> targets;  ///< what a column may be assigned to
};

/// With a Sight the columns that the caller may not see are left out, as run() leaves them out. Throws
/// http::ProblemError (422) as run() does, but for what a person can still assign by hand.
Reading read_headers(const schema::Catalogue&, const schema::Registry&, const tabular::Workbook&, const ImportOptions&,
                     const Sight* = nullptr);

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
  /// "no_such_sheet" and "bad_set" likewise, and "bad_within"; 403 when the caller neither makes nor changes such
  /// records.
  ImportResult run(storage::Session&, const registry::Asker&, const schema::Registry&, const tabular::Workbook&,
                   const ImportOptions&);

 private:
  const schema::Catalogue& catalogue_;
  const registry::RecordQuery& query_;
  registry::RecordWriter& writer_;
};

}  // namespace eschool::importing
