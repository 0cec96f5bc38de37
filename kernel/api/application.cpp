#include "kernel/api/application.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "kernel/api/accounts/security.hpp"
#include "kernel/api/accounts/session.hpp"
#include "kernel/api/upkeep/school_jobs.hpp"
#include "kernel/auth/instant.hpp"
#include "kernel/http/etag.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/school/origin.hpp"
#include "kernel/school/place.hpp"
#include "schema/loader.hpp"
#include "text/checks.hpp"

namespace eschool::api {

using http::Mode;
using http::Policy;

namespace {

constexpr std::size_t queue_limit = 4096;
constexpr int spare_workers = 8;
// Jobs of plugins may take hours; an import does not wait behind one.
constexpr int job_threads = 4;
// A plugin that keeps a writer so many times longer than it may ends the process: nothing else frees a writer.
constexpr int patience = 3;
constexpr int exit_by_hang = 70;
constexpr std::string_view school_prefix = "/s/";
constexpr const char* host_setting = "SELECT value FROM es_setting WHERE name = 'host'";

/// "School.Example.ru:8080" -> "school.example.ru".
std::string host_name(std::string_view header) {
  if (const auto port = header.rfind(':');
      port != std::string_view::npos && header.find(']', port) == std::string_view::npos)
    header = header.substr(0, port);
  std::string name(header);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

/// Cuts /s/<id> off the path and answers the id.
std::string_view cut_prefix(std::string_view& path) {
  const auto rest = path.substr(school_prefix.size());
  const auto id = rest.substr(0, rest.find('/'));
  path = id.size() == rest.size() ? "/" : rest.substr(id.size());
  return id;
}

bool is_host_name(std::string_view name) {
  return name.size() <= 253 && !name.starts_with('.') && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

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

/// Instead of the status of a reply with secrets, which is not written to the database.
constexpr std::int64_t reply_not_kept = 0;

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
  if (known.integer(1) == reply_not_kept)
    throw registry::problem(409, "reply_not_kept", "Уже выполнено",
                            "Ответ содержал пароли или коды и не хранится. Выдайте их заново.");
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
      {context.who.account, key, request, context.secret_reply ? reply_not_kept : std::int64_t{reply.status}, location,
       context.secret_reply ? std::string() : reply.body, context.now});
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
  std::vector<schema::ShippedValues> values;
  for (const auto& plugin : plugins_->plugins()) {
    if (plugin.state != plugin_host::State::running) continue;
    const auto folder = config_.schemas / plugin.id;
    if (!std::filesystem::exists(folder)) continue;
    auto loaded = schema::load_folder(folder, plugin.id, text::known_check, load_errors_);
    std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(registries));
    std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(extensions));
    std::move(loaded.relations.begin(), loaded.relations.end(), std::back_inserter(relations));
    std::move(loaded.values.begin(), loaded.values.end(), std::back_inserter(values));
  }
  catalogue_ =
      schema::Catalogue::build(std::move(registries), std::move(extensions), std::move(relations), load_errors_);
  catalogue_.take_values(std::move(values), load_errors_);
  roles_ = access::Roles::load(config_.roles, catalogue_, load_errors_);

  static_cast<void>(school::Clock(config_.time_zone));  // an unknown zone is told here, not by each school
  std::filesystem::create_directories(config_.data / "schools");
  for (const auto& entry : std::filesystem::directory_iterator(config_.data / "schools"))
    if (entry.is_directory() && is_school_id(entry.path().filename().string()))
      open_school(entry.path().filename().string(), true);
  throttle_ = std::make_unique<auth::Throttle>();
  hashing_ = std::make_unique<auth::HashingPool>();
  jobs_ = std::make_unique<jobs::Jobs>(job_threads, std::make_unique<SchoolJobs>(*this));
  add_routes(router_);
  if (std::filesystem::exists(config_.web / "index.html")) web_ = http::StaticFiles(config_.web);
  for (const auto& plugin : plugins_->plugins())
    if (const auto folder = plugins_->folder() / plugin.id / "web";
        plugin.state == plugin_host::State::running && !plugin.pages.empty() && std::filesystem::is_directory(folder))
      plugin_pages_[plugin.id] = web_.add_module(folder, "/p/" + plugin.id);
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
  caretaker_.reset();
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

void Application::open_school(const std::string& id, bool at_start) {
  auto fault = school::Fault::unavailable;
  try {
    const auto folder = config_.data / "schools" / id;
    auto opened = std::make_unique<school::School>(id, folder, school::place_of(folder, config_), catalogue_, roles_,
                                                   *plugins_, config_.time_zone);
    const auto host = opened->database().read()->text(host_setting);
    const std::unique_lock lock(schools_mutex_);
    school::note_host(folder, host);
    if (!host.empty()) hosts_.emplace(host, id);
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
    keep_closed(id, fault);
  } catch (const school::NewerDatabase& error) {
    const std::unique_lock lock(schools_mutex_);
    if (!closed_.contains(id)) fmt::print(stderr, "school {}: {}\n", id, error.what());
    keep_closed(id, school::Fault::newer);
  } catch (const std::exception& error) {
    // Garbage in a page can be read without an error and be understood by nobody.
    const std::unique_lock lock(schools_mutex_);
    if (!closed_.contains(id)) fmt::print(stderr, "school {}: не открывается: {}\n", id, error.what());
    keep_closed(id, fault);
  }
}

void Application::keep_closed(const std::string& id, school::Fault fault) {
  closed_[id] = fault;
  if (const auto host = school::noted_host(config_.data / "schools" / id); !host.empty()) hosts_.emplace(host, id);
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

school::School& Application::school_of(const http::Request& request, std::string_view& path) {
  if (path.starts_with(school_prefix)) {
    const auto id = cut_prefix(path);
    if (id.empty()) throw registry::problem(404, "no_school", "Такой школы нет", {});
    return school(id);
  }
  std::string id;
  {
    const std::shared_lock lock(schools_mutex_);
    if (!hosts_.empty())
      if (const auto known = hosts_.find(host_name(request.header("host"))); known != hosts_.end()) id = known->second;
  }
  return school(id);
}

void Application::set_host(school::School& school, const std::string& given) {
  const auto host = host_name(given);
  if (!is_host_name(host))
    throw registry::bad_request("host",
                                "Имя узла: латинские буквы, цифры, дефисы и точки, например school5.example.ru.");
  const std::unique_lock lock(schools_mutex_);
  const auto known = hosts_.find(host);
  if (!host.empty() && known != hosts_.end() && known->second != school.id())
    throw registry::problem(409, "host_taken", "Имя занято", fmt::format("Под ним отвечает школа {}.", known->second));
  school.database().write([&](storage::Session& session) {
    session.execute(
        "INSERT INTO es_setting (name, value) VALUES ('host', ?) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        {host});
  });
  std::erase_if(hosts_, [&](const auto& entry) { return entry.second == school.id(); });
  if (!host.empty()) hosts_[host] = school.id();
  school::note_host(school.folder(), host);
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
  std::unique_ptr<school::School> school;
  try {
    const auto place = school::new_place(folder, config_);
    school::note_place(folder, place);
    school = std::make_unique<school::School>(id, folder, place, catalogue_, roles_, *plugins_, config_.time_zone);
    school->database().write([&](storage::Session& session) {
      session.execute("INSERT INTO es_setting (name, value) VALUES ('name', ?)", {name});
    });
  } catch (...) {
    school.reset();
    std::filesystem::remove_all(folder);  // or the next start would try to open what was never made
    throw;
  }
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
    if (error.kind() == ErrorKind::unavailable) {
      auto reply = http::to_reply({503,
                                   "no_database",
                                   "База данных не отвечает",
                                   "Повторите через минуту и проверьте, записано ли последнее изменение.",
                                   {},
                                   {}});
      reply.headers.emplace_back("Retry-After", "10");
      return reply;
    }
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

void Application::handle(const std::shared_ptr<const http::Request>& request, const http::Send& given_send) {
  std::string_view path = request->path;
  const bool by_path = path.starts_with(school_prefix);
  // What concerns the whole process answers with any number of schools, none too, and of one that is named.
  auto rest = path;
  const auto named = by_path ? cut_prefix(rest) : std::string_view();
  if (const auto whole = router_.find(request->method, rest); whole.route && whole.route->handler.installation)
    return whole.route->handler.installation(*this, named, given_send);
  if (auto page = web_.answer(*request, rest)) {
    // A plugin's pages are there where it is switched on.
    constexpr std::string_view pages = "/p/";
    if (rest.starts_with(pages)) {
      const auto plugin = rest.substr(pages.size(), rest.find('/', pages.size()) - pages.size());
      if (!school_of(*request, path).enabled(plugin))
        throw registry::problem(404, "no_route", "Такого адреса нет", "Модуль в школе выключен.");
    }
    return given_send(std::move(*page));
  }
  auto& school = school_of(*request, path);
  // A client goes on under the address by which it came.
  const auto send =
      !by_path ? given_send
               : http::Send([given_send, prefix = std::string(school_prefix) + school.id()](http::Reply&& reply) {
                   for (auto& [name, value] : reply.headers)
                     if (name == "Location" && value.starts_with('/')) value.insert(0, prefix);
                   given_send(std::move(reply));
                 });
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
      new Context{*this, school, *request, *query},
      [request, query](Context* finished) { delete finished; });  // the context refers to both: they live as long
  found.parameters.each(
      [&](std::string_view name, std::string_view value) { context->parameters.emplace_back(name, value); });
  context->by_path = by_path;
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
  context->guarded = route.handler.guarded;
  const auto plugin = route.handler.plugin();
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
  token = bearer ? authorization.substr(7) : context.request.cookie(context.cookie_name());
  if (!token.empty()) context.session = school.sessions().find(token, context.seconds);
  if (!context.session || (context.session->kind == auth::SessionKind::token) != bearer)
    throw registry::problem(401, "unauthenticated", "Нужно войти", "Сеанс окончен или не начат.");
  context.who = school.principal(context.session->account, context.today);
  if (context.who.ended) throw account_ended();
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
  if (lacks_second_factor(context) && !path.starts_with("/api/v1/session"))
    throw registry::problem(403, "second_factor_missing", "Сначала включите второй фактор",
                            "Ваша роль требует его: приложение с кодами на телефоне подключают на странице «Сеансы».");
  if (route.policy == Policy::capability) context.require(route.capability);
}

http::Reply Application::read(Context& context, Handler handler) {
  try {
    auto& database = context.school.database();
    auto session = context.guarded ? registry::read_as(database, context.who, context.today) : database.read();
    context.database = &*session;
    auto reply = handler(context);
    context.database = nullptr;
    return reply;
  } catch (const storage::Error&) {
    context.database = nullptr;
    context.school.health().notice(std::current_exception());
    throw;
  }
}

void Application::run_read(const std::shared_ptr<Context>& context, Handler handler, const http::Send& send) {
  if (!context->plugin_route) {
    return send(read(*context, handler));
  }
  const auto ticket = watch_->begin(
      send, [] { return too_late(true); }, jobs::WorkerPool::current());
  http::Reply reply;
  try {
    reply = read(*context, handler);
  } catch (...) {
    reply = problem_reply(std::current_exception());
  }
  watch_->finish(ticket, std::move(reply));
}

void Application::run_write(const std::shared_ptr<Context>& context, Handler handler, const http::Send& send) {
  if (context->request.body.size() && context->request.header("content-type").starts_with("application/json"))
    context->body();  // parsed here, not on the writer; what else there is the handler takes or refuses
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
    const auto standing = context->school.writer().standing_changes();
    *reply = handler(*context);
    context->standing_changed = context->school.writer().standing_changes() != standing;
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
          if (failure) {
            context->school.health().notice(failure);
            return watch_->finish(ticket, problem_reply(failure));
          }
          if (context->committed) context->committed();
          if (context->standing_changed) context->school.forget_principals();
          watch_->finish(ticket, std::move(*reply));
        });
  } catch (...) {
    watch_->finish(ticket, problem_reply(std::current_exception()));
  }
}

}  // namespace eschool::api
