/// What an import did, or would do: the counts, what is wrong by row and column, what would be made or changed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/record_writer.hpp"

namespace eschool::importing {

/// Lists longer than this are cut; the counts stay right, and `…_left_out` tells how many are not shown.
inline constexpr std::size_t most_remarks = 1000;

/// Something about a place of the file: an error or a warning.
struct Remark {
  int row = 0;          ///< as the spreadsheet shows it, from 1; 0: the sheet as a whole
  std::string column;   ///< the header as the file has it; empty: the row as a whole
  std::string code;     ///< for programs: "check", "unknown_reference", "ambiguous", …
  std::string message;  ///< Russian: what is wrong and what to do
  /// Records from which a person may choose, of an error that says that the row's record can not be told.
  struct Choice {
    std::int64_t record = 0;
    std::string display;
  };
  std::vector<Choice> choices = {};
};

/// `"errors":[{…}]` with the one remark: what a problem about a whole file adds to say where, in the form of the
/// result's own errors.
std::string errors_member(const std::string& sheet, const Remark& remark);

/// A list that keeps its first entries and counts the rest.
template <class Item>
struct Capped {
  std::vector<Item> items;
  std::size_t left_out = 0;
  void add(Item item) {
    if (items.size() < most_remarks)
      items.push_back(std::move(item));
    else
      ++left_out;
  }
};

/// What a row changes in a field of a record that was there.
struct Difference {
  std::string label;
  std::string before, after;  ///< as a person reads them; empty when the caller may not read the field
};

/// A record that was, or in a dry run would be, made or changed by a row.
struct RowChange {
  int row = 0;
  registry::Outcome outcome = registry::Outcome::created;
  std::string display;
  std::vector<Difference> differences;
};

/// A record that a synchronisation archives, since no row speaks of it.
struct Missing {
  std::int64_t record = 0;
  std::string display;
};

/// How a column of the file was understood.
struct ColumnUse {
  std::string header;       ///< as the file has it
  std::string to;           ///< ImportColumn::to; empty when it is not loaded
  std::string target;       ///< the header that the template gives it
  std::string how;          ///< name of the Understood; "unknown" or "skipped" when it is not loaded
  std::string letters;      ///< of the column in the spreadsheet
  std::string sample = {};  ///< what stands below it first
};

/// Appends `,"columns":[…]`.
void append_columns(std::string& out, const std::vector<ColumnUse>&);

/// A row that is no record: "heading" of the rows below it, or "total" of those above.
struct PassedOver {
  int row = 0;
  std::string kind;
};

struct RecordCounts {
  std::int64_t created = 0, updated = 0;
};

struct ImportResult {
  std::string registry;  ///< whose records the rows describe
  std::string sheet;     ///< empty for CSV
  int rows = 0;          ///< rows with data; of a name–value sheet, its lines
  /// By the record that a row describes. Of a name–value sheet there is one record, and `rejected` counts lines.
  int created = 0, updated = 0, unchanged = 0, rejected = 0;
  int archived = 0;                        ///< by a synchronisation
  std::int64_t import_id = 0;              ///< in the journal; 0 while nothing was written
  std::vector<PendingReference> resolved;  ///< references of earlier imports that found their record now
  bool dry_run = false;
  bool applied = false;  ///< the database was changed: not a dry run, and nothing was rejected or `accept_valid` given
  Capped<Remark> errors, warnings;
  Capped<RowChange> changes;
  std::vector<ColumnUse> columns;
  Capped<PassedOver> passed_over;
  Capped<Missing> missing;                      ///< what a synchronisation archives
  std::vector<std::string> unknown_columns;     ///< headers (of a name–value sheet: names) that were not understood
  std::map<std::string, RecordCounts> records;  ///< by registry, among them the records made along the way
  std::vector<ImportResult> sheets;             ///< companions of the same workbook
  const schema::Registry* suggested = nullptr;  ///< whose file this rather is, see better_fit; of what was not applied

  /// Whether some row here or in a companion was not accepted.
  bool blocked() const;
  /// The JSON object of the API. Its keys are those of the contract (docs of the import) and the additions above.
  std::string to_json() const;
};

}  // namespace eschool::importing
