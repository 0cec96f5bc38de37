#include "kernel/cli/commands.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "kernel/api/accounts/accounts.hpp"
#include "kernel/api/accounts/role_year.hpp"
#include "kernel/api/imports/import_journal.hpp"
#include "kernel/api/imports/imports.hpp"
#include "kernel/api/upkeep/system.hpp"
#include "kernel/audit/history.hpp"
#include "kernel/auth/passwords.hpp"
#include "kernel/cli/upkeep.hpp"
#include "kernel/registry/import/export.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/migration.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/school/spine.hpp"
#include "text/class_name.hpp"
#include "text/fold.hpp"
#include "text/names.hpp"

namespace eschool::cli {

namespace json = boost::json;

namespace {

/// One command at work: its arguments and the school it is about.
struct Command {
  api::Application& application;
  const json::object& arguments;
  std::string_view payload;

  std::string text(std::string_view name, std::string otherwise = {}) const {
    const auto* value = arguments.if_contains(json::string_view(name.data(), name.size()));
    return value && value->is_string() ? std::string(value->get_string()) : std::move(otherwise);
  }
  std::vector<std::string> texts(std::string_view name) const {
    const auto* value = arguments.if_contains(json::string_view(name.data(), name.size()));
    return value ? json::value_to<std::vector<std::string>>(*value) : std::vector<std::string>();
  }
  bool flag(std::string_view name) const {
    const auto* value = arguments.if_contains(json::string_view(name.data(), name.size()));
    return value && value->is_bool() && value->get_bool();
  }
  school::School& school() const { return application.school(text("school")); }
};

registry::Asker asker_of(school::School& school, const access::Principal& who) {
  const auto moment = school.clock().moment();
  return {who, moment.today, moment.now};
}

CommandResult school_create(const Command& command) {
  command.application.create_school(command.text("id"), command.text("name"));
  return {{{"id", command.text("id")}}, fmt::format("Школа создана: {}.", command.text("id")), {}};
}

CommandResult school_host(const Command& command) {
  auto& school = command.school();
  const auto host = command.text("host");
  command.application.set_host(school, host);
  return {{{"id", school.id()}, {"host", host}},
          host.empty() ? fmt::format("Школа {} больше не отвечает под своим именем узла.", school.id())
                       : fmt::format("Школа {} отвечает под именем {}.", school.id(), host),
          {}};
}

CommandResult school_list(const Command& command) {
  json::array items;
  std::string text;
  for (const auto& id : command.application.school_ids()) {
    auto session = command.application.school(id).database().read();
    const auto setting = [&](const char* of) {
      return session->text("SELECT value FROM es_setting WHERE name = ?", {std::string(of)});
    };
    const auto name = setting("name"), host = setting("host");
    items.push_back(json::object{{"id", id}, {"name", name}, {"host", host}});
    text += fmt::format("{}{}  {}{}{}", text.empty() ? "" : "\n", id, name, host.empty() ? "" : "  ", host);
  }
  for (const auto& [id, fault] : command.application.closed_schools()) {
    const auto words = school::text_of(fault, id);
    items.push_back(json::object{{"id", id}, {"code", words.code}});
    text += fmt::format("{}{}  {}", text.empty() ? "" : "\n", id, words.title);
  }
  return {
      {{"items", std::move(items)}}, text.empty() ? "Школ ещё нет: eschool school create --name НАЗВАНИЕ" : text, {}};
}

/// A person by the number of the record or by the full name, which must be one person's.
std::int64_t find_person(school::School& school, storage::Session& session, const std::string& wanted) {
  if (wanted.empty()) return 0;
  const auto* registry = school.catalogue().find(school::spine::person);
  if (!registry) throw registry::bad_request("person", "Реестра персон нет.");
  if (wanted.find_first_not_of("0123456789") == std::string::npos) {
    const auto id = std::stoll(wanted);
    const auto who = school::School::system();
    if (school.query().readable(session, asker_of(school, who), *registry, id)) return id;
    throw registry::not_found();
  }
  const auto name = text::split_full_name(wanted);
  if (!name) throw registry::bad_request("person", "Нужны номер записи или фамилия, имя и отчество.");
  auto rows =
      session.prepare(fmt::format("SELECT id FROM \"{}\" WHERE archived = 0 AND surname_key = ? AND given_name_key = ?"
                                  " AND COALESCE(patronymic_key, '') = ?",
                                  registry->table()));
  rows.bind(1, text::fold(name->surname));
  rows.bind(2, text::fold(name->given_name));
  rows.bind(3, text::fold(name->patronymic));
  if (!rows.step()) throw registry::problem(404, "no_person", "Такой персоны нет", wanted);
  const auto id = rows.integer(0);
  if (rows.step()) throw registry::problem(409, "ambiguous", "Таких персон несколько", "Укажите номер записи.");
  return id;
}

std::int64_t find_class(school::School& school, storage::Session& session, const std::string& wanted) {
  const auto* registry = school.catalogue().find(school::spine::group);
  const auto name = text::normalise_class(wanted);
  const auto id =
      registry && name
          ? session.integer(
                fmt::format("SELECT id FROM \"{}\" WHERE archived = 0 AND name_key = ? ORDER BY id DESC LIMIT 1",
                            registry->table()),
                {text::fold(name->name)})
          : 0;
  if (!id) throw registry::problem(404, "no_class", "Такого класса нет", wanted);
  return id;
}

/// What auth refuses, in the words of the API.
template <class Function>
void write(school::School& school, Function body) {
  try {
    school.database().write(body);
  } catch (const auth::Refused& refused) {
    if (refused.code() == "not_found") throw registry::not_found();
    throw registry::invalid({{refused.field(), refused.code(), refused.what()}});
  }
}

CommandResult user_create(const Command& command) {
  auto& school = command.school();
  const auto moment = school.clock().moment();
  auth::NewAccount wanted;
  wanted.login = command.text("login");
  if (!school.roles().find(command.text("role")))
    throw registry::invalid({{"role", "unknown_role", fmt::format("роли «{}» нет", command.text("role"))}});
  if (const auto password = command.text("password"); command.arguments.contains("password")) {
    if (auto problem = auth::password_problem(password, wanted.login))
      throw registry::invalid({{"password", "weak", std::move(*problem)}});
    wanted.password_hash = auth::hash_password(password);
  }
  auth::RoleGrant grant;
  grant.role = command.text("role");
  grant.valid_from = moment.today;
  grant.valid_to = command.text("until");
  grant.order_no = command.text("order");
  auth::Created created;
  write(school, [&](storage::Session& session) {
    wanted.person = find_person(school, session, command.text("person"));
    created = school.accounts().create(session, wanted, moment.seconds);
    grant.account = created.id;
    api::limit_to_year(school, session, grant);
    if (const auto name = command.text("class"); !name.empty()) grant.scope = find_class(school, session, name);
    school.accounts().grant(session, grant, moment.seconds);
  });
  school.forget_principals();
  json::object result{{"id", created.id}, {"login", wanted.login}, {"role", grant.role}};
  auto text = fmt::format("Учётная запись создана: {}.", wanted.login);
  if (!created.one_time_code.empty()) {
    result["one_time_password"] = created.one_time_code;
    text += fmt::format("\nОдноразовый пароль (показан один раз, действует 14 дней): {}", created.one_time_code);
  }
  return {std::move(result), std::move(text), {}};
}

CommandResult user_reset(const Command& command) {
  auto& school = command.school();
  const auto moment = school.clock().moment();
  std::string code;
  std::int64_t account = 0;
  write(school, [&](storage::Session& session) {
    const auto found = school.accounts().find(session, command.text("login"));
    if (!found) throw registry::not_found();
    account = found->id;
    code = school.accounts().reset(session, account, moment.seconds);
  });
  school.sessions().forget_account(account);
  return {{{"login", command.text("login")}, {"one_time_password", code}},
          fmt::format("Новый одноразовый пароль (показан один раз, действует 14 дней): {}", code),
          {}};
}

CommandResult user_list(const Command& command) {
  auto& school = command.school();
  const auto today = school.clock().moment().today;
  auto session = school.database().read();
  json::array items;
  std::string text;
  std::string after;
  for (;;) {
    const auto page = school.accounts().list(*session, 500, after);
    for (const auto& account : page) {
      json::array roles;
      std::string role_text;
      for (const auto& grant : school.accounts().grants(*session, account.id, today)) {
        roles.push_back(json::value(grant.role));
        role_text += (role_text.empty() ? "" : ", ") + grant.role;
      }
      items.push_back(json::object{
          {"id", account.id}, {"login", account.login}, {"enabled", account.enabled}, {"roles", std::move(roles)}});
      text += fmt::format("{}{:<24} {}{}", text.empty() ? "" : "\n", account.login, role_text,
                          account.enabled ? "" : "  (отключена)");
    }
    if (page.size() < 500) break;
    after = page.back().login;
  }
  return {{{"items", std::move(items)}}, text.empty() ? "Учётных записей ещё нет." : text, {}};
}

CommandResult plugin_list(const Command& command) {
  // Without a school the plugins are still worth seeing: their state does not depend on one.
  const auto ids = command.application.school_ids();
  std::shared_ptr<const school::School::PluginSet> enabled;
  if (!ids.empty() && (ids.size() == 1 || !command.text("school").empty()))
    enabled = command.school().enabled_plugins();
  json::array items;
  std::string text;
  for (const auto& plugin : command.application.plugins().plugins()) {
    const bool on = enabled && enabled->contains(plugin.id);
    items.push_back(api::plugin_item(command.application, plugin, on));
    const auto held = command.application.plugins().suspension(plugin.id);
    text += fmt::format("{}{:<16} {:<8} {}{}", text.empty() ? "" : "\n", plugin.id, plugin.version,
                        plugin.state != plugin_host::State::running ? "не работает: " + plugin.reason
                        : !held.empty()                             ? "не работает: " + held
                        : on                                        ? "включён"
                                                                    : "выключен",
                        plugin.required ? " (обязательный)" : "");
    for (const auto& fault : command.application.plugins().faults(plugin.id))
      text += fmt::format("\n  сбой, раз {}, последний {}: {}", fault.count, fault.last_at, fault.message);
  }
  for (const auto& error : command.application.load_errors()) text += "\n" + error.text();
  return {{{"items", std::move(items)}}, text.empty() ? "Модулей нет." : text, {}};
}

CommandResult plugin_set(const Command& command) {
  auto& school = command.school();
  const auto id = command.text("id");
  const bool enabled = command.flag("enabled");
  const auto now = school.clock().moment().now;
  school.database().write([&](storage::Session& session) { school.store_enabled(session, id, enabled, now); });
  school.publish_enabled();
  return {{{"id", id}, {"enabled", enabled}}, fmt::format("Модуль {} {}.", id, enabled ? "включён" : "выключен"), {}};
}

CommandResult plugin_release(const Command& command) {
  const auto id = command.text("id");
  auto released = api::release_plugin(command.application, id);
  return {{{"id", id}, {"released", true}, {"restart_needed", released.restart_needed}}, std::move(released.text), {}};
}

CommandResult import_file(const Command& command) {
  auto& school = command.school();
  const auto& registry = school.registry(command.text("registry"));
  importing::ImportOptions options;
  options.dry_run = command.flag("dry_run");
  options.accept_valid = command.flag("accept_valid");
  options.sheet = command.text("sheet");
  options.mode = importing::import_mode(command.text("mode")).value_or(importing::ImportMode::merge);
  options.within = command.text("within");
  if (const auto count = command.text("to_archive"); !count.empty()) options.to_archive = std::stoi(count);
  for (const auto& text : command.texts("set")) {
    const auto sign = text.find('=');
    if (sign == std::string::npos)
      throw registry::bad_request("set", "--set: нужно ПОЛЕ=ТЕКСТ, например \"plan=Алгебра, 8 класс\".");
    options.standing.push_back({text.substr(0, sign), 0, text.substr(sign + 1)});
  }
  const auto result =
      api::run_import(school, school::School::system(), registry, command.payload, command.text("file"), options);
  auto document = json::parse(result.to_json()).as_object();
  // The exit code tells a script whether the file went in (in a dry run: whether it would).
  const bool accepted = !result.blocked() || (options.accept_valid && !options.dry_run);
  document["ok"] = accepted;
  std::string text;
  const auto describe = [&](const importing::ImportResult& sheet) {
    text += fmt::format("{}{}: строк {}, создано {}, изменено {}, без изменений {}, отвергнуто {}",
                        text.empty() ? "" : "\n", sheet.sheet.empty() ? registry.label : sheet.sheet, sheet.rows,
                        sheet.created, sheet.updated, sheet.unchanged, sheet.rejected);
    for (const auto* list : {&sheet.errors, &sheet.warnings})
      for (const auto& remark : list->items)
        text += fmt::format("\n  {}{}{}: {}", list == &sheet.errors ? "" : "внимание, ",
                            remark.row ? fmt::format("строка {}", remark.row) : "лист",
                            remark.column.empty() ? "" : ", столбец «" + remark.column + "»", remark.message);
  };
  describe(result);
  for (const auto& sheet : result.sheets) describe(sheet);
  if (result.suggested)
    text += fmt::format("\nПохоже, это файл для реестра «{}» ({}).", result.suggested->label, result.suggested->id);
  if (options.dry_run)
    text += "\nПроверка: ничего не записано.";
  else if (result.import_id)
    text += fmt::format("\nЗагрузка № {}: отменить её можно командой «eschool imports undo {}».", result.import_id,
                        result.import_id);
  else if (!result.applied)
    text += "\nНичего не записано: исправьте строки или повторите с --accept-valid.";
  return {std::move(document), std::move(text), {}};
}

CommandResult imports_list(const Command& command) {
  auto& school = command.school();
  const auto session = school.database().read();
  json::array items;
  std::string text;
  for (const auto& entry : importing::journal(*session, {}, 50)) {
    items.push_back({{"id", entry.id},
                     {"registry", entry.registry},
                     {"file_name", entry.file_name},
                     {"file_hash", entry.file_hash},
                     {"mode", entry.mode},
                     {"at", entry.at},
                     {"created", entry.created},
                     {"updated", entry.updated},
                     {"archived", entry.archived},
                     {"undone_at", entry.undone_at}});
    text += fmt::format("{}{}  {}  {}  {}  создано {}, изменено {}, в архив {}{}", text.empty() ? "" : "\n", entry.id,
                        entry.at, entry.registry, entry.file_name, entry.created, entry.updated, entry.archived,
                        entry.undone_at.empty() ? "" : "  отменена " + entry.undone_at);
  }
  if (text.empty()) text = "Загрузок не было.";
  return {{{"items", std::move(items)}}, std::move(text), {}};
}

CommandResult imports_undo(const Command& command) {
  const auto* id = command.arguments.if_contains("id");
  auto document = json::parse(api::run_undo(command.school(), school::School::system(),
                                            id ? id->to_number<std::int64_t>() : 0, command.flag("partly")))
                      .as_object();
  auto text = fmt::format("Загрузка отменена: возвращено прежнее {}, убрано созданных {}, возвращено из архива {}.",
                          document.at("restored").as_int64(), document.at("archived").as_int64(),
                          document.at("revived").as_int64());
  return {std::move(document), std::move(text), {}};
}

CommandResult export_file(const Command& command) {
  auto& school = command.school();
  const auto& registry = school.registry(command.text("registry"));
  const auto who = school::School::system();
  const bool csv = command.text("format") == "csv";
  auto session = school.database().read();
  CommandResult result;
  result.payload = importing::export_table(*session, asker_of(school, who), school.catalogue(), school.query(),
                                           registry, {}, csv ? tabular::Format::csv : tabular::Format::xlsx);
  result.json = {{"registry", registry.id}, {"bytes", result.payload.size()}};
  result.text = fmt::format("Реестр «{}» выгружен.", registry.label);
  return result;
}

CommandResult backup(const Command& command) {
  const auto counts = command.school().database().backup(command.text("file"));
  json::array tables;
  std::int64_t rows = 0;
  for (const auto& count : counts) {
    tables.push_back(json::object{{"table", count.table}, {"rows", count.rows}});
    rows += count.rows;
  }
  return {{{"file", command.text("file")}, {"tables", std::move(tables)}},
          fmt::format("Копия снята и проверена: таблиц {}, строк {}.", counts.size(), rows),
          {}};
}

CommandResult audit_verify(const Command& command) {
  auto& school = command.school();
  auto session = school.database().read();
  // A head that was noted earlier must still be in the chain.
  std::optional<audit::Head> noted;
  if (const auto* seq = command.arguments.if_contains("noted_seq"); seq && seq->is_int64())
    noted = {seq->get_int64(), command.text("noted_hash")};
  const auto result = audit::verify(*session, {}, noted);
  json::object document{{"ok", result.ok()},      {"school", school.id()},    {"entries", result.count},
                        {"seq", result.head.seq}, {"head", result.head.hash}, {"at", school.clock().moment().now}};
  if (result.ok())
    return {std::move(document),
            fmt::format("История цела: записей {}, последняя {}.", result.count, result.head.hash),
            {}};
  document["bad_seq"] = result.bad_seq;
  document["reason"] = result.reason;
  return {std::move(document), fmt::format("История нарушена у записи {}: {}.", result.bad_seq, result.reason), {}};
}

CommandResult plan_result(const schema::Plan& plan, std::string_view none) {
  json::array automatic, lossy;
  std::string text;
  const auto line = [&](const std::string& what) { text += (text.empty() ? "" : "\n") + what; };
  for (const auto& change : plan.automatic) {
    automatic.push_back(json::value(change.description));
    line(change.description);
  }
  for (const auto& change : plan.lossy) {
    lossy.push_back(json::value(change.description));
    line("данные могут потеряться: " + change.description);
  }
  return {
      {{"automatic", std::move(automatic)}, {"lossy", std::move(lossy)}}, text.empty() ? std::string(none) : text, {}};
}

CommandResult migrate_plan(const Command& command) {
  auto& school = command.school();
  auto session = school.database().read();
  return plan_result(registry::plan_migration(*session, school.catalogue()), "Таблицы соответствуют схемам.");
}

CommandResult migrate_run(const Command& command) {
  auto& school = command.school();
  if (command.flag("lossy")) {
    school.database().backup(school.folder() / "school.db.before-migration");
  }
  schema::Plan plan;
  school.database().write([&](storage::Session& session) {
    plan = registry::migrate(session, school.catalogue(), command.flag("lossy"));
    // A table made anew has lost its policies.
    registry::guard_rows(session, school.policy(), school.database().location());
  });
  return plan_result(plan, "Таблицы соответствуют схемам.");
}

CommandResult backups(const Command& command) { return backup_list(command.application, command.text("school")); }

CommandResult status_of(const Command& command) { return status(command.application, command.text("school")); }

using Run = CommandResult (*)(const Command&);
const std::map<std::string_view, Run>& commands() {
  static const std::map<std::string_view, Run> table{{"school.create", school_create},
                                                     {"school.list", school_list},
                                                     {"school.host", school_host},
                                                     {"user.create", user_create},
                                                     {"user.reset", user_reset},
                                                     {"user.list", user_list},
                                                     {"plugin.list", plugin_list},
                                                     {"plugin.set", plugin_set},
                                                     {"plugin.release", plugin_release},
                                                     {"import", import_file},
                                                     {"imports.list", imports_list},
                                                     {"imports.undo", imports_undo},
                                                     {"export", export_file},
                                                     {"backup", backup},
                                                     {"audit.verify", audit_verify},
                                                     {"migrate.plan", migrate_plan},
                                                     {"migrate.run", migrate_run},
                                                     {"backup.list", backups},
                                                     {"status", status_of}};
  return table;
}

}  // namespace

CommandResult run_command(api::Application& application, std::string_view name, const json::object& arguments,
                          std::string_view payload) {
  const auto found = commands().find(name);
  if (found == commands().end()) throw registry::problem(404, "no_command", "Такой команды нет", std::string(name));
  return found->second({application, arguments, payload});
}

void serve_control(api::Application& application, std::shared_ptr<const http::Request> request, http::Send send) {
  static constexpr std::string_view prefix = "/control/";
  const auto work = [&application, request, send](jobs::Control&) -> std::string {
    try {
      const auto line = request->body.find('\n');
      const auto arguments = json::parse(std::string_view(request->body).substr(0, line)).as_object();
      const auto payload =
          line == std::string::npos ? std::string_view() : std::string_view(request->body).substr(line + 1);
      const auto result =
          run_command(application, std::string_view(request->path).substr(prefix.size()), arguments, payload);
      http::Reply reply;
      reply.mime = "application/octet-stream";
      reply.body =
          json::serialize(json::value{{"json", json::value(result.json)}, {"text", json::value(result.text)}}) + "\n" +
          result.payload;
      send(std::move(reply));
    } catch (...) {
      send(application.problem_reply(std::current_exception()));
    }
    return "{}";
  };
  // As a job: a command may take long and must not hold a thread that answers people.
  if (!request->path.starts_with(prefix))
    return send(http::to_reply({503, "busy", "Сервер занят", "Повторите через несколько секунд.", {}, {}}));
  application.jobs().submit({}, "command", 0, work, [&application, send](std::exception_ptr refusal, const auto&) {
    if (refusal) send(application.problem_reply(std::move(refusal)));
  });
}

}  // namespace eschool::cli
