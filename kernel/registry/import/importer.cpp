#include "kernel/registry/import/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/import/row_import.hpp"
#include "kernel/registry/import/row_kind.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/storage/table_shape.hpp"
#include "text/clean.hpp"
#include "text/dates.hpp"

namespace eschool::importing {

using schema::Registry;
using tabular::Sheet;

namespace {

/// A sheet and how its table lies in it.
struct Table {
  const Sheet* sheet = nullptr;
  std::optional<Header> header;
  std::optional<NamedValues> named;  ///< instead of the header

  std::size_t known() const { return header ? header->columns.size() : named ? named->lines.size() : 0; }
  const std::vector<HeaderNote>& notes() const { return header ? header->notes : named->notes; }
  std::vector<std::string> unknown() const {
    if (named) return named->unknown;
    std::vector<std::string> headers;
    for (const auto& column : header->unknown) headers.push_back(column.header);
    return headers;
  }
};

/// Says of the headers that nobody knew which of them mean what the importer may not see.
void note_hidden(const schema::Catalogue& catalogue, const SheetPlan& plan, std::vector<PlanColumn> hidden,
                 Header& header) {
  if (hidden.empty()) return;
  SheetPlan unseen{plan.registry, plan.nodes, std::move(hidden)};
  const HeaderNames names(catalogue, unseen);
  for (const auto& unknown : header.unknown)
    if (names.find(unknown.header))
      header.notes.push_back({"hidden_column", unknown.header,
                              fmt::format("столбец «{}» вашей роли недоступен: он не загружен", unknown.header)});
}

Table table_of(const HeaderNames& names, const SheetPlan& plan, const Sheet& sheet) {
  Table table{&sheet, find_header(names, plan, sheet), {}};
  if (!plan.registry->views.import.name_value) return table;
  auto named = find_named_values(names, plan, sheet);
  // The same record may also come as an ordinary table with one row.
  if (named && named->lines.size() >= table.known()) {
    table.header.reset();
    table.named = std::move(named);
  }
  return table;
}

/// `row`: that of the headers, 0 when there is none.
http::ProblemError file_problem(const std::string& code, std::string title, const std::string& detail,
                                const Sheet* sheet, int row = 0, const std::vector<std::string>& expected = {}) {
  auto thrown = registry::problem(422, code, std::move(title), detail);
  auto& extra = thrown.problem.extra;
  const std::string name = sheet ? sheet->name : "";
  extra = errors_member(name, {row, {}, code, detail}) + ",\"sheet\":";
  json::append_string(extra, name);
  extra += ",\"expected\":[";
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (i) extra += ',';
    json::append_string(extra, expected[i]);
  }
  extra += ']';
  return thrown;
}

std::string quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += fmt::format("{}«{}»", text.empty() ? "" : ", ", word);
  return text;
}

std::string sheet_words(const Sheet& sheet) {
  return sheet.name.empty() ? "В файле" : fmt::format("На листе «{}»", sheet.name);
}

bool is_named(const Sheet& sheet, const std::vector<std::string>& names) {
  const auto key = header_key(sheet.name);
  return !key.empty() &&
         std::any_of(names.begin(), names.end(), [&](const auto& name) { return header_key(name) == key; });
}

/// Which columns of the plan the file must have and has not.
class MissingColumns {
 public:
  MissingColumns(const schema::Catalogue& catalogue, const SheetPlan& plan, const Header& header,
                 const std::vector<StandingValue>& standing = {})
      : catalogue_(catalogue), plan_(plan), mapped_(plan.columns.size()), told_(plan.nodes.size()) {
    for (const auto& column : header.columns) mapped_[column.column] = true;
    for (const auto& value : standing) {
      for (std::size_t i = 0; i < mapped_.size(); ++i)
        if (!value.record && plan.columns[i].column->to == value.to) mapped_[i] = true;
      for (std::size_t i = 1; i < told_.size(); ++i)
        if (value.record && plan.nodes[i].path == value.to) told_[i] = true;
    }
  }

  std::vector<std::string> required() const {
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      const auto& node = plan_.nodes[i];
      if (!node.may_create() || told_[i] || (i && !present(i))) continue;
      for (const auto* table : {catalogue_.base(*node.registry), node.registry}) {
        if (!table) continue;
        for (const auto& field : table->fields)
          if (field.required && !field.readonly && field.when.empty() && !field.default_value) need(i, field, missing);
      }
    }
    return missing;
  }

  /// Columns one of which is needed to tell records from one another; empty when the file has enough.
  std::vector<std::string> identifying() const {
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      const auto& node = plan_.nodes[i];
      if (!node.may_create() || told_[i] || node.registry->singleton || (i && !present(i))) continue;
      std::vector<std::string> ways;
      bool enough = false;
      for (const auto& group : identity_groups(catalogue_, *node.registry)) {
        std::string missing;
        bool possible = true;
        for (const auto& name : group) {
          if (name == patronymic || gives(i, name)) continue;
          const auto header = header_for(i, name);
          possible = possible && !header.empty();
          missing += (missing.empty() ? "" : " и ") + header;
        }
        enough = enough || missing.empty();
        if (possible && !missing.empty()) ways.push_back(std::move(missing));
      }
      if (!enough) return ways;
    }
    return {};
  }

 private:
  bool present(std::size_t node) const {
    if (told_[node]) return true;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      if (mapped_[i] && within(plan_.columns[i].node, node)) return true;
    return false;
  }
  bool within(std::size_t node, std::size_t outer) const {
    while (node != outer && node != 0) node = plan_.nodes[node].parent;
    return node == outer;
  }
  /// The child node that a reference field leads to, or the node itself.
  std::size_t led_to(std::size_t node, std::string_view name) const {
    for (const auto child : plan_.nodes[node].children)
      if (plan_.nodes[child].reference->name == name) return child;
    return node;
  }
  bool gives(std::size_t node, std::string_view name) const {
    if (const auto child = led_to(node, name); child != node) return present(child);
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      if (mapped_[i] && plan_.columns[i].node == node && plan_.columns[i].feeds(name)) return true;
    return false;
  }
  std::string header_for(std::size_t node, std::string_view name) const {
    const auto child = led_to(node, name);
    for (const auto& column : plan_.columns)
      if (child != node ? within(column.node, child) : column.node == node && column.feeds(name))
        return column.column->header;
    return {};
  }
  void need(std::size_t node, const schema::Field& field, std::vector<std::string>& missing) const {
    const auto header = header_for(node, field.name);
    if (header.empty() || gives(node, field.name)) return;
    if (std::find(missing.begin(), missing.end(), header) == missing.end()) missing.push_back(header);
  }

  const schema::Catalogue& catalogue_;
  const SheetPlan& plan_;
  std::vector<bool> mapped_;  ///< by plan column: the file has it, or its value stands for all rows
  std::vector<bool> told_;    ///< by node: the record stands for all rows
};

std::vector<std::string> headers_of(const SheetPlan& plan) {
  std::vector<std::string> headers;
  for (const auto& column : plan.columns) headers.push_back(column.column->header);
  return headers;
}

/// Throws when the table can not be imported whatever its rows hold.
void check_table(const schema::Catalogue& catalogue, const SheetPlan& plan, const Table& table,
                 const std::vector<StandingValue>& standing = {}) {
  const auto& sheet = *table.sheet;
  if (sheet.rows.empty())
    throw file_problem("empty_sheet", "В таблице нет данных", sheet_words(sheet) + " нет ни одной заполненной строки.",
                       &sheet);
  if (!table.known()) {
    const auto expected = headers_of(plan);
    throw file_problem("wrong_headers", "Не найдены заголовки столбцов",
                       fmt::format("{} нет строки с заголовками реестра «{}». Бывают: {}. Возьмите шаблон реестра или "
                                   "переименуйте столбцы.",
                                   sheet_words(sheet), plan.registry->label, quoted(expected)),
                       &sheet, 0, expected);
  }
  if (!table.header) return;
  const MissingColumns columns(catalogue, plan, *table.header, standing);
  const int row = sheet.rows[table.header->row].number;
  if (const auto missing = columns.required(); !missing.empty())
    throw file_problem("missing_columns", "Не хватает столбцов",
                       fmt::format("{} (заголовки в строке {}) нет обязательных столбцов: {}.", sheet_words(sheet), row,
                                   quoted(missing)),
                       &sheet, row, missing);
  if (const auto ways = columns.identifying(); !ways.empty())
    throw file_problem(
        "missing_columns", "Не хватает столбцов",
        fmt::format("{} (заголовки в строке {}) нет столбцов, по которым отличают одну запись от другой. "
                    "Нужен хотя бы один: {}.",
                    sheet_words(sheet), row, quoted(ways)),
        &sheet, row, ways);
}

/// Nothing stood below the headers: a result of nothing would look like success.
http::ProblemError no_rows(const Table& table) {
  const auto& sheet = *table.sheet;
  const int row = sheet.rows[table.header->row].number;
  return file_problem(
      "empty_sheet", "В таблице нет данных",
      fmt::format("{} под заголовками (строка {}) нет ни одной заполненной строки.", sheet_words(sheet), row), &sheet,
      row);
}

/// One sheet on its way into one registry.
struct Task {
  SheetPlan plan;
  Table table;
  ImportResult* result = nullptr;
  bool main = false;  ///< not a companion's

  std::size_t steps() const { return table.header ? table.sheet->rows.size() - table.header->row - 1 : 1; }
};

std::size_t filled(const tabular::Row& row) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < row.cells.size(); ++i) count += is_filled(row, i);
  return count;
}

/// The first value below the header, as people write it; one that stands alone in its row, as a heading does, only for
/// want of another.
std::string sample_below(const Sheet& sheet, std::size_t header_row, std::size_t cell) {
  const tabular::Cell* alone = nullptr;
  const auto written = [](const tabular::Cell& value) {
    return value.kind == tabular::Cell::Kind::date ? text::iso_to_russian(value.text.substr(0, value.text.find('T')))
                                                   : value.text;
  };
  for (std::size_t i = header_row + 1; i < sheet.rows.size(); ++i) {
    const auto& row = sheet.rows[i];
    if (!is_filled(row, cell)) continue;
    if (filled(row) > 1) return written(row.cells[cell]);
    if (!alone) alone = &row.cells[cell];
  }
  return alone ? written(*alone) : std::string();
}

/// How each column of the file was understood, from left to right; of a sheet of names and values, nothing.
std::vector<ColumnUse> uses_of(const SheetPlan& plan, const Table& table) {
  std::vector<std::pair<std::size_t, ColumnUse>> uses;
  if (!table.header) return {};
  const auto add = [&](std::size_t cell, const std::string& header, const schema::ImportColumn* column,
                       std::string_view how) {
    uses.push_back({cell,
                    {header, column ? column->to : "", column ? column->header : "", std::string(how),
                     tabular::column_letters(cell), sample_below(*table.sheet, table.header->row, cell)}});
  };
  for (const auto& mapped : table.header->columns)
    add(mapped.cell, mapped.header, plan.columns[mapped.column].column, name(mapped.how));
  for (const auto& unknown : table.header->unknown) add(unknown.cell, unknown.header, nullptr, "unknown");
  for (const auto& skipped : table.header->skipped) add(skipped.cell, skipped.header, nullptr, "skipped");
  std::sort(uses.begin(), uses.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ColumnUse> columns;
  for (auto& [cell, use] : uses) columns.push_back(std::move(use));
  return columns;
}

class Run {
 public:
  Run(const ImportTools& tools, const ImportOptions& options) : tools_(tools), options_(options) {}

  void add_steps(std::size_t steps) { total_ += steps; }
  void step() {
    ++done_;
    if (options_.progress) options_.progress(static_cast<double>(done_) / static_cast<double>(std::max(total_, done_)));
  }
  void check_cancelled() const {
    if (options_.cancelled && options_.cancelled()) throw Cancelled{};
  }

  void sheet(const Task& task) {
    auto& result = *task.result;
    result.unknown_columns = task.table.unknown();
    result.columns = uses_of(task.plan, task.table);
    for (const auto& note : task.table.notes()) result.warnings.add({0, note.header, note.code, note.message});
    SheetImport rows(tools_, task.plan, result, options_.mode, task.main ? &options_.decisions : nullptr);
    if (task.main) rows.stand(options_.standing);
    const auto& sheet = *task.table.sheet;
    if (task.table.named) {
      check_cancelled();
      rows.named_values(sheet, task.table.named->lines);
      step();
    } else {
      for (std::size_t i = task.table.header->row + 1; i < sheet.rows.size(); ++i) {
        check_cancelled();
        rows.row(sheet, sheet.rows[i], task.table.header->columns);
        step();
      }
    }
    touched_.insert(rows.touched().begin(), rows.touched().end());
    if (task.main && options_.mode == ImportMode::synchronise)
      archive_missing(*task.plan.registry, rows.spoken_of(), result);
  }

  const std::set<const Registry*>& touched() const { return touched_; }

 private:
  /// Archives the records that no row speaks of.
  void archive_missing(const Registry& registry, const std::set<std::int64_t>& spoken_of, ImportResult& result) {
    const auto whole = [&](const char* code, std::string message) {
      result.errors.add({0, {}, code, std::move(message)});
    };
    if (result.rejected)
      return whole("rejected_rows", "чего нет в файле, уходит в архив только тогда, когда верны все его строки");
    const auto missing = missing_in(registry, spoken_of);
    if (!options_.dry_run && options_.to_archive.value_or(0) != static_cast<int>(missing.size()))
      return whole("confirm_archive",
                   fmt::format("в файле нет записей реестра, их {}: они уйдут в архив. Проверьте файл без записи и "
                               "подтвердите это число",
                               missing.size()));
    for (const auto id : missing) {
      check_cancelled();
      const bool seen = tools_.query.readable(tools_.session, tools_.asker, registry, id);
      auto display =
          seen ? tools_.query.display(tools_.session, registry, id) : std::string("запись, которая вам не видна");
      storage::Savepoint one(tools_.session);
      try {
        tools_.writer.archive(tools_.session, tools_.asker, registry, id, {});
        one.release();
        ++result.archived;
        result.missing.add({id, std::move(display)});
      } catch (const http::ProblemError& thrown) {
        whole("not_archived", fmt::format("{}: {}", display, thrown.problem.detail));
      }
    }
  }

  /// The reference by which what the file speaks of is told from the rest: as asked for, else one that stands for all
  /// rows, else of child rows the record whose they are. Empty: there is no rest.
  std::string within(const Registry& registry) const {
    if (!options_.within.empty()) return options_.within;
    for (const auto& value : options_.standing) {
      const auto* field = registry.find(value.to);
      if (field && field->type == schema::FieldType::reference) return value.to;
    }
    for (const auto& [parent, children] : tools_.catalogue.parents(registry.id)) {
      const auto* field = registry.find(children->via);
      if (field && field->required && field->once) return field->name;
    }
    return {};
  }

  std::vector<std::int64_t> missing_in(const Registry& registry, const std::set<std::int64_t>& spoken_of) {
    const auto reference = within(registry);
    const auto sql = [&](std::string_view columns, std::string_view where) {
      return fmt::format("SELECT {} FROM \"{}\" WHERE {}", columns, registry.table(), where);
    };
    std::set<std::int64_t> values;
    if (!reference.empty())
      for (const auto id : spoken_of) {
        auto row = tools_.session.prepare(sql(storage::quoted_name(reference), "id = ?"));
        row.bind(1, id);
        if (row.step() && !row.null(0)) values.insert(row.integer(0));
      }
    std::vector<std::int64_t> missing;
    auto row = tools_.session.prepare(
        sql(reference.empty() ? "id, 0" : "id, " + storage::quoted_name(reference), "archived = 0 ORDER BY id"));
    while (row.step()) {
      const bool looked_at = reference.empty() || (!row.null(1) && values.contains(row.integer(1)));
      if (looked_at && !spoken_of.contains(row.integer(0))) missing.push_back(row.integer(0));
    }
    return missing;
  }

  const ImportTools& tools_;
  const ImportOptions& options_;
  std::size_t total_ = 0, done_ = 0;
  std::set<const Registry*> touched_;
};

constexpr std::array<std::string_view, 4> mode_names{"merge", "add", "update", "synchronise"};

http::ProblemError not_importable(const Registry& registry) {
  return registry::problem(422, "not_importable", "Реестр не загружают из таблиц",
                           fmt::format("У реестра «{}» не описан вид файла.", registry.label));
}

/// Throws when what is not in the file could not be told.
void check_synchronisation(const Registry& registry, const ImportOptions& options) {
  if (options.mode == ImportMode::synchronise && registry.singleton)
    throw registry::bad_request("mode", "Эту запись не сличают с файлом: она одна.");
  if (options.within.empty()) return;
  const auto* field = registry.find(options.within);
  if (options.mode != ImportMode::synchronise || !field || field->type != schema::FieldType::reference)
    throw registry::bad_request(
        "within", fmt::format("«{}» — не ссылка реестра «{}», по которой можно ограничить сличение.", options.within,
                              registry.label));
}

/// The first row with two texts or more, taken for the header of a table in which nothing is known.
std::optional<Header> unknown_header(const Sheet& sheet) {
  for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
    Header header;
    header.row = r;
    for (std::size_t c = 0; c < sheet.rows[r].cells.size(); ++c)
      if (sheet.rows[r].cells[c].kind == tabular::Cell::Kind::text)
        header.unknown.push_back({c, text::clean(sheet.rows[r].cells[c].text)});
    if (header.unknown.size() >= 2) return header;
  }
  return {};
}

Table choose_table(const HeaderNames& names, const SheetPlan& plan, const tabular::Workbook& workbook,
                   const std::string& asked) {
  if (!asked.empty()) {
    for (const auto& sheet : workbook.sheets)
      if (!sheet.hidden && sheet.name == asked) return table_of(names, plan, sheet);
    throw file_problem("no_such_sheet", "Такого листа нет", fmt::format("В файле нет листа «{}».", asked), nullptr);
  }
  for (const auto& sheet : workbook.sheets)
    if (!sheet.hidden && is_named(sheet, plan.registry->views.import.sheets)) return table_of(names, plan, sheet);
  Table best;
  for (const auto& sheet : workbook.sheets) {
    if (sheet.hidden) continue;
    auto table = table_of(names, plan, sheet);
    if (!best.sheet || table.known() > best.known()) best = std::move(table);
  }
  return best;
}

/// The definition that the file follows: of a registry that reads another's files («Родители» describe bonds) its own
/// one when the file has what that asks for and not what the other asks for, as its own export does.
const Registry& followed(const schema::Catalogue& catalogue, const Registry& registry,
                         const tabular::Workbook& workbook, const ImportOptions& options) {
  const auto& usual = definition_of(catalogue, registry);
  if (&usual == &registry || registry.views.import.columns.empty()) return usual;
  for (const auto* definition : {&usual, &registry}) {
    const auto plan = make_plan(catalogue, *definition);
    HeaderNames names(catalogue, plan);
    names.tell(options.headers);
    const auto table = choose_table(names, plan, workbook, options.sheet);
    if (table.header && MissingColumns(catalogue, plan, *table.header, options.standing).required().empty())
      return *definition;
  }
  return usual;
}

}  // namespace

std::string_view name(ImportMode mode) { return mode_names.at(static_cast<std::size_t>(mode)); }

std::optional<ImportMode> import_mode(std::string_view name) {
  const auto found = std::find(mode_names.begin(), mode_names.end(), name);
  if (found == mode_names.end()) return {};
  return static_cast<ImportMode>(found - mode_names.begin());
}

Reading read_headers(const schema::Catalogue& catalogue, const Registry& registry, const tabular::Workbook& workbook,
                     const ImportOptions& options, const Sight* sight) {
  if (!importable(catalogue, registry)) throw not_importable(registry);
  const auto& definition = followed(catalogue, registry, workbook, options);
  auto plan = make_plan(catalogue, definition);
  if (sight) sight->narrow(plan);
  HeaderNames names(catalogue, plan);
  names.tell(options.headers);
  auto table = choose_table(names, plan, workbook, options.sheet);
  if (!table.sheet)
    throw file_problem("empty_sheet", "В таблице нет данных", "В файле нет ни одного видимого листа.", nullptr);
  if (!table.known()) table.header = unknown_header(*table.sheet);
  Reading reading;
  reading.registry = definition.id;
  reading.sheet = table.sheet->name;
  for (const auto& sheet : workbook.sheets)
    if (!sheet.hidden) reading.sheets.push_back(sheet.name);
  if (table.header) reading.header_row = table.sheet->rows[table.header->row].number;
  reading.columns = uses_of(plan, table);
  std::vector<std::string> required, missing;
  if (table.header) {
    required = MissingColumns(catalogue, plan, Header{}).required();
    missing = MissingColumns(catalogue, plan, *table.header).required();
  }
  const auto among = [](const std::vector<std::string>& headers, const std::string& header) {
    return std::find(headers.begin(), headers.end(), header) != headers.end();
  };
  for (const auto& column : plan.columns)
    reading.targets.push_back({column.column->to, column.column->header, among(required, column.column->header),
                               among(missing, column.column->header)});
  return reading;
}

bool importable(const schema::Catalogue& catalogue, const Registry& registry) {
  const auto& definition = definition_of(catalogue, registry);
  return !definition.views.import.columns.empty() &&
         (definition.singleton || !identity_groups(catalogue, definition).empty());
}

ImportResult Importer::run(storage::Session& session, const registry::Asker& asker, const Registry& registry,
                           const tabular::Workbook& workbook, const ImportOptions& options) {
  if (!importable(catalogue_, registry)) throw not_importable(registry);
  const auto& definition = followed(catalogue_, registry, workbook, options);
  check_synchronisation(definition, options);
  if (!query_.policy().may(asker.who, definition, access::Action::create) &&
      !query_.policy().may(asker.who, definition, access::Action::update))
    throw registry::denied(fmt::format("Вам нельзя заводить и менять записи реестра «{}».", definition.label));
  session.expect_growth();
  const ImportTools tools{session, asker, catalogue_, query_, writer_};
  Run run(tools, options);

  ImportResult result;
  Task own{make_plan(catalogue_, definition), {}, &result};
  own.main = true;
  const Sight sight(session, asker, catalogue_, query_);
  auto hidden = sight.narrow(own.plan);
  HeaderNames names(catalogue_, own.plan);
  names.tell(options.headers);
  own.table = choose_table(names, own.plan, workbook, options.sheet);
  if (!own.table.sheet)
    throw file_problem("empty_sheet", "В таблице нет данных", "В файле нет ни одного видимого листа.", nullptr);
  if (own.table.header) note_hidden(catalogue_, own.plan, std::move(hidden), *own.table.header);
  check_table(catalogue_, own.plan, own.table, options.standing);
  result.registry = registry.id;
  result.sheet = own.table.sheet->name;
  result.dry_run = options.dry_run;
  run.add_steps(own.steps());

  std::vector<Task> companions;
  result.sheets.reserve(definition.views.import.companions.size());
  for (const auto& id : definition.views.import.companions) {
    const auto& companion = definition_of(catalogue_, catalogue_.at(id));
    if (options.available && !options.available(companion)) continue;
    const auto sheet = std::find_if(workbook.sheets.begin(), workbook.sheets.end(), [&](const Sheet& candidate) {
      return !candidate.hidden && &candidate != own.table.sheet && is_named(candidate, companion.views.import.sheets);
    });
    if (sheet == workbook.sheets.end() || sheet->rows.empty()) continue;
    auto& part = result.sheets.emplace_back();
    part.registry = id;
    part.sheet = sheet->name;
    part.dry_run = options.dry_run;
    Task task{make_plan(catalogue_, companion), {}, &part};
    auto hidden_there = sight.narrow(task.plan);
    task.table = table_of(HeaderNames(catalogue_, task.plan), task.plan, *sheet);
    if (task.table.header) note_hidden(catalogue_, task.plan, std::move(hidden_there), *task.table.header);
    try {
      check_table(catalogue_, task.plan, task.table);
    } catch (const http::ProblemError& thrown) {
      part.errors.add({0, {}, thrown.problem.code, thrown.problem.detail});
      continue;
    }
    run.add_steps(task.steps());
    companions.push_back(std::move(task));
  }

  storage::Savepoint all(session);
  run.sheet(own);
  if (own.table.header && result.rows == 0) throw no_rows(own.table);
  for (const auto& task : companions) run.sheet(task);
  result.resolved = resolve_references(session, asker, catalogue_, writer_, run.touched());
  result.applied = !options.dry_run && (options.accept_valid || !result.blocked());
  for (auto& part : result.sheets) part.applied = result.applied;
  if (result.applied) all.release();
  return result;
}

}  // namespace eschool::importing
