#include "kernel/registry/record_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/files.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/search_words.hpp"
#include "rules/evaluate.hpp"
#include "text/fold.hpp"

namespace eschool::registry {

using access::Action;
using access::Rule;
using http::FieldError;
using schema::Field;
using schema::FieldType;
using schema::Registry;
using storage::Session;
using storage::Value;

namespace {

const Value nothing;

const Value& value_of(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? nothing : found->second;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

RecordWriter::RecordWriter(const schema::Catalogue& catalogue, const access::Policy& policy, const RecordQuery& query,
                           audit::History& history, Hooks* hooks)
    : catalogue_(catalogue), policy_(policy), query_(query), history_(history), hooks_(hooks) {
  for (const auto& registry : catalogue.registries()) {
    const auto at = access::source(catalogue, *registry, "t");
    std::string columns =
        "t.archived, " + std::string(at.base_alias.empty() ? "t.version" : "t.version + tb.version - 1");
    for (const auto* field : query.columns_of(*registry)) columns += ", " + at.column(catalogue, *field);
    load_sql_[registry.get()] = fmt::format("SELECT {} FROM {} WHERE t.id = ?", columns, at.from(catalogue));
  }
}

std::optional<RecordWriter::Row> RecordWriter::row(Session& session, const Registry& registry, std::int64_t id) const {
  auto found = session.prepare(load_sql_.at(&registry));
  found.bind(1, id);
  if (!found.step()) return {};
  Row row;
  row.archived = found.integer(0) != 0;
  row.version = found.integer(1);
  int column = 2;
  for (const auto* field : query_.columns_of(registry))
    row.values.emplace(field->name, stored_value(*field, found, column++));
  return row;
}

std::optional<Values> RecordWriter::load(Session& session, const Registry& registry, std::int64_t id) const {
  auto found = row(session, registry, id);
  if (!found) return {};
  return std::move(found->values);
}

std::int64_t RecordWriter::version(Session& session, const Registry& registry, std::int64_t id) const {
  const auto* base = catalogue_.base(registry);
  return session.integer(
      base ? fmt::format(
                 "SELECT t.version + b.version - 1 FROM \"{}\" t JOIN \"{}\" b ON b.id = t.\"{}\" WHERE t.id = ?",
                 registry.table(), base->table(), registry.facet_by)
           : fmt::format("SELECT version FROM \"{}\" WHERE id = ?", registry.table()),
      {id});
}

std::vector<Rule> RecordWriter::holding(Session& session, const Asker& asker, const Registry& registry, Action action,
                                        std::int64_t id) const {
  std::vector<Rule> holding;
  for (auto& rule : policy_.rules(asker.who, registry, action))
    if (query_.holds(session, asker, rule, registry, id)) holding.push_back(rule);
  return holding;
}

void RecordWriter::check_version(Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                                 const Row& row, std::optional<std::int64_t> version) const {
  if (!version || *version == row.version) return;
  auto stale =
      problem(412, "stale", "Запись изменил кто-то другой",
              fmt::format("Вы видели версию {}, сейчас версия {}. Сравните и повторите.", *version, row.version));
  std::string current;
  query_.get(session, asker, registry, id, current);
  stale.problem.extra = fmt::format("\"your_version\":{},\"current\":{}", *version, current);
  throw stale;
}

void RecordWriter::check_writable(const Registry& registry, const std::vector<Rule>& rules, const Values& changes,
                                  bool creating, std::vector<FieldError>& errors) const {
  for (const auto& [name, value] : changes) {
    const auto located = catalogue_.locate(registry, name);
    if (!located) {
      errors.push_back({name, "unknown_field", "такого поля нет"});
    } else if (std::none_of(rules.begin(), rules.end(),
                            [&](const Rule& rule) { return rule.writes_field(*located.field); })) {
      // A field that the caller may not even read is reported like one that does not exist.
      const bool seen = std::any_of(rules.begin(), rules.end(),
                                    [&](const Rule& rule) { return rule.reads >= located.field->sensitivity; });
      errors.push_back(seen ? FieldError{name, "denied", "вам нельзя менять это поле"}
                            : FieldError{name, "unknown_field", "такого поля нет"});
    } else if (located.field->readonly) {
      errors.push_back({name, "readonly", "поле заполняет программа"});
    } else if (located.field->once && !creating) {
      errors.push_back({name, "once", "поле задаётся только при создании записи"});
    }
  }
}

void RecordWriter::derive(const Registry& registry, Values& values) const {
  for (const auto* field : query_.columns_of(registry)) {
    if (field->derive.empty()) continue;
    const auto parts = parse_display(field->derive);
    std::string text;
    write_display(text, parts, [&](std::size_t part) {
      const auto* value = std::get_if<std::string>(&value_of(values, parts[part].field));
      return value ? std::string_view(*value) : std::string_view();
    });
    values[field->name] = text.empty() ? Value() : Value(std::move(text));
  }
}

bool RecordWriter::matters(const Registry& registry, const Field& field, const Asker& asker,
                           const Values& values) const {
  if (field.when.empty()) return true;
  const auto parsed = rules::parse(field.when);
  const auto* condition = std::get_if<rules::Expression>(&parsed);
  if (!condition) return true;
  rules::Lookup lookup;
  lookup.field = [&](const std::vector<std::string>& path) -> rules::Operand {
    // A condition looks at the record itself: what lies behind a reference is not at hand here.
    const auto& value = value_of(values, path.front());
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      const auto located = catalogue_.locate(registry, path.front());
      if (located && located.field->type == FieldType::boolean) return *number != 0;
      return *number;
    }
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return rules::Null{};
  };
  lookup.variable = [&](std::string_view name) -> rules::Operand {
    if (name == "today") return asker.today;
    if (name == "me" && asker.who.person) return asker.who.person;
    return rules::Null{};
  };
  lookup.fold = [](std::string_view text) { return text::fold(text); };
  return rules::evaluate(*condition, lookup);
}

void RecordWriter::check_final(Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                               const Values& after, const std::vector<std::string>& changed,
                               std::vector<FieldError>& errors) const {
  for (const auto* field : query_.columns_of(registry)) {
    const auto& value = value_of(after, field->name);
    if (is_null(value)) {
      // The reference of a facet to its base is made together with the base.
      if (field->required && field->name != registry.facet_by && matters(registry, *field, asker, after))
        errors.push_back({field->name, "required", fmt::format("заполните поле «{}»", field->label)});
      continue;
    }
    if (field->type == FieldType::file && contains(changed, field->name)) {
      const auto* owner = catalogue_.locate(registry, field->name).owner;
      const auto* base_id =
          owner == &registry ? nullptr : std::get_if<std::int64_t>(&value_of(after, registry.facet_by));
      const auto holder = owner == &registry ? id : base_id ? *base_id : 0;
      if (!may_hold(session, std::get<std::int64_t>(value), asker.who.account, owner->id, holder, field->name))
        errors.push_back({field->name, "no_such_file", "такого файла нет: приложите его заново"});
    }
    if (field->type != FieldType::reference || !contains(changed, field->name)) continue;
    const auto target_id = std::get<std::int64_t>(value);
    const auto& target = catalogue_.at(field->target);
    const auto found = row(session, target, target_id);
    if (!found || found->archived || !query_.readable(session, asker, target, target_id))
      errors.push_back({field->name, "no_such_record", fmt::format("в реестре «{}» нет такой записи", target.label)});
  }
  check_unique(session, registry, id, after, changed, errors);
}

void RecordWriter::check_unique(Session& session, const Registry& registry, std::int64_t id, const Values& after,
                                const std::vector<std::string>& changed, std::vector<FieldError>& errors) const {
  const auto check = [&](const Registry& table, std::int64_t row_id, const std::vector<std::string>& group) {
    if (std::none_of(group.begin(), group.end(), [&](const auto& name) { return contains(changed, name); })) return;
    std::string sql = fmt::format("SELECT id FROM \"{}\" WHERE archived = 0", table.table());
    std::vector<Value> values;
    std::string label;
    for (const auto& name : group) {
      const auto* field = table.find(name);
      const auto& value = value_of(after, name);
      if (!field || is_null(value)) return;
      sql += fmt::format(" AND \"{}{}\" = ?", name, field->has_key() ? "_key" : "");
      values.push_back(field->has_key() ? key_of(value) : value);
      label += (label.empty() ? "«" : ", «") + field->label + "»";
    }
    auto found = session.prepare(sql + " LIMIT 2");
    found.bind_all(values);
    while (found.step())
      if (found.integer(0) != row_id) {
        const auto* same = group.size() == 1 ? "таким же значением поля" : "такими же значениями полей";
        errors.push_back({group.front(), "not_unique",
                          fmt::format("в реестре «{}» уже есть запись с {} {}", table.label, same, label)});
        return;
      }
  };
  const auto check_table = [&](const Registry& table, std::int64_t row_id) {
    for (const auto& field : table.fields)
      if (field.unique) check(table, row_id, {field.name});
    for (const auto& group : table.unique) check(table, row_id, group);
  };
  if (const auto* base = catalogue_.base(registry)) {
    const auto* base_id = std::get_if<std::int64_t>(&value_of(after, registry.facet_by));
    check_table(*base, base_id ? *base_id : 0);
  }
  check_table(registry, id);
}

void RecordWriter::hook(Hooks::Phase phase, Session& session, const Asker& asker, const Registry& registry,
                        std::int64_t id, const Values* before, Values& after, std::vector<FieldError>& errors,
                        std::vector<std::string>& warnings) {
  if (!hooks_) return;
  if (const auto* base = catalogue_.base(registry)) {
    HookCall call{session, asker, *base, id, before, after, errors, warnings};
    if (const auto* base_id = std::get_if<std::int64_t>(&value_of(after, registry.facet_by))) call.id = *base_id;
    hooks_->run(phase, call);
  }
  HookCall call{session, asker, registry, id, before, after, errors, warnings};
  hooks_->run(phase, call);
}

void RecordWriter::record_history(Session& session, const Asker& asker, const Registry& table, std::int64_t id,
                                  std::int64_t version, std::string_view action, const Values* before,
                                  const Values* after, const std::vector<std::string>& fields) {
  const auto object = [&](const Values* values) {
    std::string text;
    if (!values) return text;
    text = "{";
    for (const auto& field : table.fields) {
      if (!field.has_column() || (!fields.empty() && !contains(fields, field.name))) continue;
      const auto& value = value_of(*values, field.name);
      if (fields.empty() && is_null(value)) continue;
      if (text.size() > 1) text += ',';
      text += '"' + field.name + "\":";
      append_json(text, field, value);
    }
    return text + "}";
  };
  audit::Entry entry;
  entry.at = asker.now;
  entry.account = asker.who.account;
  entry.person = asker.who.person;
  entry.remote = asker.who.remote;
  entry.registry = table.id;
  entry.record = id;
  entry.version = version;
  entry.action = action;
  entry.before = object(before);
  entry.after = object(after);
  history_.append(session, entry);
}

std::int64_t RecordWriter::insert(Session& session, const Registry& table, const Values& values) {
  std::string names = "version, archived, created_at, updated_at", marks = "1, 0, ?, ?";
  std::vector<Value> binds{value_of(values, "created_at"), value_of(values, "created_at")};
  for (const auto& field : table.fields) {
    if (!field.has_column()) continue;
    const auto& value = value_of(values, field.name);
    names += fmt::format(", \"{}\"", field.name);
    marks += ", ?";
    binds.push_back(value);
    if (!field.has_key()) continue;
    names += fmt::format(", \"{0}_key\", \"{0}_sort\"", field.name);
    marks += ", ?, ?";
    binds.push_back(key_of(value));
    binds.push_back(sort_of(value));
  }
  auto row =
      session.prepare(fmt::format("INSERT INTO \"{}\" ({}) VALUES ({}) RETURNING id", table.table(), names, marks));
  row.bind_all(binds);
  row.step();
  const auto id = row.integer(0);
  while (row.step()) {  // runs the statement to its end, where the insert takes effect on every engine
  }
  attach_files(session, table, id, values, nullptr);
  write_words(session, table, id, values, nullptr);
  return id;
}

std::int64_t RecordWriter::store(Session& session, const Registry& table, std::int64_t id, const Values& after,
                                 const std::vector<std::string>& changed) {
  std::string sets = "version = version + 1, updated_at = ?";
  std::vector<Value> binds{value_of(after, "updated_at")};
  for (const auto& field : table.fields) {
    if (!field.has_column() || !contains(changed, field.name)) continue;
    const auto& value = value_of(after, field.name);
    sets += fmt::format(", \"{}\" = ?", field.name);
    binds.push_back(value);
    if (!field.has_key()) continue;
    sets += fmt::format(", \"{0}_key\" = ?, \"{0}_sort\" = ?", field.name);
    binds.push_back(key_of(value));
    binds.push_back(sort_of(value));
  }
  binds.emplace_back(id);
  auto row = session.prepare(fmt::format("UPDATE \"{}\" SET {} WHERE id = ? RETURNING version", table.table(), sets));
  row.bind_all(binds);
  if (!row.step()) throw not_found();
  const auto version = row.integer(0);
  while (row.step()) {
  }
  attach_files(session, table, id, after, &changed);
  write_words(session, table, id, after, &changed);
  return version;
}

void RecordWriter::attach_files(Session& session, const Registry& table, std::int64_t id, const Values& values,
                                const std::vector<std::string>* changed) {
  for (const auto& field : table.fields) {
    if (field.type != FieldType::file || (changed && !contains(*changed, field.name))) continue;
    if (const auto* file = std::get_if<std::int64_t>(&value_of(values, field.name)))
      attach_file(session, *file, table.id, id, field.name);
  }
}

Written RecordWriter::create(Session& session, const Asker& asker, const Registry& registry, Values values) {
  const auto rules = policy_.rules(asker.who, registry, Action::create);
  if (rules.empty()) throw denied(fmt::format("Вам нельзя создавать записи в реестре «{}».", registry.label));
  Written written;
  std::vector<FieldError> errors;
  check_writable(registry, rules, values, true, errors);
  if (!errors.empty()) throw invalid(std::move(errors));

  if (registry.singleton &&
      session.integer(fmt::format("SELECT COUNT(*) FROM \"{}\" WHERE archived = 0", registry.table())) > 0)
    throw problem(409, "singleton", "Запись уже есть",
                  fmt::format("В реестре «{}» бывает одна запись: измените её.", registry.label));
  const auto* base = catalogue_.base(registry);
  std::optional<Row> base_before;
  std::int64_t base_id = 0;
  if (base) {
    if (const auto* given = std::get_if<std::int64_t>(&value_of(values, registry.facet_by))) {
      base_id = *given;
      base_before = row(session, *base, base_id);
      if (!base_before || base_before->archived || !query_.readable(session, asker, *base, base_id))
        throw invalid(
            {{registry.facet_by, "no_such_record", fmt::format("в реестре «{}» нет такой записи", base->label)}});
      // Whoever gives a person a new role sees and writes that person through it: not without the right to the person.
      if (holding(session, asker, *base, Action::update, base_id).empty())
        throw invalid(
            {{registry.facet_by, "denied", fmt::format("вам нельзя менять эту запись реестра «{}»", base->label)}});
      for (const auto& [name, value] : base_before->values) values.emplace(name, value);
    }
  }
  for (const auto* field : query_.columns_of(registry)) {
    if (!field->default_value || !is_null(value_of(values, field->name))) continue;
    auto checked = from_json(*field, boost::json::parse(*field->default_value));
    if (checked.ok()) values[field->name] = std::move(checked.value);
  }
  hook(Hooks::Phase::derive, session, asker, registry, 0, nullptr, values, errors, written.warnings);
  derive(registry, values);
  for (const auto& [name, value] : values) written.changed.push_back(name);
  hook(Hooks::Phase::validate, session, asker, registry, 0, nullptr, values, errors, written.warnings);
  check_final(session, asker, registry, 0, values, written.changed, errors);
  if (!errors.empty()) throw invalid(std::move(errors));

  values["created_at"] = values["updated_at"] = asker.now;
  if (base && !base_id) {
    base_id = insert(session, *base, values);
    record_history(session, asker, *base, base_id, 1, "create", nullptr, &values, {});
    values[registry.facet_by] = base_id;
  } else if (base) {
    std::vector<std::string> changed;
    for (const auto& field : base->fields)
      if (field.has_column() && value_of(values, field.name) != value_of(base_before->values, field.name))
        changed.push_back(field.name);
    if (!changed.empty()) {
      const auto base_version = store(session, *base, base_id, values, changed);
      record_history(session, asker, *base, base_id, base_version, "update", &base_before->values, &values, changed);
    }
  }
  written.id = insert(session, registry, values);
  record_history(session, asker, registry, written.id, 1, "create", nullptr, &values, {});
  if (!registry.active_until.empty()) ++standing_changes_;
  hook(Hooks::Phase::after, session, asker, registry, written.id, nullptr, values, errors, written.warnings);
  if (!errors.empty()) throw invalid(std::move(errors));

  // What was made must lie where the caller may make it; the savepoint takes it back otherwise.
  const auto holding_rules = holding(session, asker, registry, Action::create, written.id);
  if (holding_rules.empty())
    throw denied(fmt::format("Вам нельзя создать такую запись в реестре «{}».", registry.label));
  written.version = version(session, registry, written.id);
  written.outcome = Outcome::created;
  return written;
}

Written RecordWriter::update(Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                             Values changes, std::optional<std::int64_t> seen) {
  const auto before = row(session, registry, id);
  if (!before) throw not_found();
  const auto rules = holding(session, asker, registry, Action::update, id);
  if (rules.empty()) {
    if (!query_.readable(session, asker, registry, id)) throw not_found();
    throw denied("Эту запись вам нельзя менять.");
  }
  if (before->archived) throw problem(409, "archived", "Запись в архиве", "Изменить можно только действующую запись.");
  check_version(session, asker, registry, id, *before, seen);

  Written written;
  written.id = id;
  std::vector<FieldError> errors;
  // Sending a field back as it was is no change and needs no right.
  std::erase_if(changes, [&](const auto& item) {
    const auto old = before->values.find(item.first);
    return old != before->values.end() && old->second == item.second &&
           std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
             return rule.reads >= catalogue_.locate(registry, item.first).field->sensitivity;
           });
  });
  check_writable(registry, rules, changes, false, errors);
  if (!errors.empty()) throw invalid(std::move(errors));

  Values after = before->values;
  for (auto& [name, value] : changes) after[name] = std::move(value);
  hook(Hooks::Phase::derive, session, asker, registry, id, &before->values, after, errors, written.warnings);
  derive(registry, after);
  for (const auto& [name, value] : before->values)
    if (value_of(after, name) != value) written.changed.push_back(name);
  if (written.changed.empty() && errors.empty()) {
    written.version = before->version;
    return written;
  }
  hook(Hooks::Phase::validate, session, asker, registry, id, &before->values, after, errors, written.warnings);
  check_final(session, asker, registry, id, after, written.changed, errors);
  if (!errors.empty()) throw invalid(std::move(errors));

  after["updated_at"] = asker.now;
  const auto store_table = [&](const Registry& table, std::int64_t row_id) {
    std::vector<std::string> changed;
    for (const auto& field : table.fields)
      if (contains(written.changed, field.name)) changed.push_back(field.name);
    if (changed.empty()) return;
    const auto version = store(session, table, row_id, after, changed);
    record_history(session, asker, table, row_id, version, "update", &before->values, &after, changed);
    written.version = version;
  };
  const auto* base = catalogue_.base(registry);
  if (base) store_table(*base, std::get<std::int64_t>(value_of(after, registry.facet_by)));
  store_table(registry, id);
  if (!registry.active_until.empty() && contains(written.changed, registry.active_until)) ++standing_changes_;
  hook(Hooks::Phase::after, session, asker, registry, id, &before->values, after, errors, written.warnings);
  if (!errors.empty()) throw invalid(std::move(errors));

  const bool everywhere = std::any_of(rules.begin(), rules.end(), [](const Rule& rule) { return rule.everywhere(); });
  if (!everywhere && holding(session, asker, registry, Action::update, id).empty())
    throw denied("Так запись ушла бы из того, что вам доверено.");
  if (base) written.version = version(session, registry, id);
  written.outcome = Outcome::updated;
  return written;
}

std::int64_t RecordWriter::rewrite(Session& session, const Asker& asker, const Registry& table, std::int64_t id,
                                   const Values& changes, std::optional<bool> archived, std::string_view action) {
  const auto before = row(session, table, id);
  if (!before) throw not_found();
  Values after = before->values;
  std::vector<std::string> changed;
  for (const auto& [name, value] : changes) {
    after[name] = value;
    changed.push_back(name);
  }
  after["updated_at"] = asker.now;
  auto version = store(session, table, id, after, changed);
  if (archived) version = set_archived(session, asker, table, id, *archived);
  if (!table.active_until.empty()) ++standing_changes_;
  // As with the archive of a record: of what goes the history keeps all, of what changes the fields that did.
  const bool goes = archived && *archived, comes = archived && !*archived;
  record_history(session, asker, table, id, version, action, comes ? nullptr : &before->values, goes ? nullptr : &after,
                 archived ? std::vector<std::string>{} : changed);
  return version;
}

Written RecordWriter::archive(Session& session, const Asker& asker, const Registry& registry, std::int64_t id,
                              std::optional<std::int64_t> seen) {
  const auto before = row(session, registry, id);
  if (!before) throw not_found();
  if (holding(session, asker, registry, Action::archive, id).empty()) {
    if (!query_.readable(session, asker, registry, id)) throw not_found();
    throw denied("Эту запись вам нельзя убрать в архив.");
  }
  check_version(session, asker, registry, id, *before, seen);
  Written written;
  written.id = id;
  written.version = before->version;
  if (before->archived) return written;

  archive_children(session, asker, registry, id);
  check_unreferred(session, registry, id);
  const auto own_version = set_archived(session, asker, registry, id, true);
  record_history(session, asker, registry, id, own_version, "archive", &before->values, nullptr, {});
  if (!registry.active_until.empty()) ++standing_changes_;
  if (hooks_) {
    std::vector<FieldError> errors;
    Values gone;
    HookCall call{session, asker, registry, id, &before->values, gone, errors, written.warnings};
    hooks_->run(Hooks::Phase::archive, call);
    if (!errors.empty()) throw invalid(std::move(errors));
  }
  written.version = version(session, registry, id);
  written.outcome = Outcome::updated;
  return written;
}

void RecordWriter::check_unreferred(Session& session, const Registry& registry, std::int64_t id) const {
  std::string users;
  for (const auto& [referrer, field] : catalogue_.referrers(registry.id)) {
    const auto count = session.integer(
        fmt::format("SELECT COUNT(*) FROM \"{}\" WHERE \"{}\" = ? AND archived = 0", referrer->table(), field->name),
        {id});
    if (count) users += fmt::format("{}{}: {}", users.empty() ? "" : ", ", referrer->label, count);
  }
  if (!users.empty())
    throw problem(409, "referred", "На запись ссылаются другие",
                  fmt::format("Сначала уберите ссылки на неё ({}).", users));
}

std::int64_t RecordWriter::set_archived(Session& session, const Asker& asker, const Registry& table, std::int64_t id,
                                        bool archived) {
  auto row = session.prepare(fmt::format(
      "UPDATE \"{}\" SET archived = ?, version = version + 1, updated_at = ? WHERE id = ? RETURNING version",
      table.table()));
  row.bind(1, std::int64_t{archived});
  row.bind(2, std::string_view(asker.now));
  row.bind(3, id);
  if (!row.step()) throw not_found();
  const auto version = row.integer(0);
  while (row.step()) {  // to its end: there the update takes effect on every engine
  }
  return version;
}

bool RecordWriter::put_back(Session& session, const Asker& asker, const Registry& table, std::int64_t id,
                            const Values& fields, std::optional<bool> archived) {
  const auto before = row(session, table, id);
  if (!before) throw not_found();
  auto after = before->values;
  std::vector<std::string> changed;
  for (const auto& [name, value] : fields) {
    if (value_of(after, name) == value) continue;
    after[name] = value;
    changed.push_back(name);
  }
  const bool stays_archived = archived.value_or(before->archived);
  if (!table.active_until.empty()) ++standing_changes_;
  if (!stays_archived) {
    // A record that comes back must be as unique as it was, and what it refers to must be there.
    auto looked_at = changed;
    if (before->archived)
      for (const auto& [name, value] : after) looked_at.push_back(name);
    std::vector<FieldError> errors;
    check_unique(session, table, id, after, looked_at, errors);
    for (const auto& field : table.fields) {
      if (field.type != FieldType::reference || !contains(looked_at, field.name)) continue;
      const auto& value = value_of(after, field.name);
      if (is_null(value)) continue;
      const auto& target = catalogue_.at(field.target);
      const auto referred = row(session, target, std::get<std::int64_t>(value));
      if (!referred || referred->archived)
        errors.push_back(
            {field.name, "no_such_record", fmt::format("того, на что указывало поле «{}», больше нет", field.label)});
    }
    if (!errors.empty()) throw invalid(std::move(errors));
  }
  if (!changed.empty()) {
    after["updated_at"] = asker.now;
    const auto version = store(session, table, id, after, changed);
    record_history(session, asker, table, id, version, "update", &before->values, &after, changed);
  }
  if (stays_archived == before->archived) return !changed.empty();
  if (stays_archived) check_unreferred(session, table, id);
  const auto version = set_archived(session, asker, table, id, stays_archived);
  record_history(session, asker, table, id, version, stays_archived ? "archive" : "restore",
                 stays_archived ? &after : nullptr, stays_archived ? nullptr : &after, {});
  return true;
}

void RecordWriter::archive_children(Session& session, const Asker& asker, const Registry& registry, std::int64_t id) {
  for (const auto& field : registry.fields) {
    if (field.type != FieldType::children) continue;
    const auto& child = catalogue_.at(field.target);
    std::vector<std::int64_t> ids;
    {
      auto rows = session.prepare(
          fmt::format("SELECT id FROM \"{}\" WHERE \"{}\" = ? AND archived = 0", child.table(), field.via));
      rows.bind(1, id);
      while (rows.step()) ids.push_back(rows.integer(0));
    }
    // Child rows live and go with their parent: the right to the parent is the right to them.
    access::Principal owner = asker.who;
    owner.system = true;
    for (const auto child_id : ids) archive(session, Asker{owner, asker.today, asker.now}, child, child_id, {});
  }
}

}  // namespace eschool::registry
