#include "kernel/registry/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/registry/problems.hpp"
#include "rules/expression.hpp"

namespace eschool::registry {

using access::Action;
using access::Condition;
using access::Source;
using access::Sql;
using schema::Field;
using schema::FieldType;
using schema::Registry;

namespace {

/// The statement grows as a select list, joins and one condition.
struct Counting {
  const schema::Catalogue& catalogue;
  const access::Policy& policy;
  const Asker& asker;
  const Registry& registry;
  access::CallerGuard guard;
  Source root;
  Sql columns, where;
  std::string joins;
  int joined = 0;

  Counting(const schema::Catalogue& of, const access::Policy& by, const Asker& who, const Registry& what)
      : catalogue(of), policy(by), asker(who), registry(what), guard(by, who.who), root(access::source(of, what, "t")) {
    const auto visible = policy.condition(asker.who, root, Action::read);
    if (visible.is_never()) throw denied("Этот реестр вам недоступен.");
    where << visible.as_sql() << " AND t.archived = 0";
    if (!registry.active_until.empty())
      (where << " AND (t.\"" << registry.active_until << "\" IS NULL OR t.\"" << registry.active_until << "\" >= ")
              .bind(storage::Value(asker.today))
          << ")";
  }

  /// Throws FilterError.
  static rules::Expression parsed(std::string_view text) {
    auto found = rules::parse(text);
    if (const auto* failure = std::get_if<rules::SyntaxError>(&found)) throw access::FilterError(failure->message);
    return std::get<rules::Expression>(std::move(found));
  }

  /// Throws FilterError for what the caller may not ask.
  Sql rule(std::string_view text) {
    Sql condition;
    condition << "(" << access::PredicateCompiler(catalogue, &guard).compile(parsed(text), root) << ")";
    return condition;
  }

  /// Whether the caller can tell that there is no such record: to who reads a part of them, all others would be
  /// missing.
  bool knows(const rules::Expression& what) const {
    if (what.kind == rules::Expression::Kind::any &&
        !policy.condition(asker.who, access::source(catalogue, catalogue.at(what.registry), "k"), Action::read)
             .is_always())
      return false;
    return std::all_of(what.children.begin(), what.children.end(), [&](const auto& part) { return knows(part); });
  }

  struct End {
    Source at;
    const Field* field = nullptr;
    Condition readable = Condition::always();
  };

  End follow(std::string_view path) {
    const auto unknown = [&] {
      return bad_request("unknown_by", fmt::format("По «{}» посчитать нельзя: нет такого поля.", path));
    };
    End end{root, nullptr, Condition::always()};
    for (auto rest = path; !rest.empty();) {
      const auto dot = std::min(rest.find('.'), rest.size());
      const auto step = rest.substr(0, dot);
      rest.remove_prefix(std::min(dot + 1, rest.size()));
      if (end.field) {
        if (end.field->type != FieldType::reference) throw unknown();
        end.at = join(end.at, *end.field);
        end.readable = access::all_of({end.readable, guard.rows(end.at)});
      }
      const auto located = catalogue.locate(*end.at.registry, step);
      if (!located || !located.field->has_column()) throw unknown();
      end.field = located.field;
      end.readable = access::all_of({end.readable, guard.field(end.at, *end.field)});
    }
    if (!end.field || end.readable.is_never()) throw unknown();
    return end;
  }

  Source join(const Source& from, const Field& reference) {
    const auto& target = catalogue.at(reference.target);
    const auto source = access::source(catalogue, target, fmt::format("r{}", ++joined));
    joins += fmt::format(" LEFT JOIN \"{}\" {} ON {}.id = {}", target.table(), source.alias, source.alias,
                         from.column(catalogue, reference));
    if (const auto* base = catalogue.base(target))
      joins += fmt::format(" LEFT JOIN \"{}\" {} ON {}.id = {}.\"{}\"", base->table(), source.base_alias,
                           source.base_alias, source.alias, target.facet_by);
    return source;
  }

  Sql value_of(const End& end, const std::string& column) {
    Sql value;
    if (end.readable.is_always()) return value << column, value;
    value << "CASE WHEN " << end.readable.as_sql() << " THEN " << column << " END";
    return value;
  }

  Sql statement() const {
    Sql whole;
    whole << "SELECT " << columns << " FROM " << root.from(catalogue) << joins << " WHERE " << where;
    return whole;
  }
};

std::string label_of(const Field& field, const std::string& value) {
  if (field.type == FieldType::enumeration)
    for (const auto& item : field.values)
      if (item.id == value) return item.label;
  if (field.type == FieldType::boolean) return value == "0" ? "нет" : "да";
  return value;
}

bool counts(const Field& field) {
  return (field.required || field.recommended) && !field.readonly && field.derive.empty() && field.has_column() &&
         field.type != FieldType::boolean;
}

std::string both(const std::string& one, const std::string& other) {
  return other.empty() ? one : fmt::format("{} and ({})", one, other);
}

/// The part of a filter that leaves out what is not counted.
std::string active(const Registry& registry) {
  return registry.active_until.empty() ? "" : fmt::format("{0} = null or {0} >= @today", registry.active_until);
}

}  // namespace

std::vector<Bar> count_by(storage::Session& session, const Asker& asker, const RecordQuery& query,
                          const schema::Catalogue& catalogue, const access::Policy& policy, const Registry& registry,
                          std::string_view by, const std::string& filter) {
  Counting counting(catalogue, policy, asker, registry);
  const auto colon = std::min(by.find(':'), by.size());
  const auto cut = by.substr(std::min(colon + 1, by.size()));
  const auto end = counting.follow(by.substr(0, colon));
  auto column = end.at.column(catalogue, *end.field);
  if (!cut.empty()) {
    const bool dated = end.field->type == FieldType::date || end.field->type == FieldType::datetime;
    if (!dated || (cut != "year" && cut != "month"))
      throw bad_request("unknown_by", "После двоеточия бывает year или month, и только у даты.");
    column = fmt::format("substr({}, 1, {})", column, cut == "year" ? 4 : 7);
  }
  if (end.field->type == FieldType::longtext || end.field->type == FieldType::json)
    throw bad_request("unknown_by", "По длинному тексту не считают.");
  if (!filter.empty()) try {
      counting.where << " AND " << counting.rule(filter);
    } catch (const access::FilterError& failure) {
      throw bad_request("unknown_filter", fmt::format("Условие filter: {}.", failure.what()));
    }
  counting.columns << "CAST(" << counting.value_of(end, column) << " AS TEXT), COUNT(*)";
  const auto whole = counting.statement();
  std::vector<Bar> bars;
  {
    auto rows = session.prepare(whole.text + " GROUP BY 1 ORDER BY 1");
    bind(rows, whole.binds, asker);
    while (rows.step()) bars.push_back({rows.null(0) ? "" : std::string(rows.text(0)), "", rows.integer(1)});
  }
  for (auto& bar : bars)
    bar.label = bar.value.empty() ? "не указано"
                : end.field->type == FieldType::reference
                    ? query.display(session, catalogue.at(end.field->target), std::stoll(bar.value))
                    : label_of(*end.field, bar.value);
  if (end.field->type == FieldType::integer || end.field->type == FieldType::decimal)
    std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) {
      return !a.value.empty() && (b.value.empty() || std::stod(a.value) < std::stod(b.value));
    });
  if (end.field->type == FieldType::enumeration) {
    // In the order in which the schema names them, which is the order in which people think of them.
    const auto place = [&](const Bar& bar) {
      const auto& values = end.field->values;
      return std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.id == bar.value; }) -
             values.begin();
    };
    std::stable_sort(bars.begin(), bars.end(), [&](const Bar& a, const Bar& b) { return place(a) < place(b); });
  }
  return bars;
}

std::int64_t Completeness::expected() const {
  std::int64_t sum = 0;
  for (const auto& gap : fields) sum += gap.expected;
  return sum;
}

std::int64_t Completeness::missing() const {
  std::int64_t sum = 0;
  for (const auto& gap : fields) sum += gap.missing;
  return sum;
}

std::int64_t Completeness::broken() const {
  std::int64_t sum = 0;
  for (const auto& check : checks) sum += check.broken;
  return sum;
}

int Completeness::percent() const {
  const auto all = expected();
  return all ? static_cast<int>((all - missing()) * 100 / all) : 100;
}

std::vector<Completeness> completeness(storage::Session& session, const Asker& asker,
                                       const schema::Catalogue& catalogue, const access::Policy& policy,
                                       const Registry& registry, std::string_view by, std::int64_t id) {
  Counting counting(catalogue, policy, asker, registry);
  Completeness shape;
  if (by.empty()) {
    counting.columns << "0";
  } else {
    const auto end = counting.follow(by);
    if (end.field->type != FieldType::reference)
      throw bad_request("unknown_by", fmt::format("«{}» не ссылка: по ней не разделить.", by));
    counting.columns << counting.value_of(end, end.at.column(catalogue, *end.field));
  }
  counting.columns << ", COUNT(*), MAX(t.updated_at)";
  const auto sum = [&](const Sql& condition) {
    counting.columns << ", COALESCE(SUM(CASE WHEN " << condition << " THEN 1 ELSE 0 END), 0)";
  };

  std::vector<const Field*> fields;
  if (const auto* base = catalogue.base(registry))
    for (const auto& field : base->fields) fields.push_back(&field);
  for (const auto& field : registry.fields) fields.push_back(&field);
  for (const auto* field : fields) {
    if (!counts(*field) || field->name == registry.facet_by) continue;
    auto matters = counting.guard.field(counting.root, *field);
    if (matters.is_never()) continue;
    if (!field->when.empty()) try {
        matters = access::all_of({matters, Condition{Condition::Kind::depends, counting.rule(field->when)}});
      } catch (const access::FilterError&) {
        continue;
      }
    sum(matters.as_sql());
    Sql lacking;
    lacking << matters.as_sql() << " AND " << counting.root.column(catalogue, *field) << " IS NULL";
    sum(lacking);
    shape.fields.push_back({field, 0, 0, both(both(field->name + " = null", field->when), active(registry))});
  }
  // Who looks after the records reads what belongs to them, and of others nothing.
  const bool looks_after = policy.may(asker.who, registry, Action::update);
  for (const auto& check : registry.checks) try {
      if (!looks_after && !counting.knows(Counting::parsed(check.broken))) continue;
      sum(counting.rule(check.broken));
      shape.checks.push_back({&check, 0, both("(" + check.broken + ")", active(registry))});
    } catch (const access::FilterError&) {
      // It asks what the caller may not read.
    }
  if (id) (counting.where << " AND t.id = ").bind(storage::Value(id));

  const auto whole = counting.statement();
  std::vector<Completeness> groups;
  auto rows = session.prepare(whole.text + (by.empty() ? "" : " GROUP BY 1"));
  bind(rows, whole.binds, asker);
  while (rows.step()) {
    auto group = shape;
    group.group = rows.null(0) ? 0 : rows.integer(0);
    group.records = rows.integer(1);
    if (!rows.null(2)) group.last_change = rows.text(2);
    int column = 3;
    for (auto& gap : group.fields) {
      gap.expected = rows.integer(column++);
      gap.missing = rows.integer(column++);
    }
    for (auto& check : group.checks) check.broken = rows.integer(column++);
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace eschool::registry
