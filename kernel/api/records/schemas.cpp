#include "kernel/api/records/schemas.hpp"

#include <algorithm>

#include "kernel/access/policy.hpp"
#include "kernel/access/predicate.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/imports/imports.hpp"
#include "kernel/registry/problems.hpp"
#include "schema/names.hpp"

namespace eschool::api {

namespace json = boost::json;
using access::Action;

namespace {

json::object rights_of(const Context& context, const schema::Registry& registry) {
  const auto& policy = context.school.policy();
  return {{"read", policy.may(context.who, registry, Action::read)},
          {"create", policy.may(context.who, registry, Action::create)},
          {"update", policy.may(context.who, registry, Action::update)},
          {"archive", policy.may(context.who, registry, Action::archive)},
          {"import", may_load_files(context, registry)}};
}

json::object field_object(const schema::Field& field, bool inherited) {
  json::object object{{"name", field.name},
                      {"type", schema::type_name(field.type)},
                      {"label", field.label},
                      {"sensitivity", schema::sensitivity_name(field.sensitivity)}};
  if (!field.help.empty()) object["help"] = field.help;
  if (field.required) object["required"] = true;
  if (field.recommended) object["recommended"] = true;
  if (field.unique) object["unique"] = true;
  if (field.readonly) object["readonly"] = true;
  if (field.once) object["once"] = true;
  if (field.search) object["search"] = true;
  if (inherited) object["inherited"] = true;
  if (field.default_value) object["default"] = json::parse(*field.default_value);
  if (!field.check.empty()) object["check"] = field.check;
  if (!field.when.empty()) object["when"] = field.when;
  if (!field.target.empty()) object["target"] = field.target;
  if (!field.via.empty()) object["via"] = field.via;
  if (field.max_length) object["max_length"] = field.max_length;
  if (field.min) object["min"] = *field.min;
  if (field.max) object["max"] = *field.max;
  if (!field.values.empty()) {
    json::array values;
    for (const auto& value : field.values) values.push_back(json::object{{"id", value.id}, {"label", value.label}});
    object["values"] = std::move(values);
  }
  return object;
}

/// Names that the caller can read, of those the view lists.
json::array readable_names(const std::vector<std::string>& names, const std::vector<const schema::Field*>& readable) {
  json::array kept;
  for (const auto& name : names)
    if (std::any_of(readable.begin(), readable.end(), [&](const auto* field) { return field->name == name; }))
      kept.push_back(json::value(name));
  return kept;
}

bool has_lists(const schema::Registry& registry) {
  return std::any_of(registry.fields.begin(), registry.fields.end(),
                     [](const auto& field) { return field.type == schema::FieldType::children; });
}

json::object property(const schema::Field& field) {
  using schema::FieldType;
  json::object object{{"title", field.label}};
  const auto nullable = [&](std::string_view type) { object["type"] = json::array{json::value(type), "null"}; };
  switch (field.type) {
    case FieldType::integer:
    case FieldType::file:
      nullable("integer");
      break;
    case FieldType::decimal:
      nullable("number");
      break;
    case FieldType::boolean:
      nullable("boolean");
      break;
    case FieldType::date:
      nullable("string"), object["format"] = "date";
      break;
    case FieldType::datetime:
      nullable("string"), object["format"] = "date-time";
      break;
    case FieldType::reference:
      nullable("object");
      object["properties"] = json::object{{"id", json::object{{"type", "integer"}}},
                                          {"display", json::object{{"type", "string"}, {"readOnly", true}}}};
      object["description"] = "Reference to " + field.target + "; a bare integer id is accepted when writing.";
      break;
    case FieldType::json:
      break;
    case FieldType::enumeration: {
      json::array values;
      for (const auto& value : field.values) values.push_back(json::value(value.id));
      values.push_back(nullptr);
      object["enum"] = std::move(values);
      break;
    }
    default:
      nullable("string");
  }
  if (field.readonly) object["readOnly"] = true;
  return object;
}

}  // namespace

http::Reply list_schemas(Context& context) {
  json::array items;
  for (const auto* registry : context.school.registries()) {
    if (!context.school.policy().may(context.who, *registry, Action::read)) continue;
    json::object item{{"id", registry->id},
                      {"plugin", registry->plugin},
                      {"label", registry->label},
                      {"label_one", registry->label_one},
                      {"rights", rights_of(context, *registry)}};
    if (!registry->facet_of.empty()) item["facet_of"] = registry->facet_of, item["facet_by"] = registry->facet_by;
    items.push_back(std::move(item));
  }
  http::Reply reply;
  reply.cacheable = true;
  reply.body = json::serialize(json::object{{"items", std::move(items)}});
  return reply;
}

/// What a new form of this caller begins with: {"id", "display"}; nothing where no record, or more than one, is meant.
std::optional<json::object> preset_of(Context& context, const schema::Field& field) {
  const auto* target = field.preset.empty() ? nullptr : context.school.catalogue().find(field.target);
  if (!target || !context.school.enabled(target->plugin) ||
      !context.school.policy().may(context.who, *target, Action::read))
    return std::nullopt;
  registry::ListRequest request;
  request.filter = field.preset;
  request.fields = "id";
  request.limit = 2;
  std::string found;
  try {
    context.school.query().list(*context.database, context.asker(), *target, request, found);
  } catch (const http::ProblemError&) {
    return std::nullopt;  // the rule asks what the caller may not read
  }
  const auto document = json::parse(found);
  const auto& items = document.at("items").as_array();
  if (items.size() != 1) return std::nullopt;
  const auto id = items[0].at("id").as_int64();
  return json::object{{"id", id}, {"display", context.school.query().display(*context.database, *target, id)}};
}

/// A list that the caller could not ask for, or a column of it, is left out: by the rights of the registry it comes
/// from.
json::array related_lists(Context& context, const schema::Registry& registry) {
  const auto& catalogue = context.school.catalogue();
  const auto open = [&](std::string_view id) -> const schema::Registry* {
    const auto* found = catalogue.find(id);
    return found && context.school.enabled(found->plugin) ? found : nullptr;
  };
  // Of a registry that the caller does not read no field is readable.
  const auto readable = [&](const schema::Registry* of, std::string_view name) -> const schema::Field* {
    if (!of) return nullptr;
    const auto fields = context.school.query().readable_fields(context.who, *of);
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto* field) { return field->name == name; });
    return found == fields.end() ? nullptr : *found;
  };
  json::array lists;
  for (const auto& related : registry.views.related) {
    const auto* from = open(related.registry);
    if (!readable(from, related.by)) continue;
    json::array columns;
    for (const auto& name : related.list.empty() ? from->views.list : related.list) {
      if (name == related.by) continue;
      const auto dot = name.find('.');
      const auto* field = readable(from, name.substr(0, dot));
      if (field && dot != std::string::npos) field = readable(open(field->target), name.substr(dot + 1));
      if (field) columns.push_back(json::value(name));
    }
    lists.push_back(json::object{{"registry", from->id},
                                 {"by", related.by},
                                 {"label", related.label},
                                 {"list", std::move(columns)},
                                 {"add", related.add}});
  }
  return lists;
}

http::Reply get_schema(Context& context) {
  const auto& registry = context.registry();
  if (!context.school.policy().may(context.who, registry, Action::read)) throw registry::not_found();
  const auto readable = context.school.query().readable_fields(context.who, registry);
  // What a card shows: the fields, and the child rows of registries that the caller reads.
  auto on_card = readable;
  const auto add_children = [&](const schema::Registry& of) {
    for (const auto& field : of.fields)
      if (field.type == schema::FieldType::children)
        if (const auto* target = context.school.catalogue().find(field.target);
            target && context.school.enabled(target->plugin) &&
            context.school.policy().may(context.who, *target, Action::read))
          on_card.push_back(&field);
  };
  add_children(registry);
  if (const auto* base = context.school.catalogue().base(registry)) add_children(*base);
  json::array fields;
  const bool creates = context.school.policy().may(context.who, registry, Action::create);
  for (const auto* field : on_card) {
    auto object = field_object(*field, registry.find(field->name) != field);
    if (creates)
      if (auto preset = preset_of(context, *field)) object["preset"] = std::move(*preset);
    fields.push_back(std::move(object));
  }
  json::array form;
  for (const auto& section : registry.views.form)
    if (auto names = readable_names(section.fields, on_card); !names.empty())
      form.push_back(json::object{{"label", section.label}, {"fields", std::move(names)}});
  // A list whose rule asks what the caller may not read is none of his.
  json::array lists;
  access::CallerGuard guard(context.school.policy(), context.who);
  const auto root = access::source(context.school.catalogue(), registry, "t");
  for (const auto& named : registry.views.lists) {
    const auto parsed = rules::parse(named.filter);
    try {
      access::PredicateCompiler(context.school.catalogue(), &guard).compile(std::get<rules::Expression>(parsed), root);
    } catch (const access::FilterError&) {
      continue;
    }
    lists.push_back(
        json::object{{"id", named.id},
                     {"label", named.label},
                     {"filter", named.filter},
                     {"list", readable_names(named.list.empty() ? registry.views.list : named.list, readable)}});
  }
  json::object object{{"id", registry.id},
                      {"plugin", registry.plugin},
                      {"label", registry.label},
                      {"label_one", registry.label_one},
                      {"display", registry.display},
                      {"singleton", registry.singleton},
                      {"fields", std::move(fields)},
                      {"views", json::object{{"list", readable_names(registry.views.list, readable)},
                                             {"lists", std::move(lists)},
                                             {"sort", registry.views.sort},
                                             {"filters", readable_names(registry.views.filters, readable)},
                                             {"form", std::move(form)},
                                             {"related", related_lists(context, registry)}}},
                      {"rights", rights_of(context, registry)}};
  if (!registry.facet_of.empty()) object["facet_of"] = registry.facet_of;
  json::array identity;
  for (const auto& group : registry.identity)
    if (auto names = readable_names(group, readable); names.size() == group.size())
      identity.push_back(std::move(names));
  if (!identity.empty()) object["identity"] = std::move(identity);
  http::Reply reply;
  reply.cacheable = true;
  reply.body = json::serialize(object);
  return reply;
}

http::Reply openapi(Context& context) {
  const json::object problem{{"$ref", "#/components/responses/Problem"}};
  const auto parameter = [](std::string_view name, std::string_view place, std::string_view type, bool required) {
    return json::object{
        {"name", name}, {"in", place}, {"required", required}, {"schema", json::object{{"type", type}}}};
  };
  json::object paths;
  // Every route of the process, so that the description can not fall behind the router.
  for (const auto& route : context.application.router().routes()) {
    const auto& pattern = route->pattern;
    if (pattern.find("{registry}") != std::string::npos) continue;  // these follow, one for each registry
    json::array parameters;
    for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1))
      parameters.push_back(parameter(pattern.substr(at + 1, pattern.find('}', at) - at - 1), "path", "string", true));
    if (const auto plugin = route->handler.plugin(); !plugin.empty() && !context.school.enabled(plugin)) continue;
    auto& path = paths[pattern];
    if (!path.is_object()) path = json::object{};
    std::string verb = route->method;
    for (char& c : verb) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    path.as_object()[verb] =
        json::object{{"summary", route->handler.summary},
                     {"parameters", std::move(parameters)},
                     {"responses", json::object{{"200", json::object{{"description", "OK"}}}, {"default", problem}}}};
  }
  json::object schemas;
  for (const auto* registry : context.school.registries()) {
    json::object properties{{"id", json::object{{"type", "integer"}, {"readOnly", true}}},
                            {"version", json::object{{"type", "integer"}, {"readOnly", true}}}};
    json::array required;
    for (const auto* field : context.school.query().columns_of(*registry)) {
      properties[field->name] = property(*field);
      if (field->required && field->name != registry->facet_by) required.push_back(json::value(field->name));
    }
    for (const auto* table : {context.school.catalogue().base(*registry), registry})
      if (table && has_lists(*table))
        properties[std::string(schema::child_rows_member)] = json::object{
            {"type", "object"},
            {"description", "State of the lists of child rows; sent back with a list it guards the rows left out."}};
    schemas[registry->id] = json::object{{"type", "object"},
                                         {"title", registry->label_one},
                                         {"properties", std::move(properties)},
                                         {"required", std::move(required)}};
    const json::object record{{"$ref", "#/components/schemas/" + registry->id}};
    const auto content = [](const json::value& schema) {
      return json::object{{"application/json", json::object{{"schema", schema}}}};
    };
    const auto answer = [&](std::string_view status, const json::value& schema) {
      return json::object{{status, json::object{{"description", "OK"}, {"content", content(schema)}}},
                          {"default", problem}};
    };
    const auto base = "/api/v1/records/" + registry->id;
    json::array list_parameters;
    for (const auto* name : {"filter", "q", "sort", "after", "fields", "limit", "count"})
      list_parameters.push_back(parameter(name, "query", "string", false));
    const json::object page{{"type", "object"},
                            {"properties", json::object{{"items", json::object{{"type", "array"}, {"items", record}}},
                                                        {"next", json::object{{"type", json::array{"string", "null"}}}},
                                                        {"total", json::object{{"type", "integer"}}}}}};
    const json::object body{{"required", true}, {"content", content(record)}};
    paths[base] = json::object{
        {"get",
         json::object{
             {"summary", registry->label}, {"parameters", list_parameters}, {"responses", answer("200", page)}}},
        {"post",
         json::object{{"summary", registry->label_one}, {"requestBody", body}, {"responses", answer("201", record)}}}};
    const json::array one{parameter("id", "path", "integer", true)};
    const json::array guarded{parameter("id", "path", "integer", true),
                              parameter("If-Match", "header", "string", false)};
    paths[base + "/{id}"] = json::object{
        {"get",
         json::object{{"summary", registry->label_one}, {"parameters", one}, {"responses", answer("200", record)}}},
        {"patch", json::object{{"summary", registry->label_one},
                               {"parameters", guarded},
                               {"requestBody", body},
                               {"responses", answer("200", record)}}},
        {"delete", json::object{{"summary", registry->label_one},
                                {"parameters", guarded},
                                {"responses", answer("200", json::object{{"type", "object"}})}}}};
  }
  const json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Электронная школа"}, {"version", "1"}}},
      {"paths", std::move(paths)},
      {"components",
       json::object{
           {"schemas", std::move(schemas)},
           {"responses",
            json::object{{"Problem",
                          json::object{{"description", "RFC 9457"},
                                       {"content",
                                        json::object{{"application/problem+json",
                                                      json::object{{"schema", json::object{{"type", "object"}}}}}}}}}}},
           {"securitySchemes",
            json::object{
                {"bearer", json::object{{"type", "http"}, {"scheme", "bearer"}}},
                {"cookie", json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "eschool_session"}}}}}}},
      {"security", json::array{json::object{{"bearer", json::array{}}}, json::object{{"cookie", json::array{}}}}}};
  http::Reply reply;
  reply.cacheable = true;
  reply.body = json::serialize(document);
  return reply;
}

}  // namespace eschool::api
