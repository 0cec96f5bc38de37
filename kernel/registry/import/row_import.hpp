/// The work on the rows of one sheet: values read, records found or made, each row in its own savepoint.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kernel/registry/display.hpp"
#include "kernel/registry/import/cell_value.hpp"
#include "kernel/registry/import/header_match.hpp"
#include "kernel/registry/import/identity.hpp"
#include "kernel/registry/import/import_result.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/import/sight.hpp"

namespace eschool::importing {

/// What the import works with, the same for every sheet.
struct ImportTools {
  storage::Session& session;
  const registry::Asker& asker;
  const schema::Catalogue& catalogue;
  const registry::RecordQuery& query;
  registry::RecordWriter& writer;
};

/// One thread, inside a write body. The plan and the result outlive it.
class SheetImport {
 public:
  /// `decisions` are about the rows of this sheet.
  SheetImport(const ImportTools&, const SheetPlan&, ImportResult&, ImportMode = ImportMode::merge,
              const std::map<int, Decision>* decisions = nullptr);

  /// What every row says unless it says otherwise. Throws http::ProblemError ("bad_set") for a path that the plan does
  /// not have and for a record that the caller does not see.
  void stand(const std::vector<StandingValue>&);
  /// Writes what the row says, or adds to the result's errors what is wrong with it and leaves nothing of it. A row
  /// without a value in any known column is passed over; so are, with a note in the result, headings and sums.
  void row(const tabular::Sheet&, const tabular::Row&, const std::vector<MappedColumn>&);
  /// The same for the one record that a sheet of names and values describes: a wrong line is left out of it.
  void named_values(const tabular::Sheet&, const std::vector<NamedValue>&);

  /// Registries in which something was made or changed.
  const std::set<const schema::Registry*>& touched() const { return touched_; }
  /// Records of the plan's own registry that accepted rows spoke of.
  std::set<std::int64_t> spoken_of() const;

 private:
  using NodeIndex = std::size_t;  ///< into SheetPlan::nodes
  using Key = std::pair<const schema::Registry*, std::int64_t>;
  /// What a row says of one record.
  struct Part {
    registry::Values given;
    registry::Values whole;  ///< the record's values after the row, of a record that was found or made
    std::int64_t id = 0;     ///< 0: absent, or not found
    std::string display;
    registry::Outcome outcome = registry::Outcome::unchanged;
    bool failed = false;  ///< a cell of it is wrong, so that it can not be looked for
  };
  /// What counts once the row's savepoint is released, and not before.
  struct Effects {
    std::vector<std::pair<Key, registry::Values>> seen;
    std::vector<std::pair<std::string, std::pair<std::int64_t, std::string>>> lookups;
    std::vector<Key> made, changed;
    std::vector<Difference> differences;  ///< of records that were there
  };
  struct Seen {
    int row = 0;
    registry::Values given;
  };

  void begin(int row);
  void read(const PlanColumn&, std::size_t column, const tabular::Cell&);
  /// Reads the cells of the row, and for columns in which it says nothing what stands for it.
  void read(const tabular::Row&, const std::vector<MappedColumn>&);
  void settle();
  void check_standing();
  void look_up(NodeIndex);
  void write(NodeIndex);
  void create(NodeIndex, std::int64_t base);
  void update(NodeIndex, std::int64_t id);
  bool repeats(NodeIndex, std::int64_t id);
  void keep(NodeIndex, std::int64_t id);
  bool decided(NodeIndex, const Match&);
  void offer_choices(NodeIndex, const Match&);
  void note_differences(const schema::Registry&, std::int64_t id, const registry::Values& before,
                        const registry::Values& after, const std::vector<std::string>& names);
  std::string shown(const schema::Field&, const storage::Value&);
  void keep_deferred(NodeIndex);
  void commit();

  Identity& identity(const schema::Registry&);
  std::optional<Match> narrowed(NodeIndex, const Match&);
  void warn_of_differences(NodeIndex);
  std::string unknown_message(NodeIndex);
  std::string display_of(NodeIndex, const registry::Values&);
  std::string describe(const schema::Registry&, const Candidate&);
  std::string header_of(NodeIndex, std::string_view field) const;
  std::string first_given(NodeIndex) const;
  std::string telling_field(NodeIndex, const Match&) const;
  int row_of(NodeIndex, std::string_view field) const;
  void error(NodeIndex, std::string_view field, CellNote);
  void warning(NodeIndex, std::string_view field, CellNote);
  void problem(NodeIndex, const http::ProblemError&);
  /// Leaves of a match what the caller sees; records that he does not see are as if they were not there.
  void hide_unseen(NodeIndex, Match&);
  bool same(const schema::Registry&, const std::string& field, const storage::Value&, const storage::Value&) const;

  const ImportTools& tools_;
  const Sight sight_;
  const SheetPlan& plan_;
  ImportResult& result_;
  ImportMode mode_;
  const std::map<int, Decision>* decisions_;
  std::map<const schema::Registry*, Identity> identities_;
  std::vector<std::vector<registry::DisplayPart>> displays_;  ///< by node
  std::vector<std::string> known_;                            ///< by node: what an unknown reference may have meant
  std::vector<std::string> headers_;                          ///< of the file, by plan column
  std::vector<tabular::Cell> standing_;  ///< by plan column: told beside the file, or carried from a row above
  std::map<NodeIndex, std::pair<std::int64_t, std::string>> standing_records_;  ///< with their display
  std::vector<int> rows_;                                                       ///< of the file, by plan column
  std::vector<Part> parts_;
  std::vector<Remark> errors_;
  Effects effects_;
  std::map<Key, Seen> seen_;  ///< records that rows before this one spoke of
  std::unordered_map<std::string, std::pair<std::int64_t, std::string>> lookups_;
  std::set<Key> made_, changed_;
  std::set<const schema::Registry*> touched_;
};

}  // namespace eschool::importing
