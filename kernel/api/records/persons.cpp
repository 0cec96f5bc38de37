#include "kernel/api/records/persons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kernel/api/application.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/merge.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/spine.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

const schema::Registry& person_registry(const Context& context) {
  const auto& registry = context.school.registry(school::spine::person);
  // A merge moves whatever belongs to the two: it is for those who may take any person out of the lists.
  if (!context.school.policy().may(context.who, registry, access::Action::archive))
    throw registry::denied("Объединяет персоны тот, кто может убирать их в архив.");
  return registry;
}

std::int64_t number_of(std::string_view text, std::string_view name) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value <= 0)
    throw registry::bad_request(std::string(name), fmt::format("Нужен номер персоны: {}.", name));
  return value;
}

std::int64_t number_of(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(json::string_view(name.data(), name.size()));
  const auto* number = value ? value->if_int64() : nullptr;
  if (!number || *number <= 0) throw registry::invalid({{std::string(name), "required", "нужен номер персоны"}});
  return *number;
}

std::map<std::string, bool> choices_of(const json::object& body) {
  std::map<std::string, bool> choices;
  const auto* given = body.if_contains("choices");
  if (!given || given->is_null()) return choices;
  const auto refuse = [] { throw registry::invalid({{"choices", "choice", "для поля указывают kept или merged"}}); };
  if (!given->is_object()) refuse();
  for (const auto& [name, value] : given->get_object()) {
    const auto* text = value.if_string();
    if (!text || (*text != "kept" && *text != "merged")) refuse();
    choices[std::string(name)] = *text == "merged";
  }
  return choices;
}

/// The account that belongs to the person; 0: none.
std::int64_t account_of(storage::Session& session, std::int64_t person) {
  return session.integer("SELECT id FROM es_account WHERE person = ?", {person});
}

registry::Merge merging(Context& context) { return {context.school.catalogue(), context.school.writer()}; }

json::object person_object(Context& context, const schema::Registry& registry, std::int64_t id) {
  return {{"id", id},
          {"version", context.school.writer().version(*context.database, registry, id)},
          {"display", context.school.query().display(*context.database, registry, id)}};
}

json::value shown(const schema::Field& field, const storage::Value& value) {
  std::string text;
  registry::append_json(text, field, value);
  return json::parse(text);
}

}  // namespace

http::Reply preview_merge(Context& context) {
  const auto& registry = person_registry(context);
  auto& session = *context.database;
  const storage::ReadTransaction transaction(session);
  const auto kept = number_of(context.query.text("kept"), "kept");
  const auto merged = number_of(context.query.text("merged"), "merged");
  const auto plan = merging(context).plan(session, registry, kept, merged, {});
  json::array fields, moves, archived;
  for (const auto& item : plan.fields) {
    const auto readable = context.school.query().readable_fields(context.who, *item.registry);
    json::object object{{"field", item.registry->id + "." + item.field->name},
                        {"label", item.field->label},
                        {"wins", item.takes_merged ? "merged" : "kept"}};
    if (std::find(readable.begin(), readable.end(), item.field) != readable.end()) {
      object["kept"] = shown(*item.field, item.kept);
      object["merged"] = shown(*item.field, item.merged);
    }
    fields.push_back(std::move(object));
  }
  for (const auto& step : plan.steps) {
    if (step.kind == registry::MergeStep::Kind::fill) continue;
    json::object object{{"registry", step.table->id},
                        {"label", step.table->label},
                        {"record", step.record},
                        {"display", context.school.query().display(session, *step.table, step.record)}};
    (step.kind == registry::MergeStep::Kind::move ? moves : archived).push_back(std::move(object));
  }
  const auto from = account_of(session, merged);
  http::Reply reply;
  reply.body = json::serialize(json::object{{"kept", person_object(context, registry, kept)},
                                            {"merged", person_object(context, registry, merged)},
                                            {"fields", std::move(fields)},
                                            {"moves", std::move(moves)},
                                            {"archived", std::move(archived)},
                                            {"account", !from                       ? "none"
                                                        : account_of(session, kept) ? "closed"
                                                                                    : "moves"}});
  return reply;
}

http::Reply merge_persons(Context& context) {
  const auto& registry = person_registry(context);
  auto& session = *context.database;
  const auto& body = context.body();
  const auto kept = number_of(body, "kept"), merged = number_of(body, "merged");
  auto& writer = context.school.writer();
  for (const auto& [id, name] : {std::pair{kept, "kept_version"}, std::pair{merged, "merged_version"}}) {
    const auto* seen = body.if_contains(name);
    if (seen && seen->if_int64() && seen->get_int64() != writer.version(session, registry, id))
      throw registry::problem(412, "stale", "Запись изменил кто-то другой", "Посмотрите ещё раз, что получится.");
  }
  auto merge = merging(context);
  const auto plan = merge.plan(session, registry, kept, merged, choices_of(body));
  const auto id = merge.run(session, context.asker(), plan);
  const auto from = account_of(session, merged), to = account_of(session, kept);
  if (from && to)
    context.school.accounts().set_enabled(session, from, false);
  else if (from)
    context.school.accounts().set_person(session, from, kept);
  if (from)
    session.execute("UPDATE es_merge SET moved_account = ?, closed_account = ? WHERE id = ?",
                    {to ? storage::Value() : storage::Value(from), to ? storage::Value(from) : storage::Value(), id});
  context.committed = [&school = context.school, from] {
    if (from) school.sessions().forget_account(from);
    school.forget_principals();
  };
  http::Reply reply;
  reply.body = fmt::format("{{\"merge\":{}}}", id);
  return reply;
}

http::Reply list_merges(Context& context) {
  const auto& registry = person_registry(context);
  json::array items;
  auto rows = context.database->prepare(
      "SELECT m.id, m.at, a.login, m.kept, m.merged, m.undone_at FROM es_merge m LEFT JOIN es_account a ON a.id = "
      "m.account WHERE m.registry = ? ORDER BY m.id DESC LIMIT 100");
  rows.bind(1, std::string_view(registry.id));
  while (rows.step()) {
    json::object item{{"id", rows.integer(0)},
                      {"at", rows.text(1)},
                      {"by", rows.null(2) ? std::string_view("система") : rows.text(2)},
                      {"kept", rows.integer(3)},
                      {"merged", rows.integer(4)}};
    item["undone_at"] = rows.null(5) ? json::value(nullptr) : json::value(rows.text(5));
    items.push_back(std::move(item));
  }
  for (auto& item : items)
    for (const char* name : {"kept", "merged"}) {
      auto& value = item.as_object()[name];
      const auto id = value.as_int64();
      value = json::object{{"id", id}, {"display", context.school.query().display(*context.database, registry, id)}};
    }
  http::Reply reply;
  reply.body = json::serialize(json::object{{"items", std::move(items)}});
  return reply;
}

http::Reply undo_merge(Context& context) {
  person_registry(context);
  auto& session = *context.database;
  const auto id = context.id();
  merging(context).undo(session, context.asker(), id);
  const auto merged = session.integer("SELECT merged FROM es_merge WHERE id = ?", {id});
  const auto moved = session.integer("SELECT moved_account FROM es_merge WHERE id = ?", {id});
  const auto closed = session.integer("SELECT closed_account FROM es_merge WHERE id = ?", {id});
  if (moved) context.school.accounts().set_person(session, moved, merged);
  if (closed) context.school.accounts().set_enabled(session, closed, true);
  context.committed = [&school = context.school, moved, closed] {
    for (const auto account : {moved, closed})
      if (account) school.sessions().forget_account(account);
    school.forget_principals();
  };
  http::Reply reply;
  reply.status = 204;
  return reply;
}

}  // namespace eschool::api
