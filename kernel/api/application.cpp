#include "kernel/api/application.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "kernel/api/session.hpp"
#include "kernel/auth/instant.hpp"
#include "kernel/http/etag.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/registry/problems.hpp"
#include "schema/loader.hpp"
#include "text/checks.hpp"

namespace eschool::api {

using http::Mode;
using http::Policy;

namespace {

constexpr std::size_t queue_limit = 4096;
constexpr int spare_workers = 8;
// A plugin that keeps a writer so many times longer than it may ends the process: nothing else frees a writer.
constexpr int patience = 3;
constexpr int exit_by_hang = 70;
constexpr std::string_view school_prefix = "/s/";

/// Thrown inside a write body whose request the watch has answered: what it wrote is undone.
struct GivenUp : std::exception {
  const char* what() const noexcept override { return "the request was given up before its write was done"; }
};

http::Reply too_late(bool of_plugin) {
  auto reply =
      of_plugin ? http::to_reply({503,
                                  "plugin_timeout",
                                  "Модуль не ответил вовремя",
                                  "Ничего не изменено. Повторите позже или сообщите администратору.",
                                  {},
                                  {}})
                : http::to_reply(
                      {503, "busy", "Сервер занят", "Ничего не изменено. Повторите через несколько секунд.", {}, {}});
  reply.headers.emplace_back("Retry-After", "10");
  return reply;
}

bool unsafe(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

bool is_school_id(std::string_view id) {
  return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// The reply that was given to the same request before, if it was. The same key with another request is 422.
bool recall_reply(storage::Session& session, const Context& context, const std::string& key, const std::string& request,
                  http::Reply& reply) {
  auto known = session.prepare(
      "SELECT request, status, location, body FROM es_given_reply WHERE account = ? AND idempotency_key = ?");
  known.bind(1, context.who.account);
  known.bind(2, std::string_view(key));
  if (!known.step()) return false;
  if (known.text(0) != request)
    throw registry::problem(422, "idempotency_key", "Ключ уже использован для другого запроса", {});
  reply.status = static_cast<int>(known.integer(1));
  if (!known.text(2).empty()) reply.headers.emplace_back("Location", known.text(2));
  reply.body = known.text(3);
  return true;
}

void remember_reply(storage::Session& session, const Context& context, const std::string& key,
                    const std::string& request, const http::Reply& reply) {
  std::string location;
  for (const auto& [name, value] : reply.headers)
    if (name == "Location") location = value;
  session.execute("DELETE FROM es_given_reply WHERE created_at < ?", {auth::instant(context.seconds - 24 * 3600)});
  session.execute(
      "INSERT INTO es_given_reply (account, idempotency_key, request, status, location, body, created_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {context.who.account, key, request, std::int64_t{reply.status}, location, reply.body, context.now});
}

}  // namespace

Application::Application(config::Config config) : config_(std::move(config)) {
  std::filesystem::create_directories(config_.data);
  plugins_ = std::make_unique<plugin_host::PluginHost>(
      config_.plugins, plugin_host::PluginHost::Log{},
      plugin_host::HostOptions{config_.data, std::chrono::seconds(config_.call_limit)});
  plugins_->load_all();

  // A registry belongs to a plugin: schemas of plugins that did not load are not served.
  std::vector<schema::Registry> registries;
  std::vector<schema::Extension> extensions;
  std::vector<schema::Relation> relations;
  for (const auto& plugin : plugins_->plugins()) {
    if (plugin.state != plugin_host::State::running) continue;
    const auto folder = config_.schemas / plugin.id;
    if (!std::filesystem::exists(folder)) continue;
    auto loaded = schema::load_folder(folder, plugin.id, text::known_check, load_errors_);
    std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(registries));
    std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(extensions));
    std::move(loaded.relations.begin(), loaded.relations.end(), std::back_inserter(relations));
  }
  catalogue_ =
      schema::Catalogue::build(std::move(registries), std::move(extensions), std::move(relations), load_errors_);
  roles_ = access::Roles::load(config_.roles, catalogue_, load_errors_);

  std::filesystem::create_directories(config_.data / "schools");
  for (const auto& entry : std::filesystem::directory_iterator(config_.data / "schools"))
    if (entry.is_directory() && is_school_id(entry.path().filename().string())) {
      const auto id = entry.path().filename().string();
      schools_[id] =
          std::make_unique<school::School>(id, entry.path(), catalogue_, roles_, *plugins_, config_.time_zone);
    }
  throttle_ = std::make_unique<auth::Throttle>();
  hashing_ = std::make_unique<auth::HashingPool>();
  jobs_ = std::make_unique<jobs::Jobs>();
  add_routes(router_);
  plugin_routes_ = plugins_->routes();
  add_plugin_routes(router_, plugin_routes_);
  plugin_jobs_ = plugins_->jobs();
  add_plugin_jobs(router_, plugin_jobs_);
  workers_ = std::make_unique<jobs::WorkerPool>(config_.workers, queue_limit, spare_workers);
  watch_ = std::make_unique<RequestWatch>(
      plugins_->call_limit(), RequestWatch::Actions{[this](const std::shared_ptr<jobs::WorkerPool::Worker>& worker) {
                                                      plugins_->note_hangs();
                                                      if (worker) workers_->abandon(worker);
                                                    },
                                                    [this] { return look_for_stuck_writer(); }});
}

Application::~Application() {
  // In the order of who calls whom: nothing may run when the schools close. The watch goes last: it alone ends a wait
  // for a writer that a plugin keeps.
  workers_.reset();
  jobs_.reset();
  hashing_.reset();
  schools_.clear();
  watch_.reset();
}

bool Application::wait_for_workers() const {
  const auto until = std::chrono::steady_clock::now() + plugins_->call_limit() + std::chrono::seconds(1);
  while (workers_->figures().busy > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return workers_->figures().lost == 0;
}

bool Application::look_for_stuck_writer() {
  plugins_->note_hangs();
  const auto stay = plugins_->stuck_writer();
  if (!stay || stay->length < patience * plugins_->call_limit()) return !plugins_->somebody_stays();
  const auto plugin = plugins_->mark_stuck(*stay);
  fmt::print(stderr, "plugin {} has kept the writer for {} ms: the server ends itself to be started again\n", plugin,
             stay->length.count());
  std::fflush(nullptr);
  std::_Exit(exit_by_hang);
}

school::School& Application::school(std::string_view id) {
  const std::shared_lock lock(schools_mutex_);
  if (id.empty()) {
    if (schools_.size() == 1) return *schools_.begin()->second;
    throw registry::problem(404, "no_school", schools_.empty() ? "Школа ещё не создана" : "Не указана школа",
                            schools_.empty() ? "Создайте её: eschool school create --id ИМЯ --name НАЗВАНИЕ."
                                             : "Школ несколько: укажите одну — адресом /s/ИМЯ/ или ключом --school.");
  }
  const auto found = schools_.find(id);
  if (found == schools_.end()) throw registry::problem(404, "no_school", "Такой школы нет", {});
  return *found->second;
}

std::vector<std::string> Application::school_ids() const {
  const std::shared_lock lock(schools_mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, school] : schools_) ids.push_back(id);
  return ids;
}

void Application::create_school(const std::string& id, const std::string& name) {
  if (!is_school_id(id))
    throw registry::bad_request("school_id", "Имя школы: строчные латинские буквы, цифры и дефис, до 32 знаков.");
  const auto folder = config_.data / "schools" / id;
  if (std::filesystem::exists(folder)) throw registry::problem(409, "exists", "Такая школа уже есть", {});
  std::filesystem::create_directories(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  auto school = std::make_unique<school::School>(id, folder, catalogue_, roles_, *plugins_, config_.time_zone);
  school->database().write([&](storage::Session& session) {
    session.execute("INSERT INTO es_setting (name, value) VALUES ('name', ?)", {name});
  });
  const std::unique_lock lock(schools_mutex_);
  schools_[id] = std::move(school);
}

void Application::dispatch(std::shared_ptr<const http::Request> request, http::Send send) {
  figures_.requests.fetch_add(1, std::memory_order_relaxed);
  const bool queued = workers_->submit([this, request, send] {
    try {
      handle(request, send);
    } catch (...) {
      send(problem_reply(std::current_exception()));
    }
  });
  if (queued) return;
  figures_.busy.fetch_add(1, std::memory_order_relaxed);
  auto reply = http::to_reply({503, "busy", "Сервер занят", "Повторите через несколько секунд.", {}, {}});
  reply.headers.emplace_back("Retry-After", "2");
  send(std::move(reply));
}

http::Reply Application::problem_reply(std::exception_ptr failure) {
  figures_.problems.fetch_add(1, std::memory_order_relaxed);
  try {
    std::rethrow_exception(failure);
  } catch (const http::ProblemError& error) {
    return http::to_reply(error.problem);
  } catch (const storage::Error& error) {
    using storage::ErrorKind;
    if (error.kind() == ErrorKind::busy) {
      auto reply = http::to_reply({503, "busy", "Сервер занят", "Повторите через несколько секунд.", {}, {}});
      reply.headers.emplace_back("Retry-After", "2");
      return reply;
    }
    fmt::print(stderr, "database: {}\n", error.what());
    if (error.kind() == ErrorKind::full)
      return http::to_reply({507,
                             "disk_full",
                             "На диске сервера кончилось место",
                             "Ничего не записано. Сообщите системному администратору.",
                             {},
                             {}});
    if (error.kind() == ErrorKind::constraint_unique)
      return http::to_reply({409, "not_unique", "Такая запись уже есть", "Обновите список и проверьте.", {}, {}});
  } catch (const std::exception& error) {
    fmt::print(stderr, "request failed: {}\n", error.what());
  } catch (...) {
    fmt::print(stderr, "request failed: an exception of unknown type\n");
  }
  return http::to_reply(
      {500, "internal", "Внутренняя ошибка", "Ничего не изменено; подробности в журнале сервера.", {}, {}});
}

void Application::handle(const std::shared_ptr<const http::Request>& request, const http::Send& send) {
  std::string_view path = request->path, school_id;
  if (path.starts_with(school_prefix)) {
    const auto rest = path.substr(school_prefix.size());
    school_id = rest.substr(0, rest.find('/'));
    path = school_id.size() == rest.size() ? "/" : rest.substr(school_id.size());
  }
  const auto found = router_.find(request->method, path);
  if (!found.route) {
    if (found.allow.empty()) throw registry::problem(404, "no_route", "Такого адреса нет", {});
    auto reply = http::to_reply({405, "method", "Этот метод здесь не подходит", "Можно: " + found.allow, {}, {}});
    reply.headers.emplace_back("Allow", found.allow);
    return send(std::move(reply));
  }
  const auto& route = *found.route;
  auto query = std::make_shared<const http::Query>(request->query);
  auto context = std::shared_ptr<Context>(
      new Context{*this, school(school_id), *request, *query},
      [request, query](Context* finished) { delete finished; });  // the context refers to both: they live as long
  found.parameters.each(
      [&](std::string_view name, std::string_view value) { context->parameters.emplace_back(name, value); });
  const auto moment = context->school.clock().moment();
  context->today = moment.today;
  context->now = moment.now;
  context->seconds = moment.seconds;
  if (route.policy != Policy::open || request->control) authenticate(*context);
  check_policy(*context, route);

  context->plugin_route = route.handler.plugin_route;
  context->plugin_job = route.handler.plugin_job;
  const auto plugin = context->plugin_route ? std::string_view(context->plugin_route->plugin)
                      : context->plugin_job ? std::string_view(context->plugin_job->plugin)
                                            : std::string_view();
  if (!plugin.empty() && context->school.enabled(plugin))
    if (const auto why = plugins_->suspension(plugin); !why.empty())
      throw registry::problem(503, "plugin_suspended", "Модуль приостановлен", "Сообщите администратору школы.");
  if (route.mode == Mode::read)
    run_read(context, route.handler.handler, send);
  else if (route.mode == Mode::write)
    run_write(context, route.handler.handler, send);
  else
    route.handler.detached(context, send);
}

void Application::authenticate(Context& context) {
  auto& school = context.school;
  if (context.request.control) {
    context.who = school::School::system();
    return;
  }
  std::string_view token;
  const auto authorization = context.request.header("authorization");
  const bool bearer = authorization.starts_with("Bearer ");
  token = bearer ? authorization.substr(7) : context.request.cookie(cookie_name(context.request.secure));
  if (!token.empty()) context.session = school.sessions().find(token, context.seconds);
  if (!context.session || (context.session->kind == auth::SessionKind::token) != bearer)
    throw registry::problem(401, "unauthenticated", "Нужно войти", "Сеанс окончен или не начат.");
  context.who = school.principal(context.session->account, context.today);
  context.who.remote = context.request.remote;
  if (bearer || !unsafe(context.request.method)) return;
  // A cookie travels with forged requests too: an unsafe one must prove that it comes from our own page.
  const auto given = context.request.header("x-csrf-token");
  const bool same_origin = context.request.header("sec-fetch-site") == "same-origin";
  if (!same_origin && !auth::equal_secrets(given, context.session->csrf))
    throw registry::problem(403, "csrf", "Запрос не подтверждён", "Обновите страницу и повторите.");
}

void Application::check_policy(const Context& context, const http::Router<Endpoint>::Route& route) const {
  if (route.policy == Policy::open) return;
  const auto path = std::string_view(route.pattern);
  if (context.session && context.session->must_change_password && !path.starts_with("/api/v1/session"))
    throw registry::problem(403, "password_change_required", "Сначала смените пароль",
                            "Одноразовый пароль годится только для первого входа.");
  if (route.policy == Policy::capability) context.require(route.capability);
}

void Application::run_read(const std::shared_ptr<Context>& context, Handler handler, const http::Send& send) {
  if (!context->plugin_route) {
    auto session = context->school.database().read();
    context->database = &*session;
    auto reply = handler(*context);
    context->database = nullptr;
    return send(std::move(reply));
  }
  const auto ticket = watch_->begin(
      send, [] { return too_late(true); }, jobs::WorkerPool::current());
  http::Reply reply;
  try {
    auto session = context->school.database().read();
    context->database = &*session;
    reply = handler(*context);
  } catch (...) {
    reply = problem_reply(std::current_exception());
  }
  context->database = nullptr;
  watch_->finish(ticket, std::move(reply));
}

void Application::run_write(const std::shared_ptr<Context>& context, Handler handler, const http::Send& send) {
  if (context->request.body.size() && !context->request.header("content-type").empty())
    context->body();  // parsed here, not on the writer
  auto reply = std::make_shared<http::Reply>();
  const std::string key(context->request.header("idempotency-key"));
  if (key.size() > 200) throw registry::bad_request("idempotency_key", "Idempotency-Key длиннее 200 знаков.");
  const auto ticket =
      watch_->begin(send, [of_plugin = context->plugin_route != nullptr] { return too_late(of_plugin); });
  const auto body = [context, handler, reply, key](storage::Session& session) {
    context->database = &session;
    // The same key with another body is another request.
    const auto request = fmt::format("{} {} {}", context->request.method, context->request.path,
                                     http::content_hash(context->request.body));
    if (!key.empty() && recall_reply(session, *context, key, request, *reply)) return;
    *reply = handler(*context);
    if (!key.empty()) remember_reply(session, *context, key, request, *reply);
  };
  try {
    context->school.database().submit(
        [body, ticket](storage::Session& session) {
          if (ticket->given_up()) throw GivenUp{};
          body(session);
          if (!ticket->settle()) throw GivenUp{};
        },
        [this, context, reply, ticket](std::exception_ptr failure) {
          if (failure) return watch_->finish(ticket, problem_reply(failure));
          if (context->committed) context->committed();
          watch_->finish(ticket, std::move(*reply));
        });
  } catch (...) {
    watch_->finish(ticket, problem_reply(std::current_exception()));
  }
}

}  // namespace eschool::api
