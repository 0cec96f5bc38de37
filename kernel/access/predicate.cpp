#include "kernel/access/predicate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/checks.hpp"
#include "text/dates.hpp"
#include "text/fold.hpp"
#include "text/sort_key.hpp"

namespace eschool::access {

using rules::Compare;
using rules::Expression;
using schema::FieldType;

namespace {

Condition combine(std::vector<Condition> parts, Condition::Kind neutral, Condition::Kind absorbing,
                  std::string_view glue) {
  Condition result{Condition::Kind::depends, {}};
  bool first = true;
  for (const auto& part : parts) {
    if (part.kind == absorbing) return {absorbing, {}};
    if (part.kind == neutral) continue;
    if (!first) result.sql << glue;
    result.sql << part.as_sql();
    first = false;
  }
  return first ? Condition{neutral, {}} : result;
}

std::string_view symbol(Compare compare) {
  switch (compare) {
    case Compare::eq:
      return " = ";
    case Compare::ne:
      return " <> ";
    case Compare::lt:
      return " < ";
    case Compare::le:
      return " <= ";
    case Compare::gt:
      return " > ";
    case Compare::ge:
      return " >= ";
    default:
      return "";
  }
}

bool ordering(Compare compare) {
  return compare == Compare::lt || compare == Compare::le || compare == Compare::gt || compare == Compare::ge;
}

std::string quoted(std::string_view name) { return fmt::format("\"{}\"", name); }

/// The kernel's own columns, as fields, so that they filter like any other.
const schema::Field* kernel_field(std::string_view name) {
  static const std::vector<schema::Field> fields = [] {
    std::vector<schema::Field> list;
    for (const auto& [column, type] : {std::pair{"id", FieldType::integer},
                                       {"version", FieldType::integer},
                                       {"archived", FieldType::boolean},
                                       {"created_at", FieldType::datetime},
                                       {"updated_at", FieldType::datetime}}) {
      schema::Field field;
      field.name = column;
      field.type = type;
      field.required = true;
      list.push_back(field);
    }
    return list;
  }();
  for (const auto& field : fields)
    if (field.name == name) return &field;
  return nullptr;
}

}  // namespace

Sql Condition::as_sql() const {
  if (kind == Kind::always) return {"1=1", {}};
  if (kind == Kind::never) return {"1=0", {}};
  Sql wrapped;
  wrapped << "(" << sql << ")";
  return wrapped;
}

Condition any_of(std::vector<Condition> parts) {
  return combine(std::move(parts), Condition::Kind::never, Condition::Kind::always, " OR ");
}
Condition all_of(std::vector<Condition> parts) {
  return combine(std::move(parts), Condition::Kind::always, Condition::Kind::never, " AND ");
}

std::string Source::column(const schema::Catalogue& catalogue, const schema::Field& field,
                           std::string_view suffix) const {
  const auto located = catalogue.locate(*registry, field.name);
  const bool own = !located || located.owner == registry;
  return fmt::format("{}.\"{}{}\"", own ? alias : base_alias, field.name, suffix);
}

std::string Source::from(const schema::Catalogue& catalogue) const {
  const auto* base = catalogue.base(*registry);
  if (!base) return fmt::format("\"{}\" {}", registry->table(), alias);
  return fmt::format("\"{}\" {} JOIN \"{}\" {} ON {}.id = {}.\"{}\"", registry->table(), alias, base->table(),
                     base_alias, base_alias, alias, registry->facet_by);
}

Source source(const schema::Catalogue& catalogue, const schema::Registry& registry, std::string alias) {
  Source result{&registry, alias, {}};
  if (catalogue.base(registry)) result.base_alias = alias + "b";
  return result;
}

Source PredicateCompiler::subquery(const schema::Registry& registry) {
  return source(catalogue_, registry, fmt::format("s{}", ++aliases_));
}

Sql PredicateCompiler::compile(const Expression& expression, const Source& at) {
  Sql sql;
  node(expression, at, sql);
  return sql;
}

void PredicateCompiler::guarded_rows(const Source& at, Sql& out) {
  // Nearly every row is not archived: without the hint the planner takes an index that begins with `archived` for a
  // find.
  out << "likely(" << at.alias << ".archived = 0)";
  if (!guard_) return;
  const auto condition = guard_->rows(at);
  if (condition.is_never()) throw FilterError("условие обращается к данным, которые вам не видны");
  if (!condition.is_always()) out << " AND " << condition.as_sql();
}

void PredicateCompiler::node(const Expression& expression, const Source& at, Sql& out) {
  switch (expression.kind) {
    case Expression::Kind::constant:
      out << (expression.value ? "1=1" : "1=0");
      return;
    case Expression::Kind::conjunction:
    case Expression::Kind::disjunction:
      if (expression.kind == Expression::Kind::disjunction && any_of_several(expression, at, out)) return;
      out << "(";
      for (std::size_t i = 0; i < expression.children.size(); ++i) {
        if (i) out << (expression.kind == Expression::Kind::conjunction ? " AND " : " OR ");
        node(expression.children[i], at, out);
      }
      out << ")";
      return;
    case Expression::Kind::negation:
      // IS NOT TRUE and not NOT: a comparison with NULL is no match, and its negation is one, on both engines.
      out << "((";
      node(expression.children.at(0), at, out);
      out << ") IS NOT TRUE)";
      return;
    case Expression::Kind::test:
      test(expression, at, 0, out);
      return;
    case Expression::Kind::any:
      any(expression, at, out);
      return;
  }
}

void PredicateCompiler::test(const Expression& expression, const Source& at, std::size_t step, Sql& out) {
  const auto& name = expression.path.at(step);
  const bool last = step + 1 == expression.path.size();
  if (last) {
    if (const auto* kernel = kernel_field(name)) {
      const auto column = at.alias + "." + name;
      return comparison(expression, *kernel, column, column, column, out);
    }
  }
  const auto located = catalogue_.locate(*at.registry, name);
  if (!located || !located.field->has_column())
    throw FilterError(fmt::format("нет поля «{}» в реестре «{}»", name, at.registry->label));
  const auto& field = *located.field;

  Condition readable = guard_ ? guard_->field(at, field) : Condition::always();
  // An unreadable field answers as if it did not exist.
  if (readable.is_never()) throw FilterError(fmt::format("нет поля «{}» в реестре «{}»", name, at.registry->label));
  if (!readable.is_always()) out << "(" << readable.as_sql() << " AND ";

  const auto column = at.column(catalogue_, field);
  if (last) {
    comparison(expression, field, column, at.column(catalogue_, field, "_key"), at.column(catalogue_, field, "_sort"),
               out);
  } else if (field.type != FieldType::reference) {
    throw FilterError(fmt::format("поле «{}» не ссылка, после него не может стоять точка", name));
  } else if (name == at.registry->facet_by &&
             catalogue_.locate(*at.registry, expression.path[step + 1]).owner != at.registry) {
    test(expression, at, step + 1, out);  // person.surname of a facet: the base is joined already
  } else {
    // IN with a query that does not depend on the row: evaluated once, and either side can drive by its index.
    const auto target = subquery(catalogue_.at(field.target));
    out << column << " IN (SELECT " << target.alias << ".id FROM " << target.from(catalogue_) << " WHERE ";
    test(expression, target, step + 1, out);
    out << " AND ";
    guarded_rows(target, out);
    out << ")";
  }
  if (!readable.is_always()) out << ")";
}

std::string PredicateCompiler::any_query(const Expression& expression, const Source& at, Sql& out) {
  const auto* registry = catalogue_.find(expression.registry);
  const auto* field = registry ? registry->find(expression.field) : nullptr;
  if (!field || field->type != FieldType::reference)
    throw FilterError(fmt::format("нет ссылки {}.{}", expression.registry, expression.field));
  std::string id;
  if (field->target == at.registry->id)
    id = at.alias + ".id";
  else if (const auto* base = catalogue_.base(*at.registry); base && base->id == field->target)
    id = at.base_alias + ".id";
  else
    throw FilterError(
        fmt::format("{}.{} не ссылается на «{}»", expression.registry, expression.field, at.registry->label));
  const auto inner = subquery(*registry);
  if (guard_) {
    const auto readable = guard_->field(inner, *field);
    if (!readable.is_always()) throw FilterError("условие обращается к данным, которые вам не видны");
  }
  out << "SELECT " << inner.alias << "." << quoted(field->name) << " FROM " << inner.from(catalogue_) << " WHERE ";
  node(expression.children.at(0), inner, out);
  out << " AND ";
  guarded_rows(inner, out);
  return id;
}

void PredicateCompiler::any(const Expression& expression, const Source& at, Sql& out) {
  Sql query;
  out << any_query(expression, at, query) << " IN (" << query << ")";
}

/// Several `any` about one record as one list of records: an index finds it, also where further conditions stand
/// beside.
bool PredicateCompiler::any_of_several(const Expression& expression, const Source& at, Sql& out) {
  const auto& parts = expression.children;
  if (!std::all_of(parts.begin(), parts.end(),
                   [](const Expression& part) { return part.kind == Expression::Kind::any; }))
    return false;
  Sql queries;
  std::string id;
  for (const auto& part : parts) {
    if (!queries.text.empty()) queries << " UNION ALL ";
    const auto of = any_query(part, at, queries);
    if (!id.empty() && id != of) return false;
    id = of;
  }
  out << id << " IN (" << queries << ")";
  return true;
}

void PredicateCompiler::comparison(const Expression& expression, const schema::Field& field, const std::string& column,
                                   const std::string& key, const std::string& sort, Sql& out) {
  const auto compare = expression.compare;
  if (compare == Compare::truthy) {
    if (field.type != FieldType::boolean)
      throw FilterError(fmt::format("поле «{}» нужно с чем-нибудь сравнить", field.name));
    out << column << " = 1";
    return;
  }
  const auto& first = expression.operands.at(0);
  if (std::holds_alternative<rules::Null>(first)) {
    out << column << (compare == Compare::eq ? " IS NULL" : " IS NOT NULL");
    return;
  }
  const bool folded = field.has_key();
  if (compare == Compare::in) {
    out << (folded ? key : column) << " IN (";
    for (std::size_t i = 0; i < expression.operands.size(); ++i) {
      if (i) out << ", ";
      out.bind(operand(expression.operands[i], field, folded ? "key" : ""));
    }
    out << ")";
  } else if (compare == Compare::begins || compare == Compare::contains) {
    if (!folded && field.type != FieldType::longtext)
      throw FilterError(fmt::format("поле «{}» не текстовое: ^= и ~ к нему не применимы", field.name));
    const auto* text = std::get_if<std::string>(&first);
    if (!text) throw FilterError(fmt::format("после ^= и ~ у поля «{}» ожидалась строка", field.name));
    const auto value = folded ? text::fold(*text) : *text;
    const auto& where = folded ? key : column;
    if (compare == Compare::begins) {
      // A range and not LIKE: it uses the index and means the same on both engines.
      out << "(" << where << " >= ";
      out.bind(storage::Value(value)) << " AND " << where << " < ";
      out.bind(storage::Value(value + "\xF4\x8F\xBF\xBF")) << ")";
    } else {
      out << "instr(" << where << ", ";
      out.bind(storage::Value(value)) << ") > 0";
    }
  } else {
    const bool by_order = folded && ordering(compare);
    out << (by_order ? sort : folded ? key : column) << symbol(compare);
    out.bind(operand(first, field, by_order ? "sort" : folded ? "key" : ""));
  }
}

Bind PredicateCompiler::operand(const rules::Operand& operand, const schema::Field& field, std::string_view use) {
  const auto wrong = [&](std::string_view expected) {
    return FilterError(fmt::format("поле «{}» сравнивается с {}", field.name, expected));
  };
  if (const auto* variable = std::get_if<rules::Variable>(&operand)) {
    if (variable->name != "scope") return *variable;
    return scope_ ? *scope_ : storage::Value();
  }
  switch (field.type) {
    case FieldType::integer:
    case FieldType::reference:
    case FieldType::file:
      if (const auto* number = std::get_if<std::int64_t>(&operand)) return storage::Value(*number);
      throw wrong(field.type == FieldType::reference ? "номером записи; имя ищется через точку, например class.name"
                                                     : "целым числом");
    case FieldType::decimal:
      if (const auto* integer = std::get_if<std::int64_t>(&operand))
        return storage::Value(static_cast<double>(*integer));
      if (const auto* real = std::get_if<double>(&operand)) return storage::Value(*real);
      throw wrong("числом");
    case FieldType::boolean:
      if (const auto* flag = std::get_if<bool>(&operand)) return storage::Value(std::int64_t{*flag});
      throw wrong("true или false");
    default:
      break;
  }
  const auto* given = std::get_if<std::string>(&operand);
  if (!given) throw wrong("строкой в одинарных кавычках");
  if (field.type == FieldType::date && !text::parse_date(*given)) throw wrong("датой вида '2026-09-01'");
  if (field.type == FieldType::enumeration) {
    for (const auto& value : field.values)
      if (value.id == *given || value.label == *given) return storage::Value(value.id);
    throw wrong("одним из значений списка");
  }
  if (field.type == FieldType::date) return storage::Value(*text::parse_date(*given));
  if (use.empty()) return storage::Value(*given);
  std::string value = *given;
  if (!field.check.empty())  // "5 а" asks for «5А»
    if (const auto checked = text::check(field.check, value); checked.ok()) value = checked.value;
  return storage::Value(use == "sort" ? text::sort_key(value) : text::fold(value));
}

}  // namespace eschool::access
