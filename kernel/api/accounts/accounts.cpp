#include "kernel/api/accounts/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/api/accounts/role_year.hpp"
#include "kernel/api/accounts/security.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/spine.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

json::object account_object(const auth::Account& account) {
  json::object object{{"id", account.id},
                      {"login", account.login},
                      {"enabled", account.enabled},
                      {"must_change_password", account.must_change},
                      {"created_at", account.created_at}};
  object["person"] = account.person ? json::value(account.person) : json::value(nullptr);
  object["last_login_at"] = account.last_login_at.empty() ? json::value(nullptr) : json::value(account.last_login_at);
  return object;
}

auth::Account existing(Context& context) {
  auto account = context.school.accounts().find(*context.database, context.id());
  if (!account) throw registry::not_found();
  return *account;
}

auth::RoleGrant read_grant(Context& context, const json::object& body, std::int64_t account) {
  auth::RoleGrant grant;
  grant.account = account;
  grant.role = optional_text(body, "role");
  if (!context.school.roles().find(grant.role))
    throw registry::invalid({{"role", "unknown_role", fmt::format("роли «{}» нет", grant.role)}});
  check_grantable(context, grant.role, account);
  grant.order_no = optional_text(body, "order");
  grant.order_date = optional_date(body, "order_date");
  grant.valid_from = optional_date(body, "from");
  if (grant.valid_from.empty()) grant.valid_from = context.today;
  grant.valid_to = optional_date(body, "until");
  limit_to_year(context.school, *context.database, grant);
  grant.created_by = context.who.account;
  if (const auto* scope = body.if_contains("class"); scope && !scope->is_null()) {
    const auto* id = scope->if_int64();
    const auto* registry = context.school.catalogue().find(school::spine::group);
    if (!id || !registry || !context.school.query().readable(*context.database, context.asker(), *registry, *id))
      throw registry::invalid({{"class", "no_such_record", "такого класса нет"}});
    grant.scope = *id;
  }
  return grant;
}

}  // namespace

std::string said(const Context& context, const auth::RoleGrant& grant) {
  const auto* role = context.school.roles().find(grant.role);
  auto text = role ? role->label : grant.role;
  if (!grant.valid_to.empty()) text += " по " + grant.valid_to;
  if (!grant.order_no.empty()) text += ", приказ № " + grant.order_no;
  return text;
}

void check_manageable(Context& context, std::int64_t account) {
  for (const auto& grant : context.school.accounts().grants(*context.database, account, context.today))
    check_grantable(context, grant.role, 0);
}

void check_grantable(const Context& context, std::string_view role_id, std::int64_t account) {
  if (context.who.system) return;
  if (account && account == context.who.account)
    throw registry::denied("Себе роли не назначают: попросите другого администратора.");
  const auto& policy = context.school.policy();
  const auto* role = context.school.roles().find(role_id);
  if (!role) return;
  // The administrator of the institution assigns every role (regulation, section 3); whoever else may manage accounts
  // gives no capability that he lacks himself.
  if (policy.has_capability(context.who, "roles.grant")) return;
  for (const auto& capability : role->capabilities)
    if (!policy.has_capability(context.who, capability))
      throw registry::denied(fmt::format("Роль «{}» даёт права, которых у вас нет.", role->label));
  using access::Action;
  for (const auto& [registry_id, rights] : role->rights) {
    const auto& registry = context.school.catalogue().at(registry_id);
    for (const auto& right : rights)
      for (const auto& [action, relations] : right.relations) {
        if (relations == std::vector<std::string>{"self"}) continue;  // everybody's own record
        const auto own = policy.rules(context.who, registry, action);
        if (std::none_of(own.begin(), own.end(), [&](const auto& rule) { return rule.reads >= right.reads; }))
          throw registry::denied(fmt::format("Роль «{}» даёт права, которых у вас нет.", role->label));
      }
  }
}

http::Reply list_accounts(Context& context) {
  json::array items;
  const auto* persons = context.school.catalogue().find(school::spine::person);
  for (const auto& account : context.school.accounts().list(*context.database, 500, context.query.text("after"))) {
    auto object = account_object(account);
    json::array roles;
    for (const auto& grant : context.school.accounts().grants(*context.database, account.id, context.today)) {
      const auto* role = context.school.roles().find(grant.role);
      roles.push_back(json::value(role ? role->label : grant.role));
    }
    object["roles"] = std::move(roles);
    object["name"] =
        account.person && persons ? context.school.query().display(*context.database, *persons, account.person) : "";
    object["second_factor"] = auth::SecondFactor().state(*context.database, account.id).confirmed;
    object["one_time_expires"] =
        account.one_time_expires.empty() ? json::value(nullptr) : json::value(account.one_time_expires);
    items.push_back(std::move(object));
  }
  json::value next = nullptr;
  if (items.size() == 500) next = items.back().at("login");
  return reply_of({{"items", std::move(items)}, {"next", std::move(next)}});
}

http::Reply create_account(Context& context) {
  return refused_as_problem([&] {
    const auto& body = context.body();
    auth::NewAccount wanted;
    wanted.login = optional_text(body, "login");
    if (const auto* person = body.if_contains("person"); person && !person->is_null()) {
      const auto* id = person->if_int64();
      const auto* registry = context.school.catalogue().find(school::spine::person);
      if (!id || !registry || !context.school.query().readable(*context.database, context.asker(), *registry, *id))
        throw registry::invalid({{"person", "no_such_record", "такой персоны нет"}});
      wanted.person = *id;
    }
    const auto created = context.school.accounts().create(*context.database, wanted, context.seconds);
    note_deed(context, auth::Deed::account_created, created.id, wanted.login);
    if (body.contains("role")) {
      const auto grant = read_grant(context, body, created.id);
      context.school.accounts().grant(*context.database, grant, context.seconds);
      note_deed(context, auth::Deed::role_granted, created.id, wanted.login, said(context, grant));
    }
    context.committed = [&school = context.school] { school.forget_principals(); };
    context.secret_reply = true;
    return reply_of({{"id", created.id}, {"login", wanted.login}, {"one_time_password", created.one_time_code}}, 201);
  });
}

http::Reply reset_account(Context& context) {
  return refused_as_problem([&] {
    const auto account = existing(context);
    check_manageable(context, account.id);
    const auto code = context.school.accounts().reset(*context.database, account.id, context.seconds);
    note_deed(context, auth::Deed::code_issued, account.id, account.login);
    context.committed = [&school = context.school, id = account.id] { school.sessions().forget_account(id); };
    context.secret_reply = true;
    return reply_of({{"id", account.id}, {"login", account.login}, {"one_time_password", code}});
  });
}

http::Reply set_account(Context& context) {
  return refused_as_problem([&] {
    const auto account = existing(context);
    const auto* enabled = context.body().if_contains("enabled");
    if (!enabled || !enabled->is_bool()) throw registry::bad_request("enabled", "Нужно поле enabled: true или false.");
    if (account.id == context.who.account && !context.who.system) throw registry::denied("Себя не отключают.");
    check_manageable(context, account.id);
    context.school.accounts().set_enabled(*context.database, account.id, enabled->get_bool());
    keep_an_administrator(context);
    note_deed(context, enabled->get_bool() ? auth::Deed::account_opened : auth::Deed::account_closed, account.id,
              account.login);
    context.committed = [&school = context.school, id = account.id] {
      school.sessions().forget_account(id);
      school.forget_principals();
    };
    return reply_of({{"id", account.id}, {"enabled", *enabled}});
  });
}

http::Reply list_grants(Context& context) {
  json::array items;
  for (const auto& grant : context.school.accounts().grants(*context.database, existing(context).id)) {
    json::object item{{"id", grant.id},
                      {"role", grant.role},
                      {"from", grant.valid_from},
                      {"order", grant.order_no},
                      {"order_date", grant.order_date}};
    item["until"] = grant.valid_to.empty() ? json::value(nullptr) : json::value(grant.valid_to);
    item["class"] = grant.scope ? json::value(*grant.scope) : json::value(nullptr);
    items.push_back(std::move(item));
  }
  return reply_of({{"items", std::move(items)}});
}

http::Reply create_grant(Context& context) {
  return refused_as_problem([&] {
    const auto account = existing(context);
    const auto grant = read_grant(context, context.body(), account.id);
    const auto id = context.school.accounts().grant(*context.database, grant, context.seconds);
    note_deed(context, auth::Deed::role_granted, account.id, account.login, said(context, grant));
    context.committed = [&school = context.school] { school.forget_principals(); };
    return reply_of({{"id", id}}, 201);
  });
}

http::Reply revoke_grant(Context& context) {
  return refused_as_problem([&] {
    auto found = context.database->prepare("SELECT account, role FROM es_role_grant WHERE id = ?");
    found.bind(1, context.id());
    if (!found.step()) throw registry::not_found();
    auth::RoleGrant grant;
    grant.account = found.integer(0);
    grant.role = found.text(1);
    found.reset();
    check_grantable(context, grant.role, grant.account);
    context.school.accounts().revoke(*context.database, context.id(), context.today);
    keep_an_administrator(context);
    const auto account = context.school.accounts().find(*context.database, grant.account);
    note_deed(context, auth::Deed::role_ended, grant.account, account ? account->login : "", said(context, grant));
    context.committed = [&school = context.school] { school.forget_principals(); };
    return no_content();
  });
}

}  // namespace eschool::api
