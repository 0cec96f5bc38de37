#include "kernel/registry/import/row_import.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/registry/field_value.hpp"
#include "kernel/registry/import/match_messages.hpp"
#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/import/row_kind.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::importing {

using registry::is_null;
using registry::Outcome;
using registry::Values;
using schema::Registry;
using storage::Value;

SheetImport::SheetImport(const ImportTools& tools, const SheetPlan& plan, ImportResult& result, ImportMode mode,
                         const std::map<int, Decision>* decisions)
    : tools_(tools),
      sight_(tools.session, tools.asker, tools.catalogue, tools.query),
      plan_(plan),
      result_(result),
      mode_(mode),
      decisions_(decisions),
      known_(plan.nodes.size()),
      headers_(plan.columns.size()),
      standing_(plan.columns.size()),
      rows_(plan.columns.size()) {
  for (const auto& node : plan.nodes) displays_.push_back(registry::parse_display(node.registry->display));
}

Identity& SheetImport::identity(const Registry& registry) {
  return identities_.try_emplace(&registry, tools_.catalogue, registry).first->second;
}

// --- places and remarks

std::string SheetImport::header_of(NodeIndex node, std::string_view field) const {
  const std::string* first = nullptr;
  for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
    if (headers_[i].empty()) continue;
    const auto& column = plan_.columns[i];
    if (column.node == node && column.feeds(field)) return headers_[i];
    // The reference itself: the column that begins to describe what it leads to.
    const auto& at = plan_.nodes[column.node];
    if (!first && column.node != node && at.parent == node && at.reference && at.reference->name == field)
      first = &headers_[i];
  }
  return first ? *first : std::string();
}

/// The field of the first column of the file that says something of the record.
std::string SheetImport::first_given(NodeIndex node) const {
  for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
    const auto& column = plan_.columns[i];
    if (column.node != node || headers_[i].empty()) continue;
    for (const auto& [name, value] : parts_[node].given)
      if (column.feeds(name)) return name;
  }
  return parts_[node].given.empty() ? std::string() : parts_[node].given.begin()->first;
}

/// The field by which to point at what a match stumbled over, if the file has a column for it.
std::string SheetImport::telling_field(NodeIndex node, const Match& match) const {
  if (match.fields.empty() || header_of(node, match.fields.front()).empty()) return first_given(node);
  return match.fields.front();
}

int SheetImport::row_of(NodeIndex node, std::string_view field) const {
  for (std::size_t i = 0; i < plan_.columns.size(); ++i)
    if (plan_.columns[i].node == node && plan_.columns[i].feeds(field) && !headers_[i].empty()) return rows_[i];
  return *std::max_element(rows_.begin(), rows_.end()) == *std::min_element(rows_.begin(), rows_.end()) ? rows_.front()
                                                                                                        : 0;
}

void SheetImport::error(NodeIndex node, std::string_view field, CellNote note) {
  errors_.push_back({row_of(node, field), header_of(node, field), std::move(note.code), std::move(note.message)});
}

void SheetImport::warning(NodeIndex node, std::string_view field, CellNote note) {
  result_.warnings.add({row_of(node, field), header_of(node, field), std::move(note.code), std::move(note.message)});
}

void SheetImport::problem(NodeIndex node, const http::ProblemError& thrown) {
  const auto& problem = thrown.problem;
  for (const auto& item : problem.errors) error(node, item.field, {item.code, item.message});
  if (problem.errors.empty()) error(node, {}, {problem.code, problem.detail.empty() ? problem.title : problem.detail});
}

std::string SheetImport::describe(const Registry& registry, const Candidate& candidate) {
  const auto* base = tools_.catalogue.base(registry);
  const auto& shown = candidate.id || !base ? registry : *base;
  const auto id = candidate.id || !base ? candidate.id : candidate.base;
  // Whoever may import may not see everybody.
  if (!tools_.query.readable(tools_.session, tools_.asker, shown, id)) return "запись, которая вам не видна";
  auto text = tools_.query.display(tools_.session, shown, id);
  if (const auto seen = seen_.find({&registry, candidate.id}); seen != seen_.end())
    text += fmt::format(", строка {} этого файла", seen->second.row);
  return text;
}

std::string SheetImport::display_of(NodeIndex node, const Values& values) {
  const auto& at = plan_.nodes[node];
  std::string out, text;
  registry::write_display(out, displays_[node], [&](std::size_t part) -> std::string_view {
    const auto& name = displays_[node][part].field;
    for (const auto child : at.children)
      if (plan_.nodes[child].reference->name == name) return parts_[child].display;
    const auto found = values.find(name);
    const auto* field = tools_.catalogue.locate(*at.registry, name).field;
    if (found == values.end() || !field || is_null(found->second)) return {};
    text = shown(*field, found->second);
    return text;
  });
  return out;
}

std::string SheetImport::shown(const schema::Field& field, const Value& value) {
  if (is_null(value)) return {};
  if (field.type != schema::FieldType::reference) return shown_value(field, value);
  return tools_.query.display(tools_.session, tools_.catalogue.at(field.target), std::get<std::int64_t>(value));
}

bool SheetImport::same(const Registry& registry, const std::string& name, const Value& a, const Value& b) const {
  if (a == b) return true;
  const auto* field = tools_.catalogue.locate(registry, name).field;
  return field && field->has_key() && !is_null(a) && !is_null(b) && registry::key_of(a) == registry::key_of(b);
}

// --- rows

void SheetImport::begin(int row) {
  parts_.assign(plan_.nodes.size(), {});
  errors_.clear();
  effects_ = {};
  rows_.assign(plan_.columns.size(), row);
  for (const auto& [node, record] : standing_records_) std::tie(parts_[node].id, parts_[node].display) = record;
}

void SheetImport::stand(const std::vector<StandingValue>& values) {
  for (const auto& value : values) {
    if (value.record) {
      const auto node = std::find_if(plan_.nodes.begin() + 1, plan_.nodes.end(),
                                     [&](const Node& candidate) { return candidate.path == value.to; });
      if (node == plan_.nodes.end() ||
          !tools_.query.readable(tools_.session, tools_.asker, *node->registry, value.record))
        throw registry::problem(422, "bad_set", "Не ко всем строкам это можно отнести",
                                fmt::format("«{}»: такой записи нет.", value.to));
      standing_records_[static_cast<NodeIndex>(node - plan_.nodes.begin())] = {
          value.record, tools_.query.display(tools_.session, *node->registry, value.record)};
      continue;
    }
    const auto column = std::find_if(plan_.columns.begin(), plan_.columns.end(),
                                     [&](const PlanColumn& candidate) { return candidate.column->to == value.to; });
    if (column == plan_.columns.end())
      throw registry::problem(422, "bad_set", "Не ко всем строкам это можно отнести",
                              fmt::format("«{}»: такого столбца у этих файлов нет.", value.to));
    const auto index = static_cast<std::size_t>(column - plan_.columns.begin());
    standing_[index] = tabular::Cell::of_text(value.text);
    headers_[index] = column->column->header;
  }
}

void SheetImport::read(const PlanColumn& column, std::size_t index, const tabular::Cell& cell) {
  CellNotes notes;
  read_cell(column, cell, parts_[column.node].given, notes);
  for (auto& note : notes.errors)
    errors_.push_back({rows_[index], headers_[index], std::move(note.code), std::move(note.message)});
  for (auto& note : notes.warnings)
    result_.warnings.add({rows_[index], headers_[index], std::move(note.code), std::move(note.message)});
  if (!notes.errors.empty()) parts_[column.node].failed = true;
}

void SheetImport::read(const tabular::Row& row, const std::vector<MappedColumn>& columns) {
  std::vector<bool> said(plan_.columns.size());
  for (const auto& mapped : columns) {
    headers_[mapped.column] = mapped.header;
    if (!is_filled(row, mapped.cell)) continue;
    const auto& column = plan_.columns[mapped.column];
    const auto& cell = row.cells[mapped.cell];
    said[mapped.column] = true;
    if (column.column->carried) standing_[mapped.column] = cell;
    read(column, mapped.column, cell);
  }
  for (std::size_t i = 0; i < standing_.size(); ++i)
    if (!said[i] && standing_[i].kind != tabular::Cell::Kind::empty) read(plan_.columns[i], i, standing_[i]);
}

/// A row that names another record than the one that stands for all rows is not meant for it: nobody said which holds.
void SheetImport::check_standing() {
  for (const auto& [node, record] : standing_records_)
    if (parts_[node].id != record.first)
      error(node, first_given(node),
            {"other_record", fmt::format("в строке названа другая запись, а файл загружают в «{}»: уберите столбец или "
                                         "выберите эту запись",
                                         record.second)});
}

void SheetImport::row(const tabular::Sheet& sheet, const tabular::Row& row, const std::vector<MappedColumn>& columns) {
  if (is_total(row, plan_, columns)) return result_.passed_over.add({row.number, "total"});
  if (const auto heading = heading_of(sheet, row, plan_, columns)) {
    standing_[heading->column] = row.cells[heading->cell];
    if (headers_[heading->column].empty()) headers_[heading->column] = plan_.columns[heading->column].column->header;
    return result_.passed_over.add({row.number, "heading"});
  }
  if (std::none_of(columns.begin(), columns.end(),
                   [&](const MappedColumn& mapped) { return is_filled(row, mapped.cell); }))
    return;
  ++result_.rows;
  begin(row.number);
  read(row, columns);
  {
    storage::Savepoint savepoint(tools_.session);
    settle();
    check_standing();
    if (errors_.empty()) savepoint.release();
  }
  if (!errors_.empty()) {
    ++result_.rejected;
    for (auto& remark : errors_) result_.errors.add(std::move(remark));
    return;
  }
  auto& root = parts_.front();
  const bool something =
      std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.outcome != Outcome::unchanged; });
  const auto outcome = root.outcome == Outcome::created ? Outcome::created
                       : something                      ? Outcome::updated
                                                        : Outcome::unchanged;
  ++(outcome == Outcome::created ? result_.created : outcome == Outcome::updated ? result_.updated : result_.unchanged);
  if (outcome != Outcome::unchanged)
    result_.changes.add({row.number, outcome, std::move(root.display), std::move(effects_.differences)});
  commit();
}

void SheetImport::named_values(const tabular::Sheet& sheet, const std::vector<NamedValue>& lines) {
  begin(0);
  std::set<int> rejected;
  const auto reject = [&] {
    for (auto& remark : errors_) {
      rejected.insert(remark.row);
      result_.errors.add(std::move(remark));
    }
    errors_.clear();
  };
  for (const auto& line : lines) {
    const auto& row = sheet.rows[line.row];
    ++result_.rows;
    headers_[line.column] = line.name;
    rows_[line.column] = row.number;
    if (line.cell < row.cells.size()) read(plan_.columns[line.column], line.column, row.cells[line.cell]);
  }
  reject();
  // What the record itself refuses is left out, and the rest is written: at most once more for each line.
  const auto given = parts_;
  for (std::size_t attempt = 0; attempt <= lines.size(); ++attempt) {
    effects_ = {};
    parts_ = given;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      if (rejected.contains(rows_[i]) && plan_.columns[i].field)
        parts_[plan_.columns[i].node].given.erase(plan_.columns[i].field->name);
    storage::Savepoint savepoint(tools_.session);
    for (auto& part : parts_) part.failed = false;
    settle();
    if (errors_.empty()) {
      savepoint.release();
      auto& root = parts_.front();
      ++(root.outcome == Outcome::created   ? result_.created
         : root.outcome == Outcome::updated ? result_.updated
                                            : result_.unchanged);
      if (root.outcome != Outcome::unchanged)
        result_.changes.add({0, root.outcome, root.display, std::move(effects_.differences)});
      commit();
      break;
    }
    const auto before = rejected.size();
    reject();
    if (rejected.size() == before || rejected.contains(0)) break;
  }
  rejected.erase(0);
  result_.rejected = static_cast<int>(rejected.size());
}

std::set<std::int64_t> SheetImport::spoken_of() const {
  std::set<std::int64_t> ids;
  for (const auto& [key, seen] : seen_)
    if (key.first == plan_.registry) ids.insert(key.second);
  return ids;
}

void SheetImport::commit() {
  for (auto& [key, given] : effects_.seen) {
    auto& seen = seen_[key];
    if (!seen.row) seen.row = rows_.front();
    for (auto& [name, value] : given) seen.given.insert_or_assign(name, std::move(value));
  }
  for (auto& [text, found] : effects_.lookups) lookups_.emplace(std::move(text), std::move(found));
  for (const auto& key : effects_.made) {
    touched_.insert(key.first);
    if (made_.insert(key).second) ++result_.records[key.first->id].created;
  }
  for (const auto& key : effects_.changed) {
    touched_.insert(key.first);
    if (!made_.contains(key) && changed_.insert(key).second) ++result_.records[key.first->id].updated;
  }
}

/// What a record refers to comes before the record: children stand behind their parents in the plan.
void SheetImport::settle() {
  for (std::size_t i = plan_.nodes.size(); i-- > 0;) {
    const auto& node = plan_.nodes[i];
    auto& part = parts_[i];
    for (const auto child : node.children) {
      if (parts_[child].id) part.given.insert_or_assign(plan_.nodes[child].reference->name, parts_[child].id);
      if (parts_[child].failed) part.failed = true;
    }
    if (part.failed) continue;
    if (!node.may_create()) {
      if (!part.given.empty()) look_up(i);
    } else if (errors_.empty() && (node.mode == Node::Mode::root || !part.given.empty())) {
      write(i);
    } else if (!errors_.empty()) {
      part.failed = true;
    }
  }
}

}  // namespace eschool::importing
