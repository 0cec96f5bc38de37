#include "kernel/registry/record_query.hpp"

#include <fmt/format.h>

#include <optional>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/cursor.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/record_search.hpp"
#include "rules/expression.hpp"
#include "schema/names.hpp"

namespace eschool::registry {

using access::Action;
using access::Condition;
using access::Source;
using access::Sql;
using schema::Field;
using schema::FieldType;
using schema::Registry;
using schema::Sensitivity;

namespace {

constexpr std::size_t kept_plans = 4096;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace

void bind(storage::Statement& statement, const std::vector<access::Bind>& binds, const Asker& asker, int parameter) {
  for (const auto& item : binds) {
    if (const auto* value = std::get_if<storage::Value>(&item)) {
      statement.bind(parameter++, *value);
    } else if (std::get<rules::Variable>(item).name == "today") {
      statement.bind(parameter++, std::string_view(asker.today));
    } else if (asker.who.person != 0) {
      statement.bind(parameter++, asker.who.person);
    } else {
      statement.bind_null(parameter++);  // an account without a person is in no relation to anybody
    }
  }
}

/// Builds one plan: the select list, the joins and the conditions grow side by side and are put together at the end.
struct RecordQuery::Builder {
  const RecordQuery& query;
  const schema::Catalogue& catalogue;
  const access::Policy& policy;
  const access::Principal& who;
  const Registry& registry;
  Source root;
  Sql columns;
  std::string joins;
  Plan plan;
  int column_count = 0;
  int join_count = 0;
  std::map<std::string, Source> joined;  ///< by reference column
  std::map<Sensitivity, int> flags;      ///< column of each level's flag; -1: shown in every row; -2: never

  Builder(const RecordQuery& owner, const access::Principal& principal, const Registry& of)
      : query(owner),
        catalogue(owner.catalogue_),
        policy(owner.policy_),
        who(principal),
        registry(of),
        root(access::source(owner.catalogue_, of, "t")) {
    add(Sql{"t.id", {}});
    add(Sql{root.base_alias.empty() ? "t.version" : "t.version + tb.version - 1", {}});
    add(Sql{"t.archived", {}});
  }

  int add(const Sql& column) {
    if (column_count) columns << ", ";
    columns << column;
    return column_count++;
  }

  /// The flag's column for a level of sensitivity.
  int flag(Sensitivity level) {
    if (level == Sensitivity::open) return -1;
    if (const auto known = flags.find(level); known != flags.end()) return known->second;
    const auto rules = policy.rules(who, registry, Action::read);
    const bool every = std::all_of(rules.begin(), rules.end(), [&](const auto& rule) { return rule.reads >= level; });
    const bool some = std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return rule.reads >= level; });
    int column = every ? -1 : -2;
    if (!every && some) {
      const auto condition = policy.condition(who, root, Action::read, level);
      column = condition.is_always() ? -1 : add(condition.as_sql());
    }
    return flags[level] = column;
  }

  /// The record that a reference leads to, joined once.
  Source join(const Source& from, const Field& reference) {
    const auto column = from.column(catalogue, reference);
    if (from.alias == root.alias && reference.name == registry.facet_by && !root.base_alias.empty())
      return {catalogue.base(registry), root.base_alias, {}};
    if (const auto known = joined.find(column); known != joined.end()) return known->second;
    const auto& target = catalogue.at(reference.target);
    const auto source = access::source(catalogue, target, fmt::format("r{}", ++join_count));
    joins += fmt::format(" LEFT JOIN \"{}\" {} ON {}.id = {}", target.table(), source.alias, source.alias, column);
    if (const auto* base = catalogue.base(target))
      joins += fmt::format(" LEFT JOIN \"{}\" {} ON {}.id = {}.\"{}\"", base->table(), source.base_alias,
                           source.base_alias, source.alias, target.facet_by);
    return joined[column] = source;
  }

  /// Adds the columns of a display template; a reference inside it is replaced by the display of what it refers to.
  void display(const Source& at, std::vector<DisplayPart>& parts, int depth = 0) {
    for (const auto& part : parse_display(at.registry->display)) {
      const auto located =
          part.field.empty() ? schema::Catalogue::Located{} : catalogue.locate(*at.registry, part.field);
      if (!located) {
        parts.push_back({part.literal + part.field, {}});
      } else if (located.field->type == FieldType::reference && depth < 3) {
        std::vector<DisplayPart> inner;
        display(join(at, *located.field), inner, depth + 1);
        if (!inner.empty()) inner.front().literal = part.literal + inner.front().literal;
        parts.insert(parts.end(), inner.begin(), inner.end());
      } else {
        add(Sql{at.column(catalogue, *located.field), {}});
        parts.push_back(part);
      }
    }
  }

  void output(const Field& field) {
    const int shown = flag(field.sensitivity);
    if (shown == -2) return;
    Output output;
    output.field = &field;
    output.prefix = fmt::format(",\"{}\":", field.name);
    output.flag = shown;
    output.column = add(Sql{root.column(catalogue, field), {}});
    if (field.type == FieldType::reference) {
      output.display = column_count;
      display(join(root, field), output.parts);
    }
    plan.outputs.push_back(std::move(output));
  }

  void outputs(const std::string& fields) {
    const auto names = split(fields, ',');
    for (const auto* field : query.columns_of(registry))
      if (names.empty() || std::find(names.begin(), names.end(), field->name) != names.end()) output(*field);
    for (const auto& name : names) {
      const auto located = catalogue.locate(registry, name);
      const bool kernel = name == "id" || name == "version";
      if (!kernel && (!located || !located.field->has_column() || flag(located.field->sensitivity) == -2))
        throw bad_request("unknown_field", fmt::format("В fields нет такого поля: «{}».", name));
    }
  }

  struct SortItem {
    Sql expression;
    bool descending = false;
    CursorKind kind = CursorKind::text;
  };

  /// The field at the end of a dotted path of references, and what the caller must be allowed to see on the way.
  struct SortField {
    Source at;
    const Field* field = nullptr;
    bool nullable = false;
    Condition readable = Condition::always();
  };

  SortField sort_field(const std::string& name) {
    const auto unknown = [&] { return bad_request("unknown_sort", fmt::format("Нельзя упорядочить по «{}».", name)); };
    access::CallerGuard guard(policy, who);
    SortField found{root, nullptr, false, Condition::always()};
    for (const auto& step : split(name, '.')) {
      if (found.field) {
        if (found.field->type != FieldType::reference) throw unknown();
        found.at = join(found.at, *found.field);
        found.readable = access::all_of({found.readable, guard.rows(found.at)});
      }
      const auto located = catalogue.locate(*found.at.registry, step);
      if (!located || !located.field->has_column()) throw unknown();
      found.field = located.field;
      found.nullable |= !located.field->required;
      found.readable = access::all_of({found.readable, guard.field(found.at, *located.field)});
      if (found.readable.is_never()) throw unknown();
    }
    if (!found.field) throw unknown();
    if (found.field->type != FieldType::reference) return found;
    // A reference is ordered by the first field of what it is shown as.
    found.at = join(found.at, *found.field);
    for (const auto& part : parse_display(found.at.registry->display))
      if (const auto inner =
              part.field.empty() ? schema::Catalogue::Located{} : catalogue.locate(*found.at.registry, part.field);
          inner && inner.field->type != FieldType::reference) {
        found.field = inner.field;
        found.nullable |= !inner.field->required;
        return found;
      }
    throw unknown();
  }

  std::vector<SortItem> sort(const std::string& wanted) {
    std::vector<SortItem> items;
    std::optional<bool> descending_id;
    for (auto name : split(wanted.empty() ? registry.views.sort : wanted, ',')) {
      SortItem item;
      if (name.starts_with('-')) {
        item.descending = true;
        name.erase(0, 1);
      }
      if (name == "id") {  // ends every order: what stands behind it says nothing
        descending_id = item.descending;
        break;
      }
      if (name == "created_at" || name == "updated_at") {
        item.expression << "t." << name;
        items.push_back(std::move(item));
        continue;
      }
      const auto found = sort_field(name);
      const auto& field = *found.field;
      const auto column = found.at.column(catalogue, field, field.has_key() ? "_sort" : "");
      const bool number = field.type == FieldType::integer || field.type == FieldType::decimal ||
                          field.type == FieldType::boolean || field.type == FieldType::file;
      // NULL sorts first on one engine and last on the other, and a cursor can not compare with it.
      const std::string plain =
          found.nullable ? fmt::format("COALESCE({}, {})", column, number ? "-9e15" : "''") : column;
      if (found.readable.is_always())
        item.expression << plain;
      else
        item.expression << "CASE WHEN " << found.readable.as_sql() << " THEN " << plain << " ELSE "
                        << (number ? "-9e15" : "''") << " END";
      if (number) item.kind = CursorKind::real;
      items.push_back(std::move(item));
    }
    const bool descending = descending_id.value_or(!items.empty() && items.back().descending);
    items.push_back({Sql{"t.id", {}}, descending, CursorKind::integer});
    return items;
  }

  /// Rows after the cursor: (a > ?) OR (a = ? AND ((b > ?) OR ...)); with one direction a row comparison, which seeks.
  static void after(const std::vector<SortItem>& items, const std::vector<storage::Value>& values, Sql& where) {
    const bool uniform = std::all_of(items.begin(), items.end(),
                                     [&](const SortItem& item) { return item.descending == items.front().descending; });
    if (uniform) {
      where << "(";
      for (std::size_t i = 0; i < items.size(); ++i) where << (i ? ", " : "") << items[i].expression;
      where << (items.front().descending ? ") < (" : ") > (");
      for (std::size_t i = 0; i < items.size(); ++i) (where << (i ? ", " : "")).bind(values[i]);
      where << ")";
      return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      (where << "(" << items[i].expression << (items[i].descending ? " < " : " > ")).bind(values[i]);
      if (i + 1 < items.size()) (where << " OR (" << items[i].expression << " = ").bind(values[i]) << " AND ";
    }
    for (std::size_t i = 0; i + 1 < items.size(); ++i) where << "))";
    where << ")";
  }
};

std::vector<const Field*> RecordQuery::columns_of(const Registry& registry) const {
  std::vector<const Field*> fields;
  if (const auto* base = catalogue_.base(registry))
    for (const auto& field : base->fields)
      if (field.has_column()) fields.push_back(&field);
  for (const auto& field : registry.fields)
    if (field.has_column()) fields.push_back(&field);
  return fields;
}

std::vector<const Field*> RecordQuery::readable_fields(const access::Principal& who, const Registry& registry) const {
  access::CallerGuard guard(policy_, who);
  const auto root = access::source(catalogue_, registry, "t");
  std::vector<const Field*> fields;
  if (!policy_.may(who, registry, Action::read)) return fields;
  for (const auto* field : columns_of(registry))
    if (!guard.field(root, *field).is_never()) fields.push_back(field);
  return fields;
}

std::shared_ptr<const RecordQuery::Plan> RecordQuery::plan(const access::Principal& who, const Registry& registry,
                                                           const ListRequest& request, bool single) const {
  const auto key = fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}", who.signature(), registry.id, single,
                               request.filter, request.q, request.sort, request.fields, request.limit);
  const bool kept = request.after.empty();
  if (kept) {
    const std::shared_lock lock(mutex_);
    if (const auto known = plans_.find(key); known != plans_.end()) return known->second;
  }
  Builder builder(*this, who, registry);
  const auto visible = policy_.condition(who, builder.root, Action::read);
  if (visible.is_never()) throw denied("Этот реестр вам недоступен.");
  builder.outputs(request.fields);

  Sql where;
  where << visible.as_sql();
  std::vector<Builder::SortItem> order;
  if (single) {
    where << " AND t.id = ?";  // bound last, by the caller
  } else {
    bool archived_named = false;
    Sql chosen;
    if (!request.filter.empty()) {
      const auto parsed = rules::parse(request.filter);
      if (const auto* failure = std::get_if<rules::SyntaxError>(&parsed))
        throw bad_request("filter_syntax", fmt::format("Условие filter: {}.", failure->message));
      access::CallerGuard guard(policy_, who);
      try {
        chosen =
            access::PredicateCompiler(catalogue_, &guard).compile(std::get<rules::Expression>(parsed), builder.root);
      } catch (const access::FilterError& failure) {
        throw bad_request("unknown_filter", fmt::format("Условие filter: {}.", failure.what()));
      }
      archived_named = chosen.text.find("t.archived") != std::string::npos;
    }
    // Nearly every row is not archived, which the planner does not know: an index that begins with `archived` serves
    // the order of a list of everything, and must not be taken where a relation or a search finds the few rows. Inside
    // OR only the plus, which hides the column from indexes, is heard. A facet's order is mostly that of its base,
    // whose record is archived after it.
    const bool narrowed = !visible.is_always() || !request.q.empty();
    if (!archived_named) {
      where << (narrowed ? " AND +t.archived = 0" : " AND likely(t.archived = 0)");
      if (!narrowed && !builder.root.base_alias.empty()) where << " AND likely(tb.archived = 0)";
    }
    if (!chosen.text.empty()) where << " AND (" << chosen << ")";
    if (!request.q.empty()) add_search(*this, who, registry, request.q, where);
    order = builder.sort(request.sort);
  }
  auto plan = std::move(builder.plan);
  plan.count << "SELECT COUNT(*) FROM " << builder.root.from(catalogue_) << builder.joins << " WHERE " << where;
  if (!single && !request.after.empty()) {
    const auto values = decode_cursor(request.after);
    if (values.size() != order.size()) throw bad_request("cursor", "Параметр after не от этого списка.");
    where << " AND ";
    Builder::after(order, values, where);
  }
  plan.first_sort = builder.column_count;
  for (const auto& item : order) {
    plan.sorts.push_back(item.kind);
    builder.add(item.expression);
  }
  plan.select << "SELECT " << builder.columns << " FROM " << builder.root.from(catalogue_) << builder.joins << " WHERE "
              << where;
  if (!single) {
    plan.select << " ORDER BY ";
    for (std::size_t i = 0; i < order.size(); ++i)
      plan.select << (i ? ", " : "") << fmt::format("{}", plan.first_sort + static_cast<int>(i) + 1)
                  << (order[i].descending ? " DESC" : "");
    plan.select << fmt::format(" LIMIT {}", request.limit + 1);
  }
  // Statements are found by their text: a plan that is kept must not depend on where the cursor stood.
  auto shared = std::make_shared<const Plan>(std::move(plan));
  if (kept) {
    const std::unique_lock lock(mutex_);
    if (plans_.size() >= kept_plans) plans_.clear();
    plans_.emplace(key, shared);
  }
  return shared;
}

void RecordQuery::forget_plans() const {
  const std::unique_lock lock(mutex_);
  plans_.clear();
}

void RecordQuery::write_row(const storage::Statement& row, const Plan& plan, std::string& out) const {
  using namespace eschool::json;
  out += "{\"id\":";
  append_int(out, row.integer(0));
  out += ",\"version\":";
  append_int(out, row.integer(1));
  if (row.integer(2) != 0) out += ",\"archived\":true";
  for (const auto& output : plan.outputs) {
    if (output.flag >= 0 && row.integer(output.flag) == 0) continue;
    out += output.prefix;
    if (row.null(output.column)) {
      out += "null";
      continue;
    }
    switch (output.field->type) {
      case FieldType::integer:
      case FieldType::file:
        append_int(out, row.integer(output.column));
        break;
      case FieldType::decimal:
        append_real(out, row.real(output.column));
        break;
      case FieldType::boolean:
        out += row.integer(output.column) ? "true" : "false";
        break;
      case FieldType::json:
        out += row.text(output.column);
        break;
      case FieldType::reference: {
        out += "{\"id\":";
        append_int(out, row.integer(output.column));
        out += ",\"display\":";
        int column = output.display;
        if (output.parts.size() == 1 && output.parts[0].literal.empty() && !output.parts[0].field.empty()) {
          append_string(out, row.text(column));
        } else {
          std::string shown;
          write_display(shown, output.parts, [&](std::size_t) { return row.text(column++); });
          append_string(out, shown);
        }
        out += '}';
        break;
      }
      default:
        append_string(out, row.text(output.column));
    }
  }
  out += '}';
}

void RecordQuery::list(storage::Session& session, const Asker& asker, const Registry& registry,
                       const ListRequest& request, std::string& out) const {
  if (request.limit < 1 || request.limit > 500) throw bad_request("limit", "limit бывает от 1 до 500.");
  const auto plan = this->plan(asker.who, registry, request, false);
  // One statement is of one moment by itself; on a database server a transaction around it costs two answers more.
  std::optional<storage::ReadTransaction> transaction;
  if (request.count) transaction.emplace(session);
  std::string next;
  out += "{\"items\":[";
  {
    auto rows = session.prepare(plan->select.text);
    eschool::registry::bind(rows, plan->select.binds, asker);
    int count = 0;
    std::vector<storage::Value> last;
    while (rows.step()) {
      if (count == request.limit) {
        next = encode_cursor(last);
        break;
      }
      if (count++) out += ',';
      write_row(rows, *plan, out);
      if (count == request.limit) {
        last.clear();
        for (std::size_t i = 0; i < plan->sorts.size(); ++i)
          last.push_back(cursor_value(rows, plan->first_sort + static_cast<int>(i), plan->sorts[i]));
      }
    }
  }
  out += "],\"next\":";
  if (next.empty())
    out += "null";
  else
    eschool::json::append_string(out, next);
  if (request.count) {
    auto total = session.prepare(plan->count.text);
    eschool::registry::bind(total, plan->count.binds, asker);
    total.step();
    out += ",\"total\":";
    eschool::json::append_int(out, total.integer(0));
  }
  out += '}';
}

void RecordQuery::get(storage::Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                      std::string& out) const {
  if (!policy_.may(asker.who, registry, Action::read)) throw not_found();
  const auto plan = this->plan(asker.who, registry, {}, true);
  auto row = session.prepare(plan->select.text);
  eschool::registry::bind(row, plan->select.binds, asker);
  row.bind(static_cast<int>(plan->select.binds.size()) + 1, id);
  if (!row.step()) throw not_found();
  write_row(row, *plan, out);
  out.pop_back();
  std::string seen;
  write_children(session, asker, registry, id, out, seen);
  if (!seen.empty()) out += fmt::format(",\"{}\":{{{}}}", schema::child_rows_member, seen);
  out += '}';
}

void RecordQuery::write_children(storage::Session& session, const Asker& asker, const Registry& registry,
                                 std::int64_t id, std::string& out, std::string& seen) const {
  // The parent's row is visible already; what the caller reads of its children is the children's own access.
  if (const auto* base = catalogue_.base(registry);
      base && std::any_of(base->fields.begin(), base->fields.end(),
                          [](const Field& field) { return field.type == FieldType::children; }))
    write_children(
        session, asker, *base,
        session.integer(fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", registry.facet_by, registry.table()),
                        {id}),
        out, seen);
  for (const auto& field : registry.fields) {
    if (field.type != FieldType::children) continue;
    std::string list;
    const auto rows = child_rows(session, asker, field, id, &list);
    if (!rows) continue;
    out += fmt::format(",\"{}\":", field.name);
    out += list;
    seen += fmt::format("{}\"{}\":{}", seen.empty() ? "" : ",", field.name, rows->json());
  }
}

std::optional<ChildRows> RecordQuery::child_rows(storage::Session& session, const Asker& asker, const Field& field,
                                                 std::int64_t parent, std::string* list) const {
  const auto& child = catalogue_.at(field.target);
  if (!policy_.may(asker.who, child, Action::read)) return {};
  ListRequest request;
  request.filter = fmt::format("{} = {}", field.via, parent);
  request.limit = child_row_limit;
  if (!list) request.fields = "id";
  std::shared_ptr<const Plan> plan;
  try {
    plan = this->plan(asker.who, child, request, false);
  } catch (const http::ProblemError&) {
    return {};  // the reference back to the parent is not readable: nor are the rows
  }
  auto row = session.prepare(plan->select.text);
  eschool::registry::bind(row, plan->select.binds, asker);
  ChildRows found;
  if (list) *list += '[';
  while (row.step()) {
    if (found.rows.size() == static_cast<std::size_t>(child_row_limit)) {
      found.whole = false;
      break;
    }
    if (list && !found.rows.empty()) *list += ',';
    if (list) write_row(row, *plan, *list);
    found.rows.emplace_back(row.integer(0), row.integer(1));
  }
  if (list) *list += ']';
  return found;
}

bool RecordQuery::readable(storage::Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                           schema::Sensitivity level) const {
  const auto root = access::source(catalogue_, registry, "t");
  return holds_for(session, asker, policy_.condition(asker.who, root, Action::read, level), root, id);
}

bool RecordQuery::holds(storage::Session& session, const Asker& asker, const access::Rule& rule,
                        const Registry& registry, std::int64_t id) const {
  const auto root = access::source(catalogue_, registry, "t");
  const auto condition = policy_.condition(rule, root);
  return condition.is_always() || holds_for(session, asker, condition, root, id);
}

bool RecordQuery::holds_for(storage::Session& session, const Asker& asker, const Condition& condition,
                            const Source& root, std::int64_t id) const {
  if (condition.is_never()) return false;
  Sql sql;
  sql << "SELECT 1 FROM " << root.from(catalogue_) << " WHERE " << condition.as_sql() << " AND t.id = ?";
  auto row = session.prepare(sql.text);
  eschool::registry::bind(row, sql.binds, asker);
  row.bind(static_cast<int>(sql.binds.size()) + 1, id);
  return row.step();
}

std::string RecordQuery::display(storage::Session& session, const Registry& registry, std::int64_t id) const {
  access::Principal system;
  system.system = true;
  Builder builder(*this, system, registry);
  const int first = builder.column_count;
  std::vector<DisplayPart> parts;
  builder.display(builder.root, parts);
  auto row = session.prepare(fmt::format("SELECT {} FROM {}{} WHERE t.id = ?", builder.columns.text,
                                         builder.root.from(catalogue_), builder.joins));
  row.bind(1, id);
  std::string text;
  if (!row.step()) return text;
  int column = first;
  write_display(text, parts, [&](std::size_t) { return row.text(column++); });
  return text;
}

std::string RecordQuery::list_sql(const access::Principal& who, const Registry& registry,
                                  const ListRequest& request) const {
  return plan(who, registry, request, false)->select.text;
}

}  // namespace eschool::registry
