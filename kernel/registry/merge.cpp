#include "kernel/registry/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "kernel/registry/field_value.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::registry {
namespace {

namespace json = boost::json;
using schema::Field;
using schema::FieldType;
using schema::Registry;
using storage::Session;
using storage::Value;
using Kind = MergeStep::Kind;

bool refers(const Field& field) { return field.type == FieldType::reference; }

const Value& value_of(const Values& values, const std::string& name) {
  static const Value nothing;
  const auto found = values.find(name);
  return found == values.end() ? nothing : found->second;
}

/// Collects the steps of one merge.
class Planner {
 public:
  Planner(Session& session, const schema::Catalogue& catalogue, const RecordWriter& writer,
          const std::map<std::string, bool>& choices, MergePlan& plan)
      : session_(session), catalogue_(catalogue), writer_(writer), choices_(choices), plan_(plan) {}

  void run() {
    refuse_bound();
    put_together(*plan_.base, plan_.kept, plan_.merged, true);
    std::stable_sort(plan_.steps.begin(), plan_.steps.end(),
                     [](const MergeStep& a, const MergeStep& b) { return a.kind < b.kind; });
  }

 private:
  /// The two records become one: values, then whatever refers to the one that goes.
  void put_together(const Registry& table, std::int64_t kept, std::int64_t merged, bool named) {
    values(table, kept, merged, named);
    for (const auto& [referrer, field] : catalogue_.referrers(table.id)) {
      const bool is_facet = referrer->facet_of == table.id && field->name == referrer->facet_by;
      for (const auto& [id, archived] : rows(*referrer, field->name, merged)) {
        if (gone_.contains({referrer, id})) continue;
        const auto other = archived ? 0 : is_facet ? facet(*referrer, kept) : same(*referrer, *field, id, kept);
        if (other)
          put_together(*referrer, other, id, is_facet);
        else
          move(*referrer, id, field->name, merged, kept);
      }
    }
    gone_.insert({&table, merged});
    plan_.steps.push_back({Kind::archive, &table, merged, {}, {}});
  }

  void values(const Registry& table, std::int64_t kept, std::int64_t merged, bool named) {
    const auto stays = writer_.load(session_, table, kept), goes = writer_.load(session_, table, merged);
    if (!stays || !goes) throw not_found();
    MergeStep fill{Kind::fill, &table, kept, {}, {}};
    for (const auto& field : table.fields) {
      // What the program fills follows from the rest; the bond of a facet is moved, not chosen.
      if (!field.has_column() || field.readonly || field.name == table.facet_by || refers_here(field, table)) continue;
      const auto& left = value_of(*stays, field.name);
      const auto& right = value_of(*goes, field.name);
      if (left == right) continue;
      bool takes = takes_merged(table, field, left, right);
      if (named)
        if (const auto choice = choices_.find(table.id + "." + field.name); choice != choices_.end())
          takes = choice->second;
      if (named && !is_null(left) && !is_null(right)) plan_.fields.push_back({&table, &field, left, right, takes});
      if (!takes) continue;
      fill.before[field.name] = left;
      fill.after[field.name] = right;
    }
    if (!fill.after.empty()) plan_.steps.push_back(std::move(fill));
  }

  static bool takes_merged(const Registry& table, const Field& field, const Value& left, const Value& right) {
    if (field.name == table.active_until)
      return !is_null(left) && (is_null(right) || std::get<std::string>(right) > std::get<std::string>(left));
    if (is_null(right)) return false;
    return is_null(left) || (field.type == FieldType::boolean && right == Value(std::int64_t{1}));
  }

  /// A reference that decides whether two records are the same one is equal in both, or is being moved.
  static bool refers_here(const Field& field, const Registry& table) {
    return refers(field) && std::any_of(table.unique.begin(), table.unique.end(), [&](const auto& group) {
             return std::find(group.begin(), group.end(), field.name) != group.end();
           });
  }

  std::vector<std::pair<std::int64_t, bool>> rows(const Registry& table, const std::string& field, std::int64_t value) {
    std::vector<std::pair<std::int64_t, bool>> found;
    auto row = session_.prepare(
        fmt::format("SELECT id, archived FROM \"{}\" WHERE \"{}\" = ? ORDER BY id", table.table(), field));
    row.bind(1, value);
    while (row.step()) found.emplace_back(row.integer(0), row.integer(1) != 0);
    return found;
  }

  std::int64_t facet(const Registry& table, std::int64_t base) {
    return session_.integer(
        fmt::format("SELECT id FROM \"{}\" WHERE \"{}\" = ? AND archived = 0", table.table(), table.facet_by), {base});
  }

  /// The record that would be the same as `id`, were `field` moved to `kept`, by what must be unique; 0: none.
  std::int64_t same(const Registry& table, const Field& field, std::int64_t id, std::int64_t kept) {
    auto groups = table.unique;
    if (field.unique) groups.push_back({field.name});
    const auto values = writer_.load(session_, table, id);
    for (const auto& group : groups) {
      if (std::find(group.begin(), group.end(), field.name) == group.end()) continue;
      std::string sql = fmt::format("SELECT id FROM \"{}\" WHERE archived = 0 AND id <> ?", table.table());
      std::vector<Value> binds{id};
      bool whole = true;
      for (const auto& name : group) {
        const auto* member = table.find(name);
        const Value value = name == field.name ? Value(kept) : value_of(*values, name);
        if (!member || is_null(value)) {
          whole = false;
          break;
        }
        sql += fmt::format(" AND \"{}{}\" = ?", name, member->has_key() ? "_key" : "");
        binds.push_back(member->has_key() ? key_of(value) : value);
      }
      if (!whole) continue;
      auto row = session_.prepare(sql);
      row.bind_all(binds);
      if (row.step()) return row.integer(0);
    }
    return 0;
  }

  void move(const Registry& table, std::int64_t id, const std::string& field, std::int64_t from, std::int64_t to) {
    for (auto& step : plan_.steps)  // a row that refers twice is changed once
      if (step.kind == Kind::move && step.table == &table && step.record == id) {
        step.before[field] = from;
        step.after[field] = to;
        return;
      }
    plan_.steps.push_back({Kind::move, &table, id, {{field, from}}, {{field, to}}});
  }

  /// The person behind a reference: its column, or the base of the facet that it names.
  std::string base_of(const Field& field) {
    const auto column = fmt::format("t.\"{}\"", field.name);
    const auto& target = catalogue_.at(field.target);
    if (target.id == plan_.base->id) return column;
    return fmt::format("(SELECT f.\"{}\" FROM \"{}\" f WHERE f.id = {})", target.facet_by, target.table(), column);
  }

  /// Two who stand in one record as different people are two.
  void refuse_bound() {
    for (const auto& table : catalogue_.registries()) {
      std::vector<const Field*> people;
      for (const auto& field : table->fields)
        if (refers(field) && (field.target == plan_.base->id || catalogue_.at(field.target).facet_of == plan_.base->id))
          people.push_back(&field);
      for (const auto* one : people)
        for (const auto* other : people)
          if (one != other &&
              session_.integer(fmt::format("SELECT COUNT(*) FROM \"{}\" t WHERE t.archived = 0 AND {} = ? AND {} = ?",
                                           table->table(), base_of(*one), base_of(*other)),
                               {plan_.kept, plan_.merged}))
            throw problem(409, "different_people", "Это разные люди",
                          fmt::format("В реестре «{}» есть запись, которая связывает их друг с другом.", table->label));
    }
  }

  Session& session_;
  const schema::Catalogue& catalogue_;
  const RecordWriter& writer_;
  const std::map<std::string, bool>& choices_;
  MergePlan& plan_;
  std::set<std::pair<const Registry*, std::int64_t>> gone_;
};

json::object to_json(const Values& values) {
  json::object object;
  for (const auto& [name, value] : values) {
    auto& item = object[name];
    if (const auto* number = std::get_if<std::int64_t>(&value))
      item = *number;
    else if (const auto* real = std::get_if<double>(&value))
      item = *real;
    else if (const auto* text = std::get_if<std::string>(&value))
      item = *text;
  }
  return object;
}

Values from_stored(const json::object& object) {
  Values values;
  for (const auto& [name, item] : object) {
    auto& value = values[std::string(name)];
    if (const auto* number = item.if_int64())
      value = *number;
    else if (const auto* real = item.if_double())
      value = *real;
    else if (const auto* text = item.if_string())
      value = std::string(text->data(), text->size());
  }
  return values;
}

}  // namespace

void create_merge_table(Session& session) {
  session.define(R"(CREATE TABLE IF NOT EXISTS es_merge (
    id {id},
    at {text} NOT NULL,
    account {integer} NOT NULL,
    registry {text} NOT NULL,
    kept {integer} NOT NULL,
    merged {integer} NOT NULL,
    steps {text} NOT NULL,
    moved_account {integer},
    closed_account {integer},
    undone_at {text}) {strict})");
}

MergePlan Merge::plan(Session& session, const Registry& base, std::int64_t kept, std::int64_t merged,
                      const std::map<std::string, bool>& choices) const {
  if (kept == merged) throw problem(409, "same_record", "Это одна и та же запись");
  for (const auto id : {kept, merged}) {
    auto row = session.prepare(fmt::format("SELECT archived FROM \"{}\" WHERE id = ?", base.table()));
    row.bind(1, id);
    if (!row.step()) throw not_found();
    if (row.integer(0)) throw problem(409, "archived", "Запись в архиве", "Объединяют только действующие записи.");
  }
  MergePlan plan;
  plan.base = &base;
  plan.kept = kept;
  plan.merged = merged;
  Planner(session, catalogue_, writer_, choices, plan).run();
  return plan;
}

std::int64_t Merge::run(Session& session, const Asker& asker, const MergePlan& plan) {
  json::array done;
  for (const auto& step : plan.steps) {
    const bool archive = step.kind == Kind::archive;
    const auto version = writer_.rewrite(session, asker, *step.table, step.record, step.after,
                                         archive ? std::optional(true) : std::nullopt, "merge");
    done.push_back(json::object{{"table", step.table->id},
                                {"record", step.record},
                                {"archived", archive},
                                {"before", to_json(step.before)},
                                {"version", version}});
  }
  auto row = session.prepare(
      "INSERT INTO es_merge (at, account, registry, kept, merged, steps) VALUES (?, ?, ?, ?, ?, ?) RETURNING id");
  row.bind(1, std::string_view(asker.now));
  row.bind(2, asker.who.account);
  row.bind(3, std::string_view(plan.base->id));
  row.bind(4, plan.kept);
  row.bind(5, plan.merged);
  row.bind(6, std::string_view(json::serialize(done)));
  row.step();
  const auto id = row.integer(0);
  while (row.step()) {
  }
  return id;
}

void Merge::undo(Session& session, const Asker& asker, std::int64_t merge) {
  std::string stored;
  {
    auto row = session.prepare("SELECT steps, undone_at FROM es_merge WHERE id = ?");
    row.bind(1, merge);
    if (!row.step()) throw not_found();
    if (!row.null(1)) throw problem(409, "undone", "Объединение уже отменено");
    stored = row.text(0);
  }
  const auto document = json::parse(stored);
  const auto& steps = document.as_array();
  const auto table_of = [&](const json::value& step) -> const Registry& {
    const auto& name = step.at("table").as_string();
    const auto* table = catalogue_.find({name.data(), name.size()});
    if (!table) throw problem(409, "no_registry", "Отменить нельзя", "Одного из реестров больше нет.");
    return *table;
  };
  for (const auto& step : steps) {
    const auto& table = table_of(step);
    const auto now = session.integer(fmt::format("SELECT version FROM \"{}\" WHERE id = ?", table.table()),
                                     {step.at("record").as_int64()});
    if (now != step.at("version").as_int64())
      throw problem(409, "changed_since", "Отменить нельзя",
                    fmt::format("После объединения в реестре «{}» изменили запись № {}.", table.label,
                                step.at("record").as_int64()));
  }
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    writer_.rewrite(session, asker, table_of(*step), step->at("record").as_int64(),
                    from_stored(step->at("before").as_object()),
                    step->at("archived").as_bool() ? std::optional(false) : std::nullopt, "unmerge");
  session.execute("UPDATE es_merge SET undone_at = ? WHERE id = ?", {asker.now, merge});
}

}  // namespace eschool::registry
