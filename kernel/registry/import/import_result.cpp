#include "kernel/registry/import/import_result.hpp"

#include <algorithm>
#include <utility>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/import/better_fit.hpp"

namespace eschool::importing {

namespace {

using json::append_int;
using json::append_key;
using json::append_string;

void append_text(std::string& out, std::string_view key, std::string_view text) {
  out += ',';
  append_key(out, key);
  append_string(out, text);
}

/// `,"key":[…]`; `write` appends one item.
template <class Items, class Write>
void append_list(std::string& out, std::string_view key, const Items& items, Write write) {
  out += ',';
  append_key(out, key);
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) out += ',';
    write(item);
  }
  out += ']';
}

void append_remark(std::string& out, const std::string& sheet, const Remark& remark) {
  out += "{\"sheet\":";
  append_string(out, sheet);
  out += ",\"row\":";
  append_int(out, remark.row);
  append_text(out, "column", remark.column);
  append_text(out, "code", remark.code);
  append_text(out, "message", remark.message);
  if (!remark.choices.empty())
    append_list(out, "choices", remark.choices, [&](const Remark::Choice& choice) {
      out += "{\"id\":";
      append_int(out, choice.record);
      append_text(out, "display", choice.display);
      out += '}';
    });
  out += '}';
}

void append_remarks(std::string& out, std::string_view key, const std::string& sheet, const Capped<Remark>& remarks) {
  append_list(out, key, remarks.items, [&](const Remark& remark) { append_remark(out, sheet, remark); });
}

void append_number(std::string& out, std::string_view key, std::int64_t number) {
  out += ',';
  append_key(out, key);
  append_int(out, number);
}

void append_flag(std::string& out, std::string_view key, bool flag) {
  out += ',';
  append_key(out, key);
  json::append_bool(out, flag);
}

std::string_view name_of(registry::Outcome outcome) {
  switch (outcome) {
    case registry::Outcome::created:
      return "created";
    case registry::Outcome::updated:
      return "updated";
    case registry::Outcome::unchanged:
      break;
  }
  return "unchanged";
}

void append_result(std::string& out, const ImportResult& result) {
  out += "{\"sheet\":";
  append_string(out, result.sheet);
  out += ",\"registry\":";
  append_string(out, result.registry);
  append_number(out, "rows", result.rows);
  append_number(out, "created", result.created);
  append_number(out, "updated", result.updated);
  append_number(out, "unchanged", result.unchanged);
  append_number(out, "rejected", result.rejected);
  append_number(out, "archived", result.archived);
  append_number(out, "resolved", static_cast<std::int64_t>(result.resolved.size()));
  append_flag(out, "dry_run", result.dry_run);
  append_flag(out, "applied", result.applied);
  if (result.import_id) append_number(out, "import", result.import_id);
  append_remarks(out, "errors", result.sheet, result.errors);
  append_remarks(out, "warnings", result.sheet, result.warnings);
  append_list(out, "changes", result.changes.items, [&](const RowChange& change) {
    out += "{\"row\":";
    append_int(out, change.row);
    append_text(out, "outcome", name_of(change.outcome));
    append_text(out, "display", change.display);
    append_list(out, "differences", change.differences, [&](const Difference& difference) {
      out += "{\"label\":";
      append_string(out, difference.label);
      append_text(out, "before", difference.before);
      append_text(out, "after", difference.after);
      out += '}';
    });
    out += '}';
  });
  if (!result.missing.items.empty())
    append_list(out, "missing", result.missing.items, [&](const Missing& missing) {
      out += "{\"id\":";
      append_int(out, missing.record);
      append_text(out, "display", missing.display);
      out += '}';
    });
  append_columns(out, result.columns);
  append_list(out, "passed_over", result.passed_over.items, [&](const PassedOver& row) {
    out += "{\"row\":";
    append_int(out, row.row);
    append_text(out, "kind", row.kind);
    out += '}';
  });
  append_list(out, "unknown_columns", result.unknown_columns,
              [&](const std::string& header) { append_string(out, header); });
  const auto left_out = result.errors.left_out + result.warnings.left_out + result.changes.left_out +
                        result.missing.left_out + result.passed_over.left_out;
  if (left_out) {
    append_number(out, "errors_left_out", static_cast<std::int64_t>(result.errors.left_out));
    append_number(out, "warnings_left_out", static_cast<std::int64_t>(result.warnings.left_out));
    append_number(out, "changes_left_out", static_cast<std::int64_t>(result.changes.left_out));
    append_number(out, "missing_left_out", static_cast<std::int64_t>(result.missing.left_out));
    append_number(out, "passed_over_left_out", static_cast<std::int64_t>(result.passed_over.left_out));
  }
  out += ",\"records\":{";
  bool first = true;
  for (const auto& [registry, counts] : result.records) {
    if (!std::exchange(first, false)) out += ',';
    append_key(out, registry);
    out += "{\"created\":";
    append_int(out, counts.created);
    append_number(out, "updated", counts.updated);
    out += '}';
  }
  out += '}';
  if (result.suggested) out += "," + suggested_member(*result.suggested);
  append_list(out, "sheets", result.sheets, [&](const ImportResult& sheet) { append_result(out, sheet); });
  out += '}';
}

}  // namespace

void append_columns(std::string& out, const std::vector<ColumnUse>& columns) {
  append_list(out, "columns", columns, [&](const ColumnUse& column) {
    out += "{\"header\":";
    append_string(out, column.header);
    append_text(out, "to", column.to);
    append_text(out, "target", column.target);
    append_text(out, "how", column.how);
    append_text(out, "letters", column.letters);
    append_text(out, "sample", column.sample);
    out += '}';
  });
}

std::string errors_member(const std::string& sheet, const Remark& remark) {
  std::string out = "\"errors\":[";
  append_remark(out, sheet, remark);
  return out + ']';
}

bool ImportResult::blocked() const {
  const bool whole =
      std::any_of(errors.items.begin(), errors.items.end(), [](const Remark& remark) { return remark.row == 0; });
  return rejected > 0 || whole ||
         std::any_of(sheets.begin(), sheets.end(), [](const auto& part) { return part.blocked(); });
}

std::string ImportResult::to_json() const {
  std::string out;
  append_result(out, *this);
  return out;
}

}  // namespace eschool::importing
