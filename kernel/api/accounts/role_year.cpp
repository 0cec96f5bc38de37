#include "kernel/api/accounts/role_year.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/api/accounts/accounts.hpp"
#include "kernel/api/accounts/security.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/school/spine.hpp"
#include "schema/names.hpp"

namespace eschool::api {

namespace json = boost::json;
using access::Action;

namespace {

struct Year {
  std::int64_t id = 0;
  std::string name, begins, ends;
};

Year read_year(const storage::Statement& row) {
  return {row.integer(0), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3))};
}

/// The years of which a condition holds; null when the school keeps none. The kernel knows of a school year what it has
/// to: from when to when a role is given.
std::optional<storage::Statement> years(const school::School& school, storage::Session& session,
                                        std::string_view condition) {
  const auto* registry = school.catalogue().find(school::spine::year);
  if (!registry || !registry->find("starts_on") || !registry->find("ends_on")) return std::nullopt;
  return session.prepare(
      fmt::format("SELECT id, name, starts_on, ends_on FROM \"{}\" WHERE archived = 0 AND starts_on IS NOT NULL"
                  " AND ends_on IS NOT NULL AND {} ORDER BY starts_on",
                  registry->table(), condition));
}

std::optional<Year> year_of(const school::School& school, storage::Session& session, std::string_view day) {
  auto row = years(school, session, "starts_on <= ? AND ends_on >= ?");
  if (!row) return std::nullopt;
  row->bind(1, day);
  row->bind(2, day);
  return row->step() ? std::optional(read_year(*row)) : std::nullopt;
}

Year year_by_id(Context& context, std::int64_t id, std::string_view field) {
  if (auto row = years(context.school, *context.database, "id = ?")) {
    row->bind(1, id);
    if (row->step()) return read_year(*row);
  }
  throw registry::invalid({{std::string(field), "no_such_record", "такого учебного года нет"}});
}

std::string class_name(Context& context, std::int64_t id) {
  const auto* registry = context.school.catalogue().find(school::spine::group);
  return id && registry ? context.school.query().display(*context.database, *registry, id) : std::string();
}

/// Whose the account is, for a table that people read.
json::object owner(Context& context, std::int64_t account) {
  json::object object{{"account", account}};
  const auto found = context.school.accounts().find(*context.database, account);
  object["login"] = found ? found->login : "";
  const auto* persons = context.school.catalogue().find(school::spine::person);
  object["name"] = found && found->person && persons
                       ? context.school.query().display(*context.database, *persons, found->person)
                       : std::string();
  return object;
}

struct Draft {
  std::int64_t id = 0, account = 0, year = 0, scope = 0, scope_before = 0;
  std::string role;
};

constexpr std::string_view draft_columns =
    "SELECT id, account, year, scope, scope_before, role FROM es_role_draft WHERE ";

std::vector<Draft> drafts_where(Context& context, std::string_view condition, std::int64_t value) {
  std::vector<Draft> drafts;
  auto rows = context.database->prepare(std::string(draft_columns) + std::string(condition) + " ORDER BY id");
  rows.bind(1, value);
  while (rows.step())
    drafts.push_back({rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3), rows.integer(4),
                      std::string(rows.text(5))});
  return drafts;
}

Draft existing_draft(Context& context) {
  auto drafts = drafts_where(context, "id = ?", context.id());
  if (drafts.empty()) throw registry::not_found();
  return drafts.front();
}

json::array rights_of(const Context& context, const access::Role& role) {
  json::array list;
  access::Principal holder;
  holder.grants.push_back({role.id, std::nullopt});
  for (const auto* registry : context.school.registries()) {
    json::object actions;
    schema::Sensitivity level = schema::Sensitivity::open;
    for (const auto& [action, name] : {std::pair{Action::read, "read"},
                                       {Action::create, "create"},
                                       {Action::update, "update"},
                                       {Action::archive, "archive"}}) {
      json::array relations;
      for (const auto& rule : context.school.policy().rules(holder, *registry, action)) {
        const auto* relation = context.school.catalogue().relation(
            rule.relation, rule.inherited.empty() ? registry->id : rule.inherited.back().parent->id);
        relations.push_back(json::value(rule.relation == "all" ? "все" : relation ? relation->label : rule.relation));
        if (action == Action::read) level = std::max(level, rule.reads);
      }
      if (!relations.empty()) actions[name] = std::move(relations);
    }
    if (actions.empty()) continue;
    list.push_back(json::object{{"registry", registry->id},
                                {"label", registry->label},
                                {"level", schema::sensitivity_name(level)},
                                {"actions", std::move(actions)}});
  }
  return list;
}

}  // namespace

void limit_to_year(const school::School& school, storage::Session& session, auth::RoleGrant& grant) {
  const auto* role = school.roles().find(grant.role);
  if (!role || !role->yearly) return;
  const auto year = year_of(school, session, grant.valid_from);
  if (!year) return;
  grant.school_year = year->id;
  if (grant.valid_to.empty() && !role->capabilities.contains("roles.grant")) grant.valid_to = year->ends;
}

void keep_an_administrator(Context& context) {
  auto rows = context.database->prepare(
      "SELECT g.role FROM es_role_grant g JOIN es_account a ON a.id = g.account WHERE a.enabled = 1"
      " AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to >= ?)");
  rows.bind(1, context.today);
  rows.bind(2, context.today);
  while (rows.step())
    if (const auto* role = context.school.roles().find(rows.text(0));
        role && role->capabilities.contains("roles.grant"))
      return;
  throw registry::problem(409, "last_administrator", "Это последний администратор",
                          "Сначала назначьте эту роль кому-нибудь ещё: иначе назначать роли в школе будет некому.");
}

http::Reply list_roles(Context& context) {
  json::array items;
  for (const auto* role : context.school.roles().all()) {
    json::array capabilities;
    for (const auto& capability : role->capabilities) capabilities.push_back(json::value(capability));
    items.push_back(json::object{{"id", role->id},
                                 {"label", role->label},
                                 {"description", role->description},
                                 {"held_as", role->held_as},
                                 {"yearly", role->yearly},
                                 {"second_factor", role->second_factor},
                                 {"own", role->own},
                                 {"capabilities", std::move(capabilities)},
                                 {"rights", rights_of(context, *role)}});
  }
  return reply_of({{"items", std::move(items)}});
}

http::Reply list_year_grants(Context& context) {
  const auto wanted = context.number("year");
  const auto year = wanted ? std::optional(year_by_id(context, wanted, "year"))
                           : year_of(context.school, *context.database, context.today);
  const auto begins = year ? year->begins : context.today, ends = year ? year->ends : context.today;
  json::array items, drafts;
  {
    std::vector<auth::RoleGrant> grants;
    auto rows = context.database->prepare(
        "SELECT id, account, role, order_no, order_date, valid_from, valid_to, scope FROM es_role_grant"
        " WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) ORDER BY role, id");
    rows.bind(1, ends);
    rows.bind(2, begins);
    while (rows.step()) {
      const auto* role = context.school.roles().find(rows.text(2));
      // Those of pupils and their parents go with their study, not with an order.
      if (role && !role->yearly) continue;
      auth::RoleGrant grant;
      grant.id = rows.integer(0);
      grant.account = rows.integer(1);
      grant.role = rows.text(2);
      grant.order_no = rows.text(3);
      grant.order_date = rows.text(4);
      grant.valid_from = rows.text(5);
      grant.valid_to = rows.text(6);
      if (!rows.null(7)) grant.scope = rows.integer(7);
      grants.push_back(std::move(grant));
    }
    for (const auto& grant : grants) {
      auto item = owner(context, grant.account);
      const auto* role = context.school.roles().find(grant.role);
      item["id"] = grant.id;
      item["role"] = grant.role;
      item["role_label"] = role ? role->label : grant.role;
      item["order"] = grant.order_no;
      item["order_date"] = grant.order_date;
      item["from"] = grant.valid_from;
      item["until"] = grant.valid_to.empty() ? json::value(nullptr) : json::value(grant.valid_to);
      item["class"] = grant.scope ? json::value(class_name(context, *grant.scope)) : json::value(nullptr);
      items.push_back(std::move(item));
    }
  }
  if (year)
    for (const auto& draft : drafts_where(context, "year = ?", year->id)) {
      auto item = owner(context, draft.account);
      const auto* role = context.school.roles().find(draft.role);
      item["id"] = draft.id;
      item["role"] = draft.role;
      item["role_label"] = role ? role->label : draft.role;
      item["class"] = draft.scope ? json::value(class_name(context, draft.scope)) : json::value(nullptr);
      item["class_before"] = draft.scope_before ? json::value(class_name(context, draft.scope_before)) : nullptr;
      drafts.push_back(std::move(item));
    }
  json::object answer{{"items", std::move(items)}, {"drafts", std::move(drafts)}};
  answer["year"] = year ? json::value(json::object{{"id", year->id}, {"display", year->name}}) : json::value(nullptr);
  return reply_of(answer);
}

http::Reply copy_grants(Context& context) {
  const auto from = year_by_id(context, optional_number(context.body(), "from"), "from");
  const auto to = year_by_id(context, optional_number(context.body(), "to"), "to");
  if (to.begins <= from.begins) throw registry::invalid({{"to", "year", "нужен год позже того, с которого копируют"}});
  std::vector<auth::RoleGrant> grants;
  auto rows = context.database->prepare(
      "SELECT g.account, g.role, g.scope, a.person FROM es_role_grant g JOIN es_account a ON a.id = g.account"
      " WHERE a.enabled = 1 AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to >= ?) ORDER BY g.id");
  rows.bind(1, from.ends);
  // Who had the role to the end of the year; not who gave it up in autumn.
  rows.bind(2, std::min(from.ends, context.today));
  while (rows.step()) {
    const auto* role = context.school.roles().find(rows.text(1));
    if (!role || !role->yearly) continue;
    auth::RoleGrant grant;
    grant.account = rows.integer(0);
    grant.role = rows.text(1);
    if (!rows.null(2)) grant.scope = rows.integer(2);
    grants.push_back(std::move(grant));
  }
  int made = 0, there = 0;
  for (const auto& grant : grants) {
    const auto scope = grant.scope.value_or(0);
    const bool known =
        context.database->integer(
            "SELECT count(*) FROM es_role_draft WHERE account = ? AND role = ? AND year = ? AND scope_before = ?",
            {grant.account, grant.role, to.id, scope}) ||
        (!scope && context.database->integer("SELECT count(*) FROM es_role_grant WHERE account = ? AND role = ?"
                                             " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
                                             {grant.account, grant.role, to.begins, to.begins}));
    if (known) {
      ++there;
      continue;
    }
    context.database->execute(
        "INSERT INTO es_role_draft (account, role, year, scope, scope_before, created_at, created_by)"
        " VALUES (?, ?, ?, 0, ?, ?, ?)",
        {grant.account, grant.role, to.id, scope, context.now, context.who.account});
    ++made;
  }
  return reply_of({{"drafts", made}, {"already_there", there}}, 201);
}

http::Reply change_draft(Context& context) {
  const auto draft = existing_draft(context);
  const auto scope = optional_number(context.body(), "class");
  const auto* registry = context.school.catalogue().find(school::spine::group);
  if (scope && (!registry || !context.school.query().readable(*context.database, context.asker(), *registry, scope)))
    throw registry::invalid({{"class", "no_such_record", "такого класса нет"}});
  context.database->execute("UPDATE es_role_draft SET scope = ? WHERE id = ?", {scope, draft.id});
  return reply_of({{"id", draft.id}});
}

http::Reply remove_draft(Context& context) {
  context.database->execute("DELETE FROM es_role_draft WHERE id = ?", {existing_draft(context).id});
  return no_content();
}

http::Reply approve_drafts(Context& context) {
  return refused_as_problem([&] {
    const auto year = year_by_id(context, optional_number(context.body(), "year"), "year");
    const auto order = text_member(context.body(), "order");
    const auto order_date = optional_date(context.body(), "order_date");
    if (order.empty()) throw registry::invalid({{"order", "required", "укажите номер приказа"}});
    if (order_date.empty()) throw registry::invalid({{"order_date", "required", "укажите дату приказа"}});
    const auto drafts = drafts_where(context, "year = ?", year.id);
    if (drafts.empty())
      throw registry::problem(409, "no_drafts", "Утверждать нечего", "Сначала скопируйте назначения прошлого года.");
    std::vector<http::FieldError> errors;
    for (const auto& draft : drafts)
      if (draft.scope_before && !draft.scope) {
        const auto whose = owner(context, draft.account);
        errors.push_back(
            {"class", "required",
             fmt::format("{}: роль была дана для класса {} — выберите класс нового года или уберите строку",
                         std::string(whose.at("login").as_string()), class_name(context, draft.scope_before))});
      }
    if (!errors.empty()) throw registry::invalid(std::move(errors));
    for (const auto& draft : drafts) {
      if (draft.account != context.who.account) check_grantable(context, draft.role, draft.account);
      auth::RoleGrant grant;
      grant.account = draft.account;
      grant.role = draft.role;
      grant.order_no = order;
      grant.order_date = order_date;
      grant.valid_from = year.begins;
      if (draft.scope) grant.scope = draft.scope;
      grant.created_by = context.who.account;
      limit_to_year(context.school, *context.database, grant);
      context.school.accounts().grant(*context.database, grant, context.seconds);
      const auto account = context.school.accounts().find(*context.database, draft.account);
      const auto* role = context.school.roles().find(draft.role);
      note_deed(context, auth::Deed::role_granted, draft.account, account ? account->login : "",
                fmt::format("{} на {}, приказ № {}", role ? role->label : draft.role, year.name, order));
    }
    context.database->execute("DELETE FROM es_role_draft WHERE year = ?", {year.id});
    context.committed = [&school = context.school] { school.forget_principals(); };
    return reply_of({{"granted", drafts.size()}});
  });
}

}  // namespace eschool::api
