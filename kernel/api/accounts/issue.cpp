#include "kernel/api/accounts/issue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kernel/api/accounts/accounts.hpp"
#include "kernel/api/accounts/role_year.hpp"
#include "kernel/api/accounts/security.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/auth/login_name.hpp"
#include "kernel/school/spine.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr int page = 500;

/// Which people are meant.
struct Wanted {
  const access::Role* role = nullptr;
  std::string registry, field, filter;
};

bool manages(const Context& context) { return context.school.policy().has_capability(context.who, "accounts.manage"); }

bool issues(const access::Role& of, std::string_view role) {
  return std::find(of.issues.begin(), of.issues.end(), role) != of.issues.end();
}

/// The caller with those of his roles by which he issues this one. Throws 403.
access::Principal issuer(const Context& context, std::string_view role) {
  if (context.who.system || manages(context)) return context.who;
  auto who = context.who;
  std::erase_if(who.grants, [&](const access::Grant& grant) {
    const auto* held = context.school.roles().find(grant.role);
    return !held || !issues(*held, role);
  });
  if (who.grants.empty()) throw registry::denied("Доступ для этой роли выдаёт администратор.");
  return who;
}

Wanted wanted(Context& context, std::string_view role, std::string registry, std::string field, std::string filter) {
  Wanted wanted;
  wanted.role = context.school.roles().find(role);
  if (!wanted.role) throw registry::invalid({{"role", "unknown_role", fmt::format("роли «{}» нет", role)}});
  wanted.registry = registry.empty() ? wanted.role->held_as : std::move(registry);
  if (wanted.registry.empty())
    throw registry::invalid({{"registry", "required", "у этой роли нет своего реестра: назовите его"}});
  wanted.field = std::move(field);
  wanted.filter = std::move(filter);
  return wanted;
}

/// Ids of the records of the facet, in the order in which people are listed. Throws what a list throws.
std::vector<std::int64_t> listed(Context& context, const registry::Asker& asker, const Wanted& wanted,
                                 const schema::Registry& registry) {
  registry::ListRequest request;
  request.filter = wanted.filter;
  request.fields = wanted.field.empty() ? "id" : wanted.field;
  request.limit = page;
  std::vector<std::int64_t> ids;
  std::set<std::int64_t> known;
  for (;;) {
    std::string text;
    context.school.query().list(*context.database, asker, registry, request, text);
    const auto answer = json::parse(text).as_object();
    for (const auto& item : answer.at("items").as_array()) {
      const auto& object = item.as_object();
      const json::value* id = &object.at("id");
      if (!wanted.field.empty()) {
        const auto* reference = object.if_contains(wanted.field);
        const auto* there = reference ? reference->if_object() : nullptr;
        id = there ? there->if_contains("id") : nullptr;
      }
      if (id && id->is_int64() && known.insert(id->get_int64()).second) ids.push_back(id->get_int64());
    }
    const auto* next = answer.if_contains("next");
    if (!next || !next->is_string()) return ids;
    request.after = std::string(next->get_string());
  }
}

/// The people meant, as ids of people.person. Throws 422 for a registry that does not lead to people.
std::vector<std::int64_t> people(Context& context, const Wanted& wanted) {
  const auto who = issuer(context, wanted.role->id);
  const registry::Asker asker{who, context.today, context.now};
  const auto& registry = context.school.registry(wanted.registry);
  const auto* facet = &registry;
  if (!wanted.field.empty()) {
    const auto* field = registry.find(wanted.field);
    facet = field ? context.school.catalogue().find(field->target) : nullptr;
  }
  const auto* base = facet ? context.school.catalogue().base(*facet) : nullptr;
  if (!base || base->id != school::spine::person ||
      (!wanted.role->held_as.empty() && facet->id != wanted.role->held_as))
    throw registry::invalid({{"registry", "no_people", "по этому реестру роль не выдаётся"}});
  std::vector<std::int64_t> persons;
  for (const auto id : listed(context, asker, wanted, registry)) {
    // Who has left the school has no use for a way in.
    auto row = context.database->prepare(
        facet->active_until.empty()
            ? fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ? AND archived = 0", facet->facet_by, facet->table())
            : fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ? AND archived = 0 AND (\"{}\" IS NULL OR \"{}\" >= ?)",
                          facet->facet_by, facet->table(), facet->active_until, facet->active_until));
    row.bind(1, id);
    if (!facet->active_until.empty()) row.bind(2, std::string_view(context.today));
    if (row.step()) persons.push_back(row.integer(0));
  }
  return persons;
}

std::optional<auth::Account> account_of(Context& context, std::int64_t person) {
  const auto id = context.database->integer("SELECT id FROM es_account WHERE person = ?", {person});
  return id ? context.school.accounts().find(*context.database, id) : std::nullopt;
}

std::string_view state_of(const std::optional<auth::Account>& account) {
  if (!account) return "none";
  if (!account->enabled) return "closed";
  return account->last_login_at.empty() ? "waiting" : "active";
}

json::value or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

bool holds(const std::vector<auth::RoleGrant>& grants, std::string_view role) {
  return std::any_of(grants.begin(), grants.end(), [&](const auto& grant) { return grant.role == role; });
}

/// Why the caller may not touch an account that is there; "" when he may. An account of more weight than what he issues
/// would be his by a new one-time password.
std::string hindrance(Context& context, const auth::Account& account) {
  if (account.id == context.who.account) return "это вы сами";
  if (context.who.system) return {};
  if (manages(context)) {
    try {
      check_manageable(context, account.id);
      return {};
    } catch (const http::ProblemError& error) {
      return error.problem.detail;
    }
  }
  for (const auto& grant : context.school.accounts().grants(*context.database, account.id)) {
    const bool mine = std::any_of(context.who.grants.begin(), context.who.grants.end(), [&](const auto& held) {
      const auto* role = context.school.roles().find(held.role);
      return role && issues(*role, grant.role);
    });
    if (!mine && (grant.valid_to.empty() || grant.valid_to >= context.today))
      return "у него есть и другая роль: доступ выдаёт администратор";
  }
  return {};
}

/// The role as everybody of the list gets it.
auth::RoleGrant common_grant(Context& context, const access::Role& role) {
  if (manages(context)) check_grantable(context, role.id, 0);
  auth::RoleGrant grant;
  grant.role = role.id;
  grant.order_no = optional_text(context.body(), "order");
  grant.order_date = optional_date(context.body(), "order_date");
  grant.valid_from = context.today;
  grant.created_by = context.who.account;
  limit_to_year(context.school, *context.database, grant);
  return grant;
}

std::optional<std::set<std::int64_t>> chosen(const json::object& body) {
  const auto* member = body.if_contains("persons");
  if (!member || member->is_null()) return std::nullopt;
  const auto* list = member->if_array();
  std::set<std::int64_t> persons;
  if (list)
    for (const auto& item : *list)
      if (const auto* id = item.if_int64()) persons.insert(*id);
  if (!list || persons.size() != list->size())
    throw registry::invalid({{"persons", "type", "ожидался список разных номеров"}});
  return persons;
}

}  // namespace

http::Reply list_holders(Context& context) {
  const auto text = [&](std::string_view name) { return std::string(context.query.text(name)); };
  const auto of = wanted(context, text("role"), text("registry"), text("field"), text("filter"));
  const auto& persons = context.school.catalogue().at(school::spine::person);
  json::array items;
  for (const auto person : people(context, of)) {
    const auto account = account_of(context, person);
    json::object item{{"person", person},
                      {"name", context.school.query().display(*context.database, persons, person)},
                      {"state", state_of(account)}};
    item["account"] = account ? json::value(account->id) : json::value(nullptr);
    item["login"] = account ? json::value(account->login) : json::value(nullptr);
    item["last_login_at"] = account ? or_null(account->last_login_at) : json::value(nullptr);
    item["one_time_expires"] = account ? or_null(account->one_time_expires) : json::value(nullptr);
    item["has_role"] =
        account && holds(context.school.accounts().grants(*context.database, account->id, context.today), of.role->id);
    items.push_back(std::move(item));
  }
  return reply_of({{"items", std::move(items)}});
}

http::Reply issue_accounts(Context& context) {
  return refused_as_problem([&] {
    const auto& body = context.body();
    const auto of = wanted(context, text_member(body, "role"), optional_text(body, "registry"),
                           optional_text(body, "field"), optional_text(body, "filter"));
    const bool again = flag_member(body, "again");
    const auto only = chosen(body);
    auto grant = common_grant(context, *of.role);
    const auto& persons = context.school.catalogue().at(school::spine::person);
    auto& accounts = context.school.accounts();
    auto& session = *context.database;
    context.secret_reply = true;
    json::array items, left;
    std::vector<std::int64_t> ended;
    for (const auto person : people(context, of)) {
      if (only && !only->contains(person)) continue;
      const auto name = context.school.query().display(session, persons, person);
      const auto answer = [&](std::int64_t account, const std::string& login, std::string_view done, json::value code) {
        items.push_back(json::object{{"person", person},
                                     {"name", name},
                                     {"account", account},
                                     {"login", login},
                                     {"done", done},
                                     {"one_time_password", std::move(code)}});
      };
      const auto give_role = [&](std::int64_t account, const std::string& login) {
        grant.account = account;
        accounts.grant(session, grant, context.seconds);
        note_deed(context, auth::Deed::role_granted, account, login, said(context, grant));
      };
      const auto account = account_of(context, person);
      if (!account) {
        auth::NewAccount made;
        made.login = auth::free_login(session, name);
        made.person = person;
        const auto created = accounts.create(session, made, context.seconds);
        note_deed(context, auth::Deed::account_created, created.id, made.login);
        give_role(created.id, made.login);
        answer(created.id, made.login, "created", json::value(created.one_time_code));
        continue;
      }
      const bool lacks = !holds(accounts.grants(session, account->id, context.today), of.role->id);
      const bool renew =
          again && account->enabled && (only || (account->last_login_at.empty() && account->must_change));
      if (!lacks && !renew) continue;
      if (auto why = hindrance(context, *account); !why.empty() && (renew || account->id == context.who.account)) {
        left.push_back(json::object{{"person", person}, {"name", name}, {"reason", std::move(why)}});
        continue;
      }
      if (lacks) give_role(account->id, account->login);
      if (!renew) {
        answer(account->id, account->login, "granted", nullptr);
        continue;
      }
      auto code = accounts.reset(session, account->id, context.seconds);
      ended.push_back(account->id);
      note_deed(context, auth::Deed::code_issued, account->id, account->login);
      answer(account->id, account->login, "reissued", json::value(std::move(code)));
    }
    context.committed = [&school = context.school, ended = std::move(ended)] {
      for (const auto id : ended) school.sessions().forget_account(id);
      school.forget_principals();
    };
    return reply_of({{"items", std::move(items)}, {"left", std::move(left)}});
  });
}

}  // namespace eschool::api
