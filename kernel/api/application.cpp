#include "kernel/api/application.hpp"

#include <fmt/format.h>

#include <fstream>

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
constexpr std::string_view school_prefix = "/s/";

bool unsafe(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

bool is_school_id(std::string_view id) {
  return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Application::Application(config::Config config) : config_(std::move(config)) {
  plugins_ = std::make_unique<plugin_host::PluginHost>(config_.plugins);
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

  static_cast<void>(school::Clock(config_.time_zone));  // an unknown zone is told here, not by each school
  std::filesystem::create_directories(config_.data / "schools");
  for (const auto& entry : std::filesystem::directory_iterator(config_.data / "schools"))
    if (entry.is_directory() && is_school_id(entry.path().filename().string()))
      open_school(entry.path().filename().string(), true);
  throttle_ = std::make_unique<auth::Throttle>();
  hashing_ = std::make_unique<auth::HashingPool>();
  jobs_ = std::make_unique<jobs::Jobs>();
  add_routes(router_);
  plugin_routes_ = plugins_->routes();
  add_plugin_routes(router_, plugin_routes_);
  plugin_jobs_ = plugins_->jobs();
  add_plugin_jobs(router_, plugin_jobs_);
  workers_ = std::make_unique<jobs::WorkerPool>(config_.workers, queue_limit);
}

Application::~Application() {
  // In the order of who calls whom: nothing may run when the schools close.
  caretaker_.reset();
  workers_.reset();
  jobs_.reset();
  hashing_.reset();
  schools_.clear();
}

void Application::open_school(const std::string& id, bool at_start) {
  auto fault = school::Fault::unavailable;
  try {
    auto opened = std::make_unique<school::School>(id, config_.data / "schools" / id, catalogue_, roles_, *plugins_,
                                                   config_.time_zone);
    const std::unique_lock lock(schools_mutex_);
    if (closed_.erase(id)) fmt::print(stderr, "school {}: открыта\n", id);
    schools_[id] = std::move(opened);
    return;
  } catch (const storage::Error& error) {
    // Another process works with it: that is no fault of this school, and this program must not go on.
    if (error.kind() == storage::ErrorKind::busy && at_start) throw;
    if (const auto known = school::fault_of(error); known != school::Fault::none) fault = known;
    const std::unique_lock lock(schools_mutex_);
    const auto before = closed_.find(id);
    if (before == closed_.end() || before->second != fault)
      fmt::print(stderr, "school {}: {} ({})\n", id, school::text_of(fault, id).title, error.what());
    closed_[id] = fault;
  } catch (const std::exception& error) {
    // Garbage in a page can be read without an error and be understood by nobody.
    const std::unique_lock lock(schools_mutex_);
    if (!closed_.contains(id)) fmt::print(stderr, "school {}: не открывается: {}\n", id, error.what());
    closed_[id] = fault;
  }
}

std::map<std::string, school::Fault> Application::closed_schools() const {
  const std::shared_lock lock(schools_mutex_);
  return {closed_.begin(), closed_.end()};
}

void Application::open_closed_schools() {
  for (const auto& [id, fault] : closed_schools()) open_school(id, false);
}

void Application::start_caretaker() { caretaker_ = std::make_unique<Caretaker>(*this); }

school::School& Application::school(std::string_view id) {
  const std::shared_lock lock(schools_mutex_);
  const auto refuse = [](std::string_view closed, school::Fault fault) {
    auto words = school::text_of(fault, std::string(closed));
    return registry::problem(503, words.code, words.title, words.advice);
  };
  if (const auto closed = closed_.find(id); closed != closed_.end()) throw refuse(closed->first, closed->second);
  if (id.empty()) {
    if (schools_.size() + closed_.size() == 1) {
      if (schools_.empty()) throw refuse(closed_.begin()->first, closed_.begin()->second);
      return *schools_.begin()->second;
    }
    throw registry::problem(
        404, "no_school", schools_.empty() && closed_.empty() ? "Школа ещё не создана" : "Не указана школа",
        schools_.empty() && closed_.empty() ? "Создайте её: eschool school create --id ИМЯ --name НАЗВАНИЕ."
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
    if (error.kind() == ErrorKind::read_only)
      return http::to_reply({503,
                             "read_only",
                             "Папка данных сервера доступна только для чтения",
                             "Ничего не записано. Сообщите системному администратору.",
                             {},
                             {}});
    if (error.kind() == ErrorKind::corrupt)
      return http::to_reply({503,
                             "damaged",
                             "База данных школы повреждена",
                             "Работа школы остановлена. Сообщите системному администратору: нужна последняя копия.",
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
  if (route.handler.installation) return route.handler.installation(*this, school_id, send);
  auto query = std::make_shared<const http::Query>(request->query);
  auto context = std::shared_ptr<Context>(
      new Context{*this, school(school_id), *request, *query},
      [request, query](Context* finished) { delete finished; });  // the context refers to both: they live as long
  found.parameters.each(
      [&](std::string_view name, std::string_view value) { context->parameters.emplace_back(name, value); });
  if (context->school.health().fault() == school::Fault::damaged) {
    const auto words = school::text_of(school::Fault::damaged, context->school.id());
    throw registry::problem(503, words.code, words.title, words.advice);
  }
  const auto moment = context->school.clock().moment();
  context->today = moment.today;
  context->now = moment.now;
  context->seconds = moment.seconds;
  if (route.policy != Policy::open || request->control) authenticate(*context);
  check_policy(*context, route);

  context->plugin_route = route.handler.plugin_route;
  context->plugin_job = route.handler.plugin_job;
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
  http::Reply reply;
  try {
    auto session = context->school.database().read();
    context->database = &*session;
    reply = handler(*context);
    context->database = nullptr;
  } catch (const storage::Error&) {
    context->school.health().notice(std::current_exception());
    throw;
  }
  send(std::move(reply));
}

void Application::run_write(const std::shared_ptr<Context>& context, Handler handler, const http::Send& send) {
  if (context->request.body.size() && !context->request.header("content-type").empty())
    context->body();  // parsed here, not on the writer
  auto reply = std::make_shared<http::Reply>();
  const std::string key(context->request.header("idempotency-key"));
  if (key.size() > 200) throw registry::bad_request("idempotency_key", "Idempotency-Key длиннее 200 знаков.");
  context->school.database().submit(
      [context, handler, reply, key](storage::Session& session) {
        context->database = &session;
        // The same key with another body is another request.
        const auto request = fmt::format("{} {} {}", context->request.method, context->request.path,
                                         http::content_hash(context->request.body));
        if (!key.empty()) {
          auto known = session.prepare(
              "SELECT request, status, location, body FROM es_given_reply WHERE account = ? AND idempotency_key = ?");
          known.bind(1, context->who.account);
          known.bind(2, std::string_view(key));
          if (known.step()) {
            if (known.text(0) != request)
              throw registry::problem(422, "idempotency_key", "Ключ уже использован для другого запроса", {});
            reply->status = static_cast<int>(known.integer(1));
            if (!known.text(2).empty()) reply->headers.emplace_back("Location", known.text(2));
            reply->body = known.text(3);
            context->committed = nullptr;
            return;
          }
        }
        *reply = handler(*context);
        if (!key.empty()) {
          std::string location;
          for (const auto& [name, value] : reply->headers)
            if (name == "Location") location = value;
          session.execute("DELETE FROM es_given_reply WHERE created_at < ?",
                          {auth::instant(context->seconds - 24 * 3600)});
          session.execute(
              "INSERT INTO es_given_reply (account, idempotency_key, request, status, location, body, created_at)"
              " VALUES (?, ?, ?, ?, ?, ?, ?)",
              {context->who.account, key, request, std::int64_t{reply->status}, location, reply->body, context->now});
        }
      },
      [this, context, reply, send](std::exception_ptr failure) {
        if (failure) {
          context->school.health().notice(failure);
          return send(problem_reply(failure));
        }
        if (context->committed) context->committed();
        send(std::move(*reply));
      });
}

}  // namespace eschool::api
