#include "kernel/school/plugin_services.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "kernel/registry/field_value.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::school {

namespace json = boost::json;
using plugin_host::span;
using plugin_host::view;

namespace {

/// A record as the API writes it, as fields of the ABI: references by their number.
struct FieldList {
  explicit FieldList(const json::object& record) {
    for (const auto& [key, value] : record) {
      if (value.is_array()) continue;
      es_field field{span({key.data(), key.size()}), {}};
      const auto* inner = &value;
      if (const auto* object = value.if_object()) inner = object->if_contains("id");
      if (!inner) continue;
      if (const auto* number = inner->if_int64()) {
        field.value.type = value.is_object() || key == "id" ? ES_ID : ES_INT;
        field.value.as.i = *number;
      } else if (const auto* real = inner->if_double()) {
        field.value.type = ES_REAL;
        field.value.as.r = *real;
      } else if (const auto* flag = inner->if_bool()) {
        field.value.type = ES_INT;
        field.value.as.i = *flag;
      } else if (const auto* text = inner->if_string()) {
        field.value.type = ES_TEXT;
        field.value.as.s = span({text->data(), text->size()});
      }
      fields.push_back(field);
    }
  }
  std::vector<es_field> fields;
};

/// The text of a filter with each `?` replaced by its argument, quoted.
std::string fill(std::string_view filter, const es_value* args, std::size_t count) {
  std::string text;
  std::size_t used = 0;
  bool quoted = false;
  for (const char c : filter) {
    if (c == '\'') quoted = !quoted;
    if (c != '?' || quoted) {
      text += c;
      continue;
    }
    if (used >= count) throw registry::bad_request("filter", "Аргументов меньше, чем знаков ? в условии.");
    const auto& value = args[used++];
    switch (value.type) {
      case ES_INT:
      case ES_ID:
        text += std::to_string(value.as.i);
        break;
      case ES_REAL:
        text += fmt::format("{}", value.as.r);
        break;
      case ES_TEXT:
      case ES_DATE:
        text += '\'';
        for (const char inner : view(value.as.s)) text += inner == '\'' ? std::string("''") : std::string(1, inner);
        text += '\'';
        break;
      default:
        text += "null";
    }
  }
  return text;
}

es_status status_of(int http_status) {
  switch (http_status) {
    case 401:
    case 403:
      return ES_DENIED;
    case 404:
      return ES_NOT_FOUND;
    case 409:
    case 412:
      return ES_CONFLICT;
    case 503:
      return ES_BUSY;
    default:
      return http_status >= 500 ? ES_INTERNAL : ES_INVALID;
  }
}

/// The problem of a status that a plugin gave without saying more.
http::ProblemError plain_problem(es_status status) {
  switch (status) {
    case ES_NOT_FOUND:
      return registry::not_found();
    case ES_DENIED:
      return registry::denied({});
    case ES_INVALID:
      return registry::problem(422, "invalid", "Данные не приняты");
    case ES_CONFLICT:
      return registry::problem(409, "conflict", "Запись изменил кто-то другой", "Обновите её и повторите.");
    case ES_BUSY:
      return registry::problem(503, "busy", "Сервер занят", "Повторите через несколько секунд.");
    case ES_UNSUPPORTED:
      return registry::problem(501, "unsupported", "Это здесь не поддерживается");
    default:
      return registry::problem(500, "plugin_fault", "Сбой модуля",
                               "Ничего не изменено; подробности в журнале сервера.");
  }
}

}  // namespace

es_value to_abi(const schema::Field* field, const storage::Value& value) {
  es_value out{};
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out.type = field && field->type == schema::FieldType::reference ? ES_ID : ES_INT;
    out.as.i = *number;
  } else if (const auto* real = std::get_if<double>(&value)) {
    out.type = ES_REAL;
    out.as.r = *real;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.type = field && field->type == schema::FieldType::date ? ES_DATE : ES_TEXT;
    out.as.s = span(*text);
  }
  return out;
}

storage::Value from_abi(const es_value& value) {
  switch (value.type) {
    case ES_INT:
    case ES_ID:
      return value.as.i;
    case ES_REAL:
      return value.as.r;
    case ES_TEXT:
    case ES_DATE:
      return std::string(view(value.as.s));
    default:
      return {};
  }
}

void describe_caller(es_call& call, const registry::Asker& asker, const std::string& school) {
  call.school = school;
  call.today = asker.today;
  call.now = asker.now;
  call.account = asker.who.account;
  call.person = asker.who.person;
}

PluginServices::PluginServices(const access::Policy& policy, const registry::RecordQuery& query,
                               registry::RecordWriter* writer, storage::Session& session, const registry::Asker& asker)
    : policy_(policy), query_(query), writer_(writer), session_(session), asker_(asker) {}

http::ProblemError PluginServices::problem_of(es_status status, const es_call& call) const {
  if (problem_ && call.failures.empty()) return http::ProblemError{*problem_};
  auto error = plain_problem(status);
  for (const auto& failure : call.failures) {
    if (failure.field.empty())
      error.problem.detail = failure.message;
    else
      error.problem.errors.push_back({failure.field, failure.code, failure.message});
    if (!failure.code.empty()) error.problem.code = failure.code;
  }
  return error;
}

es_status PluginServices::attempt(const std::function<es_status()>& action) {
  try {
    return action();
  } catch (const http::ProblemError& error) {
    problem_ = error.problem;
    return status_of(error.problem.status);
  } catch (const storage::Error& error) {
    if (error.kind() == storage::ErrorKind::busy || error.kind() == storage::ErrorKind::unavailable) return ES_BUSY;
    throw;
  }
}

es_status PluginServices::find(std::string_view registry_id, std::string_view filter, const es_value* args,
                               std::size_t count, const Row& row) {
  return attempt([&]() -> es_status {
    const auto* registry = policy_.catalogue().find(registry_id);
    if (!registry) return ES_NOT_FOUND;
    registry::ListRequest request;
    request.filter = fill(filter, args, count);
    request.limit = 500;
    for (;;) {
      std::string page;
      query_.list(session_, asker_, *registry, request, page);
      const auto document = json::parse(page);
      for (const auto& item : document.at("items").as_array()) {
        const FieldList record(item.as_object());
        if (const auto status = row(record.fields.data(), record.fields.size()); status != ES_OK)
          return status == ES_STOP ? es_status{ES_OK} : status;
      }
      const auto* next = document.at("next").if_string();
      if (!next) return ES_OK;
      request.after.assign(next->data(), next->size());
    }
  });
}

es_status PluginServices::get(std::string_view registry_id, std::int64_t id, const Row& row) {
  return attempt([&]() -> es_status {
    const auto* registry = policy_.catalogue().find(registry_id);
    if (!registry) return ES_NOT_FOUND;
    std::string text;
    query_.get(session_, asker_, *registry, id, text);
    const auto document = json::parse(text);
    const FieldList record(document.as_object());
    const auto status = row(record.fields.data(), record.fields.size());
    return status == ES_STOP ? es_status{ES_OK} : status;
  });
}

es_status PluginServices::put(std::string_view registry_id, std::int64_t id, std::int64_t version,
                              const es_field* fields, std::size_t count, es_written* out) {
  return attempt([&]() -> es_status {
    const auto* registry = policy_.catalogue().find(registry_id);
    if (!registry) return ES_NOT_FOUND;
    registry::Values values;
    std::vector<http::FieldError> errors;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name(view(fields[i].name));
      const auto located = policy_.catalogue().locate(*registry, name);
      if (!located) {
        errors.push_back({name, "unknown_field", "такого поля нет"});
        continue;
      }
      auto checked = registry::from_value(*located.field, from_abi(fields[i].value));
      if (checked.ok())
        values[name] = std::move(checked.value);
      else
        errors.push_back({name, checked.code, checked.message});
    }
    if (!errors.empty()) throw registry::invalid(std::move(errors));
    storage::Savepoint savepoint(session_);
    const auto written = id ? writer_->update(session_, asker_, *registry, id, std::move(values),
                                              version ? std::optional(version) : std::nullopt)
                            : writer_->create(session_, asker_, *registry, std::move(values));
    savepoint.release();
    if (out) {
      out->id = written.id;
      out->version = written.version;
    }
    return ES_OK;
  });
}

es_status PluginServices::archive(std::string_view registry_id, std::int64_t id, std::int64_t version) {
  return attempt([&]() -> es_status {
    const auto* registry = policy_.catalogue().find(registry_id);
    if (!registry) return ES_NOT_FOUND;
    storage::Savepoint savepoint(session_);
    writer_->archive(session_, asker_, *registry, id, version ? std::optional(version) : std::nullopt);
    savepoint.release();
    return ES_OK;
  });
}

es_status PluginServices::write(const std::function<es_status()>& body) {
  return attempt([&] {
    storage::Savepoint savepoint(session_);
    const auto status = body();
    if (status == ES_OK) savepoint.release();
    return status;
  });
}

es_status PluginServices::query(const char* sql, const es_value* args, std::size_t count, const Row& row) {
  return attempt([&]() -> es_status {
    auto rows = session_.prepare(sql);
    if (!rows.read_only()) return ES_DENIED;
    for (std::size_t i = 0; i < count; ++i) rows.bind(static_cast<int>(i) + 1, from_abi(args[i]));
    std::vector<es_field> fields(static_cast<std::size_t>(rows.columns()));
    while (rows.step()) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto column = static_cast<int>(i);
        fields[i].name = span(rows.name(column));
        fields[i].value = {};
        switch (rows.kind(column)) {
          case storage::ColumnKind::integer:
            fields[i].value.type = ES_INT;
            fields[i].value.as.i = rows.integer(column);
            break;
          case storage::ColumnKind::real:
            fields[i].value.type = ES_REAL;
            fields[i].value.as.r = rows.real(column);
            break;
          case storage::ColumnKind::text:
            fields[i].value.type = ES_TEXT;
            fields[i].value.as.s = span(rows.text(column));
            break;
          case storage::ColumnKind::null:
            break;
        }
      }
      if (const auto status = row(fields.data(), fields.size()); status != ES_OK)
        return status == ES_STOP ? es_status{ES_OK} : status;
    }
    return ES_OK;
  });
}

es_status PluginServices::holds(std::string_view relation, std::string_view registry_id, std::int64_t id, bool& yes) {
  return attempt([&]() -> es_status {
    const auto* registry = policy_.catalogue().find(registry_id);
    if (!registry || !policy_.catalogue().relates(relation, registry_id)) return ES_NOT_FOUND;
    const auto at = access::source(policy_.catalogue(), *registry, "t");
    access::Rule rule;
    rule.relation = relation;
    rule.guarded = asker_.who.guarded;
    const auto condition = policy_.condition(rule, at).as_sql();
    auto row = session_.prepare("SELECT 1 FROM " + at.from(policy_.catalogue()) + " WHERE " + condition.text +
                                " AND t.id = ?");
    registry::bind(row, condition.binds, asker_);
    row.bind(static_cast<int>(condition.binds.size()) + 1, id);
    yes = row.step();
    return ES_OK;
  });
}

es_status PluginServices::may(std::string_view action, std::string_view registry_id, bool& yes) {
  const auto* registry = policy_.catalogue().find(registry_id);
  if (!registry) return ES_NOT_FOUND;
  using access::Action;
  for (const auto& [name, value] : {std::pair{std::string_view("read"), Action::read},
                                    {"create", Action::create},
                                    {"update", Action::update},
                                    {"archive", Action::archive}})
    if (name == action) {
      yes = policy_.may(asker_.who, *registry, value);
      return ES_OK;
    }
  return ES_INVALID;
}

}  // namespace eschool::school
