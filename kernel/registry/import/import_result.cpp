#include "kernel/registry/import/import_result.hpp"

#include <algorithm>
#include <utility>

#include "kernel/http/json_text.hpp"

namespace eschool::importing {

namespace {

using json::append_int;
using json::append_key;
using json::append_string;

void append_text(std::string& out, std::string_view key, const std::string& text) {
  out += ',';
  append_key(out, key);
  append_string(out, text);
}

void append_remark(std::string& out, const std::string& sheet, const Remark& remark) {
  out += "{\"sheet\":";
  append_string(out, sheet);
  out += ",\"row\":";
  append_int(out, remark.row);
  out += ",\"column\":";
  append_string(out, remark.column);
  out += ",\"code\":";
  append_string(out, remark.code);
  out += ",\"message\":";
  append_string(out, remark.message);
  if (!remark.choices.empty()) {
    out += ",\"choices\":[";
    for (std::size_t i = 0; i < remark.choices.size(); ++i) {
      out += i ? ",{\"id\":" : "{\"id\":";
      append_int(out, remark.choices[i].record);
      append_text(out, "display", remark.choices[i].display);
      out += '}';
    }
    out += ']';
  }
  out += '}';
}

void append_remarks(std::string& out, std::string_view key, const std::string& sheet, const Capped<Remark>& remarks) {
  out += ',';
  append_key(out, key);
  out += '[';
  for (std::size_t i = 0; i < remarks.items.size(); ++i) {
    if (i) out += ',';
    append_remark(out, sheet, remarks.items[i]);
  }
  out += ']';
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

void append_texts(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
  out += ',';
  append_key(out, key);
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i) out += ',';
    append_string(out, texts[i]);
  }
  out += ']';
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
  out += ",\"changes\":[";
  for (std::size_t i = 0; i < result.changes.items.size(); ++i) {
    const auto& change = result.changes.items[i];
    out += i ? ",{\"row\":" : "{\"row\":";
    append_int(out, change.row);
    out += ",\"outcome\":";
    append_string(out, name_of(change.outcome));
    out += ",\"display\":";
    append_string(out, change.display);
    out += ",\"differences\":[";
    for (std::size_t d = 0; d < change.differences.size(); ++d) {
      const auto& difference = change.differences[d];
      out += d ? ",{\"label\":" : "{\"label\":";
      append_string(out, difference.label);
      append_text(out, "before", difference.before);
      append_text(out, "after", difference.after);
      out += '}';
    }
    out += "]}";
  }
  out += ']';
  if (!result.missing.items.empty()) {
    out += ",\"missing\":[";
    for (std::size_t i = 0; i < result.missing.items.size(); ++i) {
      out += i ? ",{\"id\":" : "{\"id\":";
      append_int(out, result.missing.items[i].record);
      append_text(out, "display", result.missing.items[i].display);
      out += '}';
    }
    out += ']';
  }
  append_columns(out, result.columns);
  out += ",\"passed_over\":[";
  for (std::size_t i = 0; i < result.passed_over.items.size(); ++i) {
    out += i ? ",{\"row\":" : "{\"row\":";
    append_int(out, result.passed_over.items[i].row);
    append_text(out, "kind", result.passed_over.items[i].kind);
    out += '}';
  }
  out += ']';
  append_texts(out, "unknown_columns", result.unknown_columns);
  const auto left_out =
      result.errors.left_out + result.warnings.left_out + result.changes.left_out + result.missing.left_out;
  if (left_out) {
    append_number(out, "errors_left_out", static_cast<std::int64_t>(result.errors.left_out));
    append_number(out, "warnings_left_out", static_cast<std::int64_t>(result.warnings.left_out));
    append_number(out, "changes_left_out", static_cast<std::int64_t>(result.changes.left_out));
    append_number(out, "missing_left_out", static_cast<std::int64_t>(result.missing.left_out));
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
  out += "},\"sheets\":[";
  for (std::size_t i = 0; i < result.sheets.size(); ++i) {
    if (i) out += ',';
    append_result(out, result.sheets[i]);
  }
  out += "]}";
}

}  // namespace

void append_columns(std::string& out, const std::vector<ColumnUse>& columns) {
  out += ",\"columns\":[";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& column = columns[i];
    out += i ? ",{\"header\":" : "{\"header\":";
    append_string(out, column.header);
    append_text(out, "to", column.to);
    append_text(out, "target", column.target);
    append_text(out, "how", column.how);
    append_text(out, "letters", column.letters);
    append_text(out, "sample", column.sample);
    out += '}';
  }
  out += ']';
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
