#include "kernel/api/accounts/security.hpp"
#include "kernel/api/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "kernel/api/accounts/accounts.hpp"
#include "kernel/api/application.hpp"
#include "kernel/http/percent.hpp"
#include "kernel/school/spine.hpp"
#include "schema/names.hpp"
#include "text/dates.hpp"

namespace eschool::api {

namespace json = boost::json;
using access::Action;

namespace {

constexpr std::array<std::pair<std::string_view, Action>, 4> actions = {
    {{"read", Action::read}, {"create", Action::create}, {"update", Action::update}, {"archive", Action::archive}}};

auth::SecurityEntry entry_of(const Context& context, auth::Deed deed) {
  auth::SecurityEntry entry;
  entry.at = context.now;
  entry.deed = deed;
  entry.by = context.who.account;
  entry.remote = context.request.remote;
  return entry;
}

std::int64_t own_account(const Context& context) {
  if (!context.who.account) throw registry::denied("У командной строки нет учётной записи.");
  return context.who.account;
}

}  // namespace

void note_deed(Context& context, auth::Deed deed, std::int64_t account, std::string_view login, std::string detail) {
  auto entry = entry_of(context, deed);
  entry.account = account;
  entry.login = std::string(login.substr(0, 100));
  entry.detail = std::move(detail);
  auth::note_deed(*context.database, entry);
}

void note_deed_later(const Context& context, auth::Deed deed, std::string detail) {
  auto entry = entry_of(context, deed);
  entry.account = context.who.account;
  entry.login = context.who.login;
  entry.detail = std::move(detail);
  context.school.deeds().note(std::move(entry));
}

void note_card(const Context& context, const schema::Registry& registry, std::int64_t id) {
  if (context.who.system) return;
  const auto& catalogue = context.school.catalogue();
  const auto* base = catalogue.base(registry);
  const auto& person = base ? *base : registry;
  if (person.id != school::spine::person) return;
  const auto shown = context.school.query().readable_fields(context.who, registry);
  if (std::none_of(shown.begin(), shown.end(),
                   [](const schema::Field* field) { return field->sensitivity >= schema::Sensitivity::personal; }))
    return;
  auto whose = id;
  if (base)
    whose = context.database->integer(
        fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", registry.facet_by, registry.table()), {id});
  if (!whose || whose == context.who.person) return;
  if (!context.school.deeds().first_this_hour(context.who.account, whose, context.seconds)) return;
  note_deed_later(
      context, auth::Deed::card_viewed,
      fmt::format("{}: {}", registry.label_one, context.school.query().display(*context.database, person, whose)));
}

bool asks_second_factor(const Context& context) {
  return std::any_of(context.who.grants.begin(), context.who.grants.end(), [&](const access::Grant& grant) {
    const auto* role = context.school.roles().find(grant.role);
    return role && role->second_factor;
  });
}

bool lacks_second_factor(const Context& context) {
  return context.application.config().second_factor_required && !context.who.second_factor &&
         asks_second_factor(context);
}

namespace {

/// The moment at which the day in that parameter begins, or the one so many days later; empty without the parameter.
std::string day_of(const Context& context, std::string_view name, int later) {
  const auto given = context.query.text(name);
  if (given.empty()) return {};
  const auto day = text::is_iso_date(given) ? text::add_days(given, later) : std::nullopt;
  if (!day) throw registry::bad_request(std::string(name), fmt::format("{} — дата вида 2026-09-01.", name));
  return context.school.clock().beginning_of(*day);
}

}  // namespace

http::Reply list_security_log(Context& context) {
  auth::SecurityQuery query;
  query.before = context.number("before");
  query.account = context.number("account");
  query.deed = context.query.text("deed");
  query.login = context.query.text("login");
  query.remote = context.query.text("remote");
  query.from = day_of(context, "from", 0);
  query.until = day_of(context, "to", 1);
  const auto* persons = context.school.catalogue().find(school::spine::person);
  std::map<std::int64_t, std::string> names;
  const auto name_of = [&](std::int64_t person) -> const std::string& {
    auto [place, made] = names.try_emplace(person);
    if (made && person && persons) place->second = context.school.query().display(*context.database, *persons, person);
    return place->second;
  };
  if (const auto limit = context.number("limit")) query.limit = static_cast<int>(std::min<std::int64_t>(limit, 500));
  json::array items;
  for (const auto& entry : auth::security_log(*context.database, query)) {
    json::object item{{"id", entry.id},
                      {"at", entry.at},
                      {"deed", auth::name_of(entry.deed)},
                      {"label", auth::label_of(entry.deed)},
                      {"login", entry.login},
                      {"name", name_of(entry.person)},
                      {"by_name", name_of(entry.by_person)},
                      {"remote", entry.remote},
                      {"detail", entry.detail}};
    item["account"] = entry.account ? json::value(entry.account) : json::value(nullptr);
    item["by"] = entry.by ? json::value(entry.by_login) : json::value(nullptr);
    items.push_back(std::move(item));
  }
  json::value next = nullptr;
  if (static_cast<int>(items.size()) == query.limit) next = items.back().at("id");
  json::array deeds;
  for (const auto deed : auth::all_deeds())
    deeds.push_back(json::object{{"id", auth::name_of(deed)}, {"label", auth::label_of(deed)}});
  return reply_of({{"items", std::move(items)}, {"next", std::move(next)}, {"deeds", std::move(deeds)}});
}

http::Reply begin_second_factor(Context& context) {
  return refused_as_problem([&] {
    const auto secret = auth::SecondFactor().begin(*context.database, own_account(context), context.seconds);
    const auto issuer = http::percent_encode(context.school_name());
    context.secret_reply = true;
    return reply_of({{"secret", secret},
                     {"uri", fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30",
                                         issuer, http::percent_encode(context.who.login), secret, issuer)}});
  });
}

http::Reply confirm_second_factor(Context& context) {
  return refused_as_problem([&] {
    const auto account = own_account(context);
    json::array codes;
    for (auto& code :
         auth::SecondFactor().confirm(*context.database, account, text_member(context.body(), "code"), context.seconds))
      codes.push_back(json::value(std::move(code)));
    note_deed(context, auth::Deed::second_factor_on, account, context.who.login);
    context.committed = [&school = context.school] { school.forget_principals(); };
    context.secret_reply = true;
    return reply_of({{"recovery_codes", std::move(codes)}});
  });
}

http::Reply remove_second_factor(Context& context) {
  const auto account = own_account(context);
  if (!auth::SecondFactor().accept(*context.database, account, text_member(context.body(), "code"), context.seconds))
    throw registry::invalid({{"code", "wrong_code", "код не подошёл: введите тот, который показан сейчас"}});
  auth::SecondFactor().remove(*context.database, account);
  note_deed(context, auth::Deed::second_factor_off, account, context.who.login);
  context.committed = [&school = context.school] { school.forget_principals(); };
  return no_content();
}

http::Reply reset_second_factor(Context& context) {
  const auto account = context.school.accounts().find(*context.database, context.id());
  if (!account) throw registry::not_found();
  check_manageable(context, account->id);
  auth::SecondFactor().remove(*context.database, account->id);
  note_deed(context, auth::Deed::second_factor_off, account->id, account->login, "администратором");
  context.committed = [&school = context.school] { school.forget_principals(); };
  return no_content();
}

http::Reply explain(Context& context) {
  const auto& registry = context.school.registry(context.query.text("registry"));
  const auto name = context.query.text("action", "read");
  const auto action =
      std::find_if(actions.begin(), actions.end(), [&](const auto& known) { return known.first == name; });
  if (action == actions.end()) throw registry::bad_request("action", "action: read, create, update или archive.");
  const auto id = context.number("id");
  auto who = context.who;
  if (const auto account = context.number("account"); account && account != context.who.account) {
    context.require("accounts.manage");
    who = context.school.principal(account, context.today);
    if (!who.account) throw registry::not_found();
  }
  // What is said of a record that is not to be seen is what is said of one that is not there.
  const registry::Asker asker{who, context.today, context.now};
  json::array reasons;
  bool allowed = false;
  for (const auto& grant : who.grants) {
    const auto* role = context.school.roles().find(grant.role);
    auto alone = who;
    alone.grants = {grant};
    for (const auto& rule : context.school.policy().rules(alone, registry, action->second)) {
      const bool holds = id ? context.school.query().holds(*context.database, asker, rule, registry, id)
                            : action->second == Action::create || rule.relation == "all";
      const auto* relation = context.school.catalogue().relation(
          rule.relation, rule.inherited.empty() ? registry.id : rule.inherited.back().parent->id);
      allowed = allowed || holds;
      json::object reason{{"role", role ? role->label : grant.role},
                          {"relation", rule.relation == "all" ? std::string("все записи")
                                       : relation             ? relation->label
                                                              : rule.relation},
                          {"level", schema::sensitivity_name(rule.reads)},
                          {"holds", holds}};
      reason["class"] = grant.scope ? json::value(*grant.scope) : json::value(nullptr);
      reasons.push_back(std::move(reason));
    }
  }
  const auto verdict = who.system ? "Командная строка сервера может всё."
                       : allowed ? "Доступно: условие хотя бы одной роли выполнено."
                       : !reasons.empty() && id ? "Недоступно: ни одно из условий ролей для этой записи не выполнено."
                       : !reasons.empty() ? "Доступна часть записей: те, для которых выполнено условие роли."
                       : who.grants.empty() ? "Недоступно: на сегодня не назначено ни одной роли."
                                            : "Недоступно: ни одна из назначенных ролей не даёт этого права на реестр.";
  return reply_of({{"registry", registry.label},
                   {"action", name},
                   {"allowed", allowed || who.system},
                   {"verdict", verdict},
                   {"reasons", std::move(reasons)}});
}

}  // namespace eschool::api
