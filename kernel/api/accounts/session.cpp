#include "kernel/api/accounts/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/api/accounts/accounts.hpp"
#include "kernel/api/accounts/security.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/auth/login.hpp"
#include "kernel/auth/passwords.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/spine.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

/// How long a session of these roles may last: the strictest of the roles decides.
auth::Lifetime lifetime(const school::School& school, const access::Principal& who) {
  auto result = auth::Lifetime::family();
  for (const auto& grant : who.grants)
    if (const auto* role = school.roles().find(grant.role)) {
      result.idle = std::min<std::int64_t>(result.idle, std::int64_t{role->idle_minutes} * 60);
      result.absolute = std::min<std::int64_t>(result.absolute, std::int64_t{role->absolute_hours} * 3600);
    }
  return result;
}

json::object user_object(Context& context) {
  json::object user{{"account", context.who.account}, {"login", context.who.login}};
  if (context.who.person) {
    user["person"] = context.who.person;
    if (const auto* person = context.school.catalogue().find(school::spine::person))
      user["name"] = context.school.query().display(*context.database, *person, context.who.person);
  }
  return user;
}

json::array roles_array(const Context& context) {
  json::array roles;
  for (const auto& grant : context.who.grants) {
    const auto* role = context.school.roles().find(grant.role);
    json::object item{{"id", grant.role}, {"label", role ? role->label : grant.role}};
    if (grant.scope) item["class"] = *grant.scope;
    roles.push_back(std::move(item));
  }
  return roles;
}

http::Reply too_fast(std::int64_t seconds) {
  auto reply = http::to_reply({429,
                               "too_many_attempts",
                               "Слишком частые попытки входа",
                               fmt::format("Повторите через {} с.", seconds),
                               {},
                               {}});
  reply.headers.emplace_back("Retry-After", std::to_string(seconds));
  return reply;
}

std::string cookie(std::string_view name, std::string_view token, bool secure, std::int64_t seconds) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", name, token, seconds,
                     secure ? "; Secure" : "");
}

/// One attempt to sign in, carried from the worker to the hashing thread to the writer.
struct Attempt {
  std::shared_ptr<Context> context;
  http::Send send;
  std::string login, password, code, label, throttle_key;
  bool token = false;
  std::string refused;  ///< code of the problem when the password was right and the second factor was not
  std::optional<auth::Credentials> credentials;
};

/// After the password was looked at: on the writer, because both outcomes are noted.
void finish_sign_in(const std::shared_ptr<Attempt>& attempt, const auth::LoginCheck& check) {
  auto& context = *attempt->context;
  const auto reply = std::make_shared<http::Reply>();
  context.school.database().submit(
      [attempt, check, reply](storage::Session& session) {
        auto& now = *attempt->context;
        auto& accounts = now.school.accounts();
        now.database = &session;
        const auto account = attempt->credentials ? attempt->credentials->account : 0;
        const auto refuse = [&](std::string why) {
          note_deed(now, auth::Deed::refused, account, attempt->login, std::move(why));
        };
        if (check.outcome != auth::LoginOutcome::ok) {
          if (account && check.outcome == auth::LoginOutcome::wrong)
            accounts.note_failure(session, account, now.seconds);
          return refuse(std::string(auth::login_message(check.outcome)));
        }
        auth::SecondFactor factor;
        if (factor.state(session, account).confirmed) {
          if (attempt->code.empty()) {
            attempt->refused = "second_factor_required";
            return;
          }
          if (!factor.accept(session, account, attempt->code, now.seconds)) {
            attempt->refused = "second_factor_wrong";
            accounts.note_failure(session, account, now.seconds);
            return refuse("Неверный код второго фактора.");
          }
        }
        accounts.note_login(session, account, now.seconds);
        if (!check.new_hash.empty()) accounts.rehash(session, account, attempt->credentials->password, check.new_hash);
        now.who = now.school.principal(session, account, now.today);
        if (now.who.ended) throw account_ended();
        auth::NewSession wanted;
        wanted.account = account;
        wanted.kind = attempt->token ? auth::SessionKind::token : auth::SessionKind::cookie;
        wanted.lifetime = attempt->token ? auth::Lifetime::program() : lifetime(now.school, now.who);
        wanted.remote = now.request.remote;
        wanted.agent = std::string(now.request.header("user-agent").substr(0, 200));
        wanted.label = attempt->label;
        const auto opened = now.school.sessions().create(session, wanted, now.seconds);
        note_deed(now, auth::Deed::signed_in, account, now.who.login, attempt->token ? "для программы" : "");
        json::object answer{{"user", user_object(now)},
                            {"roles", roles_array(now)},
                            {"must_change_password", attempt->credentials->must_change}};
        if (attempt->token) {
          answer["token"] = opened.token;
        } else {
          answer["csrf"] = opened.csrf;
          reply->headers.emplace_back(
              "Set-Cookie", cookie(now.cookie_name(), opened.token, now.request.secure, wanted.lifetime.absolute));
        }
        reply->body = json::serialize(answer);
        now.database = nullptr;
      },
      [attempt, check, reply](std::exception_ptr failure) {
        auto& now = *attempt->context;
        auto& throttle = now.application.throttle();
        if (failure) {
          throttle.withdrawn(attempt->throttle_key);
          now.school.health().notice(failure);
          return attempt->send(now.application.problem_reply(failure));
        }
        if (attempt->refused == "second_factor_required") {
          throttle.withdrawn(attempt->throttle_key);
          return attempt->send(http::to_reply({401,
                                               attempt->refused,
                                               "Нужен код второго фактора",
                                               "Введите шесть цифр из приложения на телефоне или резервный код.",
                                               {},
                                               {}}));
        }
        if (attempt->refused.empty() && check.outcome == auth::LoginOutcome::ok) {
          throttle.succeeded(attempt->throttle_key);
          return attempt->send(std::move(*reply));
        }
        if (!attempt->refused.empty()) {
          throttle.failed(now.request.remote, now.seconds);
          return attempt->send(http::to_reply(
              {401, attempt->refused, "Код не подошёл", "Введите код, который показан сейчас.", {}, {}}));
        }
        throttle.failed(now.request.remote, now.seconds);
        attempt->send(http::to_reply(
            {401, "bad_credentials", "Войти не удалось", std::string(auth::login_message(check.outcome)), {}, {}}));
      });
}

}  // namespace

void sign_in(std::shared_ptr<Context> context, http::Send send) {
  auto attempt = std::make_shared<Attempt>();
  attempt->context = context;
  attempt->send = std::move(send);
  attempt->login = text_member(context->body(), "login");
  attempt->password = text_member(context->body(), "password");
  attempt->code = optional_text(context->body(), "code");
  attempt->token = flag_member(context->body(), "token");
  if (context->body().contains("label")) attempt->label = text_member(context->body(), "label").substr(0, 200);
  attempt->throttle_key = context->school.id() + "/" + auth::login_key(attempt->login);
  {
    auto session = context->school.database().read();
    attempt->credentials = context->school.accounts().credentials(*session, attempt->login);
  }
  auto& application = context->application;
  if (attempt->credentials)
    application.throttle().recall(attempt->throttle_key, attempt->credentials->failures,
                                  attempt->credentials->last_failure);
  if (const auto wait = application.throttle().admit(attempt->throttle_key, context->request.remote, context->seconds))
    return attempt->send(too_fast(wait));
  const bool queued = application.hashing().submit([attempt] {
    try {
      finish_sign_in(attempt, auth::check_login(attempt->credentials, attempt->password, attempt->context->seconds));
    } catch (...) {
      attempt->context->application.throttle().withdrawn(attempt->throttle_key);
      attempt->send(attempt->context->application.problem_reply(std::current_exception()));
    }
  });
  if (queued) return;
  application.throttle().withdrawn(attempt->throttle_key);
  throw registry::problem(503, "busy", "Сейчас входит слишком много людей", "Повторите через несколько секунд.");
}

http::Reply who_am_i(Context& context) {
  json::object rights;
  using access::Action;
  for (const auto* registry : context.school.registries()) {
    json::array actions;
    for (const auto& [action, name] : {std::pair{Action::read, "read"},
                                       {Action::create, "create"},
                                       {Action::update, "update"},
                                       {Action::archive, "archive"}})
      if (context.school.policy().may(context.who, *registry, action)) actions.push_back(json::value(name));
    if (!actions.empty()) rights[registry->id] = std::move(actions);
  }
  std::set<std::string, std::less<>> capabilities;
  for (const auto& grant : context.who.grants)
    if (const auto* role = context.school.roles().find(grant.role))
      capabilities.insert(role->capabilities.begin(), role->capabilities.end());
  json::array capability_names;
  for (const auto& capability : capabilities) capability_names.push_back(json::value(capability));
  json::array pages;
  for (const auto& plugin : *context.school.enabled_plugins()) pages.push_back(json::value(plugin));
  json::object answer{{"user", user_object(context)},
                      {"roles", roles_array(context)},
                      {"capabilities", std::move(capability_names)},
                      {"rights", std::move(rights)},
                      {"plugins", std::move(pages)}};
  json::array modules;
  for (const auto& plugin : context.application.plugins().plugins()) {
    const auto address = context.application.plugin_pages(plugin.id);
    if (address.empty() || !context.school.enabled(plugin.id)) continue;
    for (const auto& page : plugin.pages)
      if (page.capability.empty() || context.school.policy().has_capability(context.who, page.capability))
        modules.push_back(json::object{{"plugin", plugin.id},
                                       {"name", page.name},
                                       {"element", page.element},
                                       {"label", page.label},
                                       {"place", page.place},
                                       {"module", address + "/page.js"}});
  }
  answer["pages"] = std::move(modules);
  answer["second_factor"] = json::object{{"on", context.who.second_factor},
                                         {"asked", asks_second_factor(context)},
                                         {"required", lacks_second_factor(context)}};
  if (context.session) {
    answer["must_change_password"] = context.session->must_change_password;
    if (context.session->kind == auth::SessionKind::cookie) answer["csrf"] = context.session->csrf;
  }
  http::Reply reply;
  reply.body = json::serialize(answer);
  return reply;
}

http::Reply sign_out(Context& context) {
  http::Reply reply;
  reply.status = 204;
  if (!context.session) return reply;
  context.school.sessions().revoke(*context.database, context.who.account, context.session->hash);
  context.committed = [&school = context.school, hash = context.session->hash] { school.sessions().forget(hash); };
  reply.headers.emplace_back("Set-Cookie", cookie(context.cookie_name(), "", context.request.secure, 0));
  reply.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  return reply;
}

namespace {

http::Reply sessions_of(Context& context, std::int64_t account) {
  json::array items;
  for (const auto& row : context.school.sessions().list(*context.database, account, context.seconds))
    items.push_back(json::object{{"id", row.hash},
                                 {"kind", row.kind == auth::SessionKind::token ? "token" : "cookie"},
                                 {"created_at", row.created_at},
                                 {"last_seen_at", row.last_seen_at},
                                 {"expires_at", row.expires_at},
                                 {"remote", row.remote},
                                 {"agent", row.agent},
                                 {"label", row.label},
                                 {"current", context.session && row.hash == context.session->hash}});
  return reply_of({{"items", std::move(items)}});
}

}  // namespace

http::Reply list_sessions(Context& context) { return sessions_of(context, context.who.account); }

http::Reply list_account_sessions(Context& context) {
  if (!context.school.accounts().find(*context.database, context.id())) throw registry::not_found();
  return sessions_of(context, context.id());
}

http::Reply end_account_sessions(Context& context) {
  const auto account = context.school.accounts().find(*context.database, context.id());
  if (!account) throw registry::not_found();
  check_manageable(context, account->id);
  context.school.sessions().revoke_account(*context.database, account->id);
  note_deed(context, auth::Deed::signed_out, account->id, account->login, "администратором");
  context.committed = [&school = context.school, id = account->id] { school.sessions().forget_account(id); };
  return no_content();
}

http::Reply sign_out_everywhere(Context& context) {
  context.school.sessions().revoke_account(*context.database, context.who.account);
  note_deed(context, auth::Deed::signed_out, context.who.account, context.who.login, "на всех устройствах");
  context.committed = [&school = context.school, account = context.who.account] {
    school.sessions().forget_account(account);
  };
  http::Reply reply;
  reply.status = 204;
  return reply;
}

http::Reply end_own_session(Context& context) {
  const std::string hash(context.parameter("session"));
  if (!context.school.sessions().revoke(*context.database, context.who.account, hash)) throw registry::not_found();
  note_deed(context, auth::Deed::signed_out, context.who.account, context.who.login, "на одном устройстве");
  context.committed = [&school = context.school, hash] { school.sessions().forget(hash); };
  return no_content();
}

void change_password(std::shared_ptr<Context> context, http::Send send) {
  if (!context->session) throw registry::denied("У командной строки нет пароля.");
  struct Change {
    std::shared_ptr<Context> context;
    http::Send send;
    std::string before, after;
    std::optional<auth::Credentials> credentials;
  };
  auto change = std::make_shared<Change>();
  change->context = context;
  change->send = std::move(send);
  change->before = text_member(context->body(), "old");
  change->after = text_member(context->body(), "new");
  if (auto problem = auth::password_problem(change->after, context->who.login))
    throw registry::invalid({{"new", "weak", std::move(*problem)}});
  if (change->after == change->before) throw registry::invalid({{"new", "same", "новый пароль совпадает с прежним"}});
  {
    auto session = context->school.database().read();
    change->credentials = context->school.accounts().credentials(*session, context->who.login);
  }
  const auto key = context->school.id() + "/" + auth::login_key(context->who.login);
  auto& application = context->application;
  if (const auto wait = application.throttle().admit(key, context->request.remote, context->seconds))
    return change->send(too_fast(wait));
  const auto work = [change, key] {
    auto& now = *change->context;
    try {
      const auto check = auth::check_login(change->credentials, change->before, now.seconds);
      if (check.outcome != auth::LoginOutcome::ok) {
        now.application.throttle().failed(now.request.remote, now.seconds);
        return change->send(http::to_reply({422,
                                            "invalid",
                                            "Данные не приняты",
                                            "Исправьте указанные поля и повторите.",
                                            {{"old", "wrong", "прежний пароль неверен"}},
                                            {}}));
      }
      now.application.throttle().succeeded(key);
      const auto hash = auth::hash_password(change->after);
      now.school.database().submit(
          [change, hash](storage::Session& session) {
            auto& inner = *change->context;
            inner.database = &session;
            inner.school.accounts().set_password(session, inner.who.account, hash);
            note_deed(inner, auth::Deed::password_changed, inner.who.account, inner.who.login);
            inner.school.sessions().revoke_account(session, inner.who.account, inner.session->hash);
          },
          [change](std::exception_ptr failure) {
            auto& inner = *change->context;
            if (failure) {
              inner.school.health().notice(failure);
              return change->send(inner.application.problem_reply(failure));
            }
            inner.school.sessions().forget_account(inner.who.account);
            http::Reply reply;
            reply.status = 204;
            change->send(std::move(reply));
          });
    } catch (...) {
      change->send(now.application.problem_reply(std::current_exception()));
    }
  };
  if (application.hashing().submit(work)) return;
  application.throttle().withdrawn(key);
  throw registry::problem(503, "busy", "Сервер занят", "Повторите через несколько секунд.");
}

}  // namespace eschool::api
