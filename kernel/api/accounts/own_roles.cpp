#include "kernel/api/accounts/own_roles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/api/accounts/security.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/storage/change_counter.hpp"
#include "schema/names.hpp"

namespace eschool::api {

namespace json = boost::json;
using access::Action;

namespace {

constexpr std::string_view prefix = "own.";
constexpr std::size_t longest_id = 40;

bool names_own_role(std::string_view id) {
  return id.starts_with(prefix) && id.size() > prefix.size() && id.size() <= longest_id &&
         std::all_of(id.begin() + prefix.size(), id.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

template <class Texts>
json::array array_of(const Texts& texts) {
  json::array array;
  for (const auto& text : texts) array.push_back(json::value(text));
  return array;
}

json::object written(const access::Role& role) {
  json::object rights;
  for (const auto& [registry, given] : role.rights) {
    json::array list;
    for (const auto& right : given) {
      json::object object;
      for (const auto& [action, name] : {std::pair{Action::read, "read"},
                                         {Action::create, "create"},
                                         {Action::update, "update"},
                                         {Action::archive, "archive"}})
        if (const auto found = right.relations.find(action); found != right.relations.end())
          object[name] = array_of(found->second);
      if (!right.where.empty()) object["where"] = right.where;
      if (!object.empty()) object["reads"] = schema::sensitivity_name(right.reads);
      if (right.writes) object["writes"] = array_of(*right.writes);
      list.push_back(std::move(object));
    }
    rights[registry] = std::move(list);
  }
  json::object object{{"id", role.id},
                      {"label", role.label},
                      {"description", role.description},
                      {"yearly", role.yearly},
                      {"second_factor", role.second_factor},
                      {"session", {{"idle_minutes", role.idle_minutes}, {"absolute_hours", role.absolute_hours}}},
                      {"capabilities", array_of(role.capabilities)},
                      {"issues", array_of(role.issues)},
                      {"rights", std::move(rights)}};
  if (role.imports) object["imports"] = array_of(*role.imports);
  if (!role.held_as.empty()) object["held_as"] = role.held_as;
  return object;
}

std::string own_id(const Context& context) {
  const std::string id(context.parameter("id"));
  if (!names_own_role(id))
    throw registry::invalid({{"id", "role_id",
                              "обозначение своей роли — own. и латинские буквы, цифры или _: own.librarian; роли "
                              "поставки не меняют, их берут за образец"}});
  return id;
}

void change_roles(Context& context) {
  storage::count_change(*context.database, "rights");
  context.committed = [&school = context.school] {
    school.publish_roles();
    school.forget_principals();
  };
}

}  // namespace

http::Reply get_role(Context& context) {
  const auto* role = context.school.roles().find(context.parameter("id"));
  if (!role) throw registry::not_found();
  auto object = written(*role);
  object["own"] = role->own;
  return reply_of(object);
}

http::Reply put_own_role(Context& context) {
  const auto id = own_id(context);
  auto definition = context.body();
  definition.erase("own");
  definition["id"] = id;
  if (const auto* label = definition.if_contains("label"); !label || !label->is_string() || label->get_string().empty())
    throw registry::invalid({{"label", "required", "назовите роль"}});
  for (const auto* role : context.school.roles().all())
    if (role->id != id && definition.at("label") == json::value(role->label))
      throw registry::invalid({{"label", "taken", "роль с таким названием уже есть"}});
  std::vector<schema::LoadError> errors;
  const auto text = json::serialize(definition);
  access::Roles::parse("{\"roles\":[" + text + "]}", id, context.school.catalogue(), errors);
  std::vector<http::FieldError> told;
  for (const auto& error : errors) {
    const auto key = error.key.substr(std::min(error.key.size(), std::string_view("roles[0].").size()));
    told.push_back({key, "role", error.message});
  }
  if (!told.empty()) throw registry::invalid(std::move(told));
  context.database->execute(
      "INSERT INTO es_own_role (id, definition, changed_at, changed_by) VALUES (?, ?, ?, ?) ON CONFLICT (id)"
      " DO UPDATE SET definition = excluded.definition, changed_at = excluded.changed_at,"
      " changed_by = excluded.changed_by",
      {id, text, context.now, context.who.account});
  note_deed(context, auth::Deed::role_changed, context.who.account, context.who.login,
            std::string(definition.at("label").as_string()));
  change_roles(context);
  return reply_of({{"id", id}});
}

http::Reply remove_own_role(Context& context) {
  const auto id = own_id(context);
  const auto* role = context.school.roles().find(id);
  if (context.database->integer(
          "SELECT count(*) FROM es_role_grant WHERE role = ? AND (valid_to IS NULL OR valid_to >= ?)",
          {id, context.today}) ||
      context.database->integer("SELECT count(*) FROM es_role_draft WHERE role = ?", {id}))
    throw registry::problem(409, "role_held", "Роль кому-то назначена",
                            "Сначала снимите её со всех, у кого она есть, и уберите из черновика года.");
  if (!context.database->execute("DELETE FROM es_own_role WHERE id = ?", {id})) throw registry::not_found();
  note_deed(context, auth::Deed::role_changed, context.who.account, context.who.login,
            fmt::format("{} — удалена", role ? role->label : id));
  change_roles(context);
  return no_content();
}

}  // namespace eschool::api
