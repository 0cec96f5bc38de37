/// Reading records: one compiled statement a request, access inside it, JSON written straight from its columns.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/access/policy.hpp"
#include "kernel/registry/child_rows.hpp"
#include "kernel/registry/cursor.hpp"
#include "kernel/registry/display.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::registry {

/// The caller and the moment: what a compiled statement's variables are bound to.
struct Asker {
  const access::Principal& who;
  std::string today;  ///< ISO date of the school's day
  std::string now;    ///< UTC, YYYY-MM-DDTHH:MM:SSZ
};

void bind(storage::Statement&, const std::vector<access::Bind>&, const Asker&, int first = 1);

struct ListRequest {
  std::string filter;  ///< rules language
  std::string q;       ///< words, each the beginning of a word of some searched field
  std::string sort;    ///< "-birth_date,surname"
  std::string after;   ///< the `next` of the page before
  std::string fields;  ///< names separated by commas; all readable ones when empty
  int limit = 50;      ///< 1..500
  bool count = false;  ///< also the number of all matches
};

class RecordQuery {
 public:
  RecordQuery(const schema::Catalogue& catalogue, const access::Policy& policy)
      : catalogue_(catalogue), policy_(policy) {}

  const access::Policy& policy() const { return policy_; }

  /// Appends {"items":[...],"next":...,"total":n}. Throws http::ProblemError.
  void list(storage::Session&, const Asker&, const schema::Registry&, const ListRequest&, std::string& out) const;
  /// Appends the record with its lists of child rows, up to child_row_limit of each, and with
  /// "child_rows":{"topics":{…}} as ChildRows::json says. Throws not_found() for a record that is not there or not to
  /// be seen.
  void get(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id, std::string& out) const;
  /// The rows of a `children` field that the record `parent` shows to the caller; nullopt when it shows no such list.
  /// `list`: also appends them, as "[{…},…]".
  std::optional<ChildRows> child_rows(storage::Session&, const Asker&, const schema::Field&, std::int64_t parent,
                                      std::string* list = nullptr) const;
  /// Whether the caller reads the record, and what stands in its fields up to that level.
  bool readable(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id,
                schema::Sensitivity level = schema::Sensitivity::open) const;
  /// Whether this one right gives the record.
  bool holds(storage::Session&, const Asker&, const access::Rule&, const schema::Registry&, std::int64_t id) const;
  /// The display text of a record, whoever asks; "" when there is none.
  std::string display(storage::Session&, const schema::Registry&, std::int64_t id) const;
  /// Compiled SQL of a list, for the test that reads the query plans.
  std::string list_sql(const access::Principal&, const schema::Registry&, const ListRequest&) const;
  /// After a change of what roles give: statements that were compiled before are of no use.
  void forget_plans() const;
  /// Names of the fields that the caller can ever read, in the order of the schema, base fields first.
  std::vector<const schema::Field*> readable_fields(const access::Principal&, const schema::Registry&) const;
  /// All fields with a column, the base's first.
  std::vector<const schema::Field*> columns_of(const schema::Registry&) const;

 private:
  struct Output {
    const schema::Field* field = nullptr;
    std::string prefix;  ///< ,"surname":
    int column = 0;
    int flag = -1;                   ///< column that says whether this row shows the field
    std::vector<DisplayPart> parts;  ///< of a reference
    int display = 0;                 ///< first column of the parts
  };
  struct Plan {
    access::Sql select, count;
    std::vector<Output> outputs;
    int first_sort = 0;             ///< columns of the cursor: the sort values, then id
    std::vector<CursorKind> sorts;  ///< what each of them holds
  };
  struct Builder;
  std::shared_ptr<const Plan> plan(const access::Principal&, const schema::Registry&, const ListRequest&,
                                   bool single) const;
  bool holds_for(storage::Session&, const Asker&, const access::Condition&, const access::Source& root,
                 std::int64_t id) const;
  void write_row(const storage::Statement&, const Plan&, std::string& out) const;
  /// Appends ,"topics":[…] for each list, and to `seen` what "child_rows" says of it.
  void write_children(storage::Session&, const Asker&, const schema::Registry&, std::int64_t id, std::string& out,
                      std::string& seen) const;

  const schema::Catalogue& catalogue_;
  const access::Policy& policy_;
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<std::string, std::shared_ptr<const Plan>> plans_;
};

}  // namespace eschool::registry
