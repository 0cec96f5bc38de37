#include "kernel/api/records/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kernel/api/accounts/security.hpp"
#include "kernel/api/records/child_lists.hpp"
#include "kernel/http/json_text.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/record_rights.hpp"
#include "schema/names.hpp"

namespace eschool::api {

namespace json = boost::json;
using registry::Values;

namespace {

constexpr std::size_t batch_limit = 500;

std::string text(std::string_view view) { return std::string(view); }

struct Draft {
  Values values;
  ChildLists lists;
  SeenLists seen;
};

/// The fields of a JSON object, converted and normalised; every wrong one is named.
Draft read_draft(Context& context, const schema::Registry& registry, const json::object& object) {
  Draft draft;
  std::vector<http::FieldError> errors;
  for (const auto& [key, value] : object) {
    const std::string name(key);
    if (name == "id" || name == "version" || name == "archived") continue;  // a record read may be sent back whole
    if (name == schema::child_rows_member) {
      draft.seen = seen_lists(value, errors);
      continue;
    }
    const auto located = context.school.catalogue().locate(registry, name);
    if (!located) {
      errors.push_back({name, "unknown_field", "такого поля нет"});
    } else if (located.field->type == schema::FieldType::children) {
      if (const auto* rows = value.if_array())
        draft.lists.push_back(named_rows(*located.field, *rows, errors));
      else
        errors.push_back({name, "type", "ожидался список"});
    } else if (auto checked = registry::from_json(*located.field, value); checked.ok()) {
      draft.values[name] = std::move(checked.value);
    } else {
      errors.push_back({name, checked.code, checked.message});
    }
  }
  if (!errors.empty()) throw registry::invalid(std::move(errors));
  return draft;
}

registry::Written write(Context&, std::string_view op, const schema::Registry&, std::int64_t id,
                        std::optional<std::int64_t> version, const json::object* body);

/// Makes the child rows what the body says: rows with an id are changed, others are made, those left out are archived.
/// Answers whether anything changed.
bool write_children(Context& context, const schema::Registry& registry, std::int64_t record, const ChildLists& lists) {
  bool changed = false;
  for (const auto& list : lists) {
    const auto& field = *list.field;
    const auto parent = parent_of(context, registry, record, field);
    const auto& child = context.school.catalogue().at(field.target);
    // First: a new row may take the place of one that goes.
    for (const auto id : list.left_out) {
      context.school.writer().archive(*context.database, context.asker(), child, id, {});
      changed = true;
    }
    for (std::size_t i = 0; i < list.rows->size(); ++i) {
      const auto& row = (*list.rows)[i].get_object();
      try {
        if (const auto row_id = list.named[i]) {
          const bool here = context.database->integer(
              fmt::format("SELECT COUNT(*) FROM \"{}\" WHERE id = ? AND \"{}\" = ? AND archived = 0", child.table(),
                          field.via),
              {row_id, parent});
          if (!here) throw registry::invalid({{"id", "no_such_record", "в этой записи такой строки нет"}});
          changed |= write(context, "update", child, row_id, {}, &row).outcome != registry::Outcome::unchanged;
        } else {
          json::object filled = row;
          filled[field.via] = parent;
          write(context, "create", child, 0, {}, &filled);
          changed = true;
        }
      } catch (http::ProblemError& error) {
        for (auto& item : error.problem.errors)
          item.field = fmt::format("{}[{}]{}{}", field.name, i, item.field.empty() ? "" : ".", item.field);
        throw;
      }
    }
  }
  return changed;
}

registry::Written write(Context& context, std::string_view op, const schema::Registry& registry, std::int64_t id,
                        std::optional<std::int64_t> version, const json::object* body) {
  auto& writer = context.school.writer();
  auto& session = *context.database;
  if (op == "archive") return writer.archive(session, context.asker(), registry, id, version);
  auto draft = read_draft(context, registry, *body);
  std::optional<http::ProblemError> unseen;
  registry::Written written;
  if (op == "create") {
    written = writer.create(session, context.asker(), registry, std::move(draft.values));
  } else {
    // Looked at before anything is written, and told only to those who may write at all.
    unseen = compare_lists(context, registry, id, draft.lists, draft.seen, version);
    written = writer.update(session, context.asker(), registry, id, std::move(draft.values), version);
  }
  if (unseen) throw *unseen;
  if (write_children(context, registry, written.id, draft.lists) && written.outcome == registry::Outcome::unchanged)
    written.outcome = registry::Outcome::updated;
  return written;
}

/// The reply to a write: the record as the caller sees it, or only its number and version when asked to be brief.
http::Reply written_reply(Context& context, const schema::Registry& registry, const registry::Written& written,
                          int status) {
  http::Reply reply;
  reply.status = status;
  const bool brief = context.request.header("prefer") == "return=minimal";
  const auto asker = context.asker();
  if (!brief && context.school.query().readable(*context.database, asker, registry, written.id))
    context.school.query().get(*context.database, asker, registry, written.id, reply.body);
  else
    reply.body = fmt::format("{{\"id\":{},\"version\":{}}}", written.id, written.version);
  if (!written.warnings.empty()) {
    reply.body.pop_back();
    reply.body += ",\"warnings\":[";
    for (std::size_t i = 0; i < written.warnings.size(); ++i) {
      if (i) reply.body += ',';
      eschool::json::append_string(reply.body, written.warnings[i]);
    }
    reply.body += "]}";
  }
  if (status == 201)
    reply.headers.emplace_back("Location", fmt::format("/api/v1/records/{}/{}", registry.id, written.id));
  return reply;
}

}  // namespace

http::Reply list_records(Context& context) {
  const auto request = list_request(context.query, true);
  http::Reply reply;
  reply.cacheable = true;
  reply.body.reserve(8192);
  context.school.query().list(*context.database, context.asker(), context.registry(), request, reply.body);
  return reply;
}

http::Reply get_record(Context& context) {
  http::Reply reply;
  reply.cacheable = true;
  // A record and the rows below it are of one moment; a record alone is so by itself.
  const auto has_rows = [](const schema::Registry* registry) {
    return registry && std::any_of(registry->fields.begin(), registry->fields.end(),
                                   [](const auto& field) { return field.type == schema::FieldType::children; });
  };
  std::optional<storage::ReadTransaction> transaction;
  if (has_rows(&context.registry()) || has_rows(context.school.catalogue().base(context.registry())))
    transaction.emplace(*context.database);
  context.school.query().get(*context.database, context.asker(), context.registry(), context.id(), reply.body);
  note_card(context, context.registry(), context.id());
  return reply;
}

http::Reply create_record(Context& context) {
  const auto& registry = context.registry();
  return written_reply(context, registry, write(context, "create", registry, 0, {}, &context.body()), 201);
}

http::Reply update_record(Context& context) {
  const auto& registry = context.registry();
  return written_reply(context, registry,
                       write(context, "update", registry, context.id(), context.if_match(), &context.body()), 200);
}

http::Reply archive_record(Context& context) {
  const auto& registry = context.registry();
  const auto written = write(context, "archive", registry, context.id(), context.if_match(), nullptr);
  http::Reply reply;
  reply.body = fmt::format("{{\"id\":{},\"version\":{},\"archived\":true}}", written.id, written.version);
  return reply;
}

http::Reply rights_on_record(Context& context) {
  http::Reply reply;
  const storage::ReadTransaction transaction(*context.database);
  reply.body =
      registry::record_rights(*context.database, context.asker(), context.school.catalogue(), context.school.policy(),
                              context.school.query(), context.registry(), context.id());
  return reply;
}

http::Reply batch(Context& context) {
  const auto* operations = context.body().if_contains("operations");
  const auto* list = operations ? operations->if_array() : nullptr;
  if (!list || list->empty()) throw registry::bad_request("operations", "Нужен непустой список operations.");
  if (list->size() > batch_limit)
    throw registry::bad_request("operations", fmt::format("Не больше {} действий за раз.", batch_limit));
  http::Reply reply;
  reply.body = "{\"results\":[";
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto at = fmt::format("operations[{}]", i);
    const auto* operation = (*list)[i].if_object();
    const auto member = [&](std::string_view name) -> const json::value* {
      return operation ? operation->if_contains(json::string_view(name.data(), name.size())) : nullptr;
    };
    const auto* op = member("op");
    const auto* name = member("registry");
    if (!op || !op->if_string() || !name || !name->if_string())
      throw registry::bad_request("operations", at + ": нужны op и registry.");
    const std::string_view verb(op->get_string().data(), op->get_string().size());
    if (verb != "create" && verb != "update" && verb != "archive")
      throw registry::bad_request("operations", at + ".op: бывает create, update или archive.");
    const auto& registry = context.school.registry({name->get_string().data(), name->get_string().size()});
    std::int64_t id = 0;
    std::optional<std::int64_t> version;
    if (const auto* value = member("id"); value && value->if_int64()) id = *value->if_int64();
    if (const auto* value = member("version"); value && value->if_int64()) version = *value->if_int64();
    const auto* values = member("values");
    if (verb != "archive" && (!values || !values->if_object()))
      throw registry::bad_request("operations", at + ": нужны values.");
    try {
      const auto written = write(context, verb, registry, id, version, values ? values->if_object() : nullptr);
      reply.body += fmt::format("{}{{\"id\":{},\"version\":{}}}", i ? "," : "", written.id, written.version);
    } catch (http::ProblemError& error) {
      // One failure undoes the whole batch; the answer says which operation it was.
      for (auto& item : error.problem.errors) item.field = at + ".values." + item.field;
      error.problem.detail = at + ": " + error.problem.detail;
      throw;
    }
  }
  reply.body += "]}";
  return reply;
}

}  // namespace eschool::api
