#include "kernel/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "kernel/cli/commands.hpp"
#include "kernel/cli/control_client.hpp"
#include "kernel/cli/history_head.hpp"
#include "kernel/cli/move.hpp"
#include "kernel/cli/restore.hpp"
#include "kernel/cli/serve.hpp"
#include "kernel/cli/upkeep.hpp"
#include "kernel/config/config.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/school/place.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::cli {
namespace {

namespace json = boost::json;

/// What every subcommand shares.
struct Common {
  std::string config_file, data, school;
  bool as_json = false;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error(fmt::format("файл {} не открывается", path.string()));
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream.flush()) throw std::runtime_error(fmt::format("файл {} не записан", path.string()));
}

/// What a refused import says of the file's true registry, on a line of its own; empty when the problem says nothing.
std::string suggestion_text(const json::object& problem) {
  const auto* suggested = problem.if_contains("suggested");
  if (!suggested || !suggested->is_object()) return {};
  return fmt::format("\n  Похоже, это файл для реестра «{}» ({}).",
                     std::string_view(suggested->at("label").as_string()),
                     std::string_view(suggested->at("registry").as_string()));
}

std::string problem_text(const http::Problem& problem) {
  std::string text = problem.title;
  if (!problem.detail.empty()) text += ". " + problem.detail;
  for (const auto& error : problem.errors) text += fmt::format("\n  {}: {}", error.field, error.message);
  json::error_code failure;
  const auto extra = json::parse("{" + problem.extra + "}", failure);
  if (!failure && extra.is_object()) text += suggestion_text(extra.as_object());
  return text;
}

/// A problem+json document, as the running server answered it, for a person.
std::string problem_text(std::string_view body) {
  json::error_code failure;
  const auto document = json::parse(json::string_view(body.data(), body.size()), failure);
  const auto* object = failure ? nullptr : document.if_object();
  if (!object) return std::string(body);
  const auto member = [](const json::object& from, std::string_view name) {
    const auto* value = from.if_contains(json::string_view(name.data(), name.size()));
    return value && value->if_string() ? std::string(value->get_string()) : std::string();
  };
  std::string text = member(*object, "title");
  if (const auto detail = member(*object, "detail"); !detail.empty()) text += ". " + detail;
  if (const auto* errors = object->if_contains("errors"); errors && errors->if_array())
    for (const auto& item : errors->get_array())
      if (const auto* error = item.if_object())
        text += fmt::format("\n  {}: {}", member(*error, "field"), member(*error, "message"));
  text += suggestion_text(*object);
  return text;
}

/// What a command answered instead of a result.
struct Failed {
  std::string text;      ///< for people
  std::string document;  ///< for programs
};

class Runner {
 public:
  explicit Runner(const Common& common) : common_(common) {}

  config::Config config() const {
    const auto file = common_.config_file.empty()
                          ? config::default_file(std::filesystem::read_symlink("/proc/self/exe"))
                          : std::filesystem::path(common_.config_file);
    auto config = config::load(file);
    const auto installed = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
    if (config.plugins.empty()) config.plugins = installed / "plugins";
    if (config.web.empty()) config.web = installed / "web";
    if (!common_.data.empty()) config.data = std::filesystem::absolute(common_.data).lexically_normal();
    return config;
  }

  /// In the running server when there is one, here otherwise. Throws Failed and what the command throws.
  CommandResult result(std::string_view name, json::object arguments, std::string_view payload = {}) const {
    if (!common_.school.empty()) arguments["school"] = common_.school;
    const auto settings = config();
    auto body = json::serialize(arguments) + "\n";
    body += payload;
    if (const auto reply = call_control(settings.data / "control.sock", name, body)) {
      if (reply->status != 200) throw Failed{problem_text(reply->body), reply->body};
      const auto line = reply->body.find('\n');
      const auto document = json::parse(reply->body.substr(0, line)).as_object();
      return {document.at("json").as_object(), std::string(document.at("text").as_string()),
              line == std::string::npos ? std::string() : reply->body.substr(line + 1)};
    }
    try {
      api::Application application(settings);
      return run_command(application, name, arguments, payload);
    } catch (const http::ProblemError& error) {
      throw Failed{problem_text(error.problem), http::to_reply(error.problem).body};
    }
  }

  /// The same, printed; answers the exit code.
  int command(std::string_view name, json::object arguments, std::string_view payload = {},
              const std::string& save_to = {}) const {
    return printed([&] { return result(name, std::move(arguments), payload); }, save_to);
  }

  template <class Function>
  int printed(Function make, const std::string& save_to = {}) const {
    try {
      return print(make(), save_to);
    } catch (const Failed& failure) {
      return failed(failure.text, failure.document);
    }
  }

  /// The folder of the school named, of the only one there is, or of the one to be made.
  std::filesystem::path school_folder() const {
    const auto schools = config().data / "schools";
    if (!common_.school.empty()) return schools / common_.school;
    std::vector<std::filesystem::path> folders;
    if (std::filesystem::exists(schools))
      for (const auto& entry : std::filesystem::directory_iterator(schools)) folders.push_back(entry.path());
    if (folders.size() > 1) throw std::runtime_error("школ несколько: назовите одну ключом --school");
    return folders.empty() ? schools / "school" : folders.front();
  }

  int print(const CommandResult& result, const std::string& save_to) const {
    if (!save_to.empty()) write_file(save_to, result.payload);
    fmt::print("{}\n", common_.as_json ? json::serialize(result.json) : result.text);
    const auto* code = result.json.if_contains("ok");
    return code && code->is_bool() && !code->get_bool() ? 1 : 0;
  }

  int failed(const std::string& text, const std::string& document) const {
    if (common_.as_json) fmt::print("{}\n", document);
    fmt::print(stderr, "{}\n", text);
    return 1;
  }

 private:
  const Common& common_;
};

std::string read_password() {
  std::string password;
  std::getline(std::cin, password);
  return password;
}

}  // namespace

int run(int count, char** arguments) {
  CLI::App app("«Электронная школа»: сервер и команды администратора", "eschool");
  app.require_subcommand(1);
  Common common;
  const Runner runner(common);
  int code = 0;
  // What a subcommand does once the whole line is known to be right.
  std::function<int()> action;

  const auto shared = [&](CLI::App* command) {
    command->add_option("--config", common.config_file, "файл настроек (по умолчанию etc/eschool.info установки)");
    command->add_option("--data", common.data, "папка данных");
    command->add_option("--school", common.school, "школа, если их несколько");
    command->add_flag("--json", common.as_json, "ответ для программ");
    return command;
  };
  const auto add = [&](CLI::App* parent, const char* name, const char* help) {
    return shared(parent->add_subcommand(name, help));
  };

  std::string listen;
  auto* serve_command = add(&app, "serve", "запустить сервер");
  serve_command->add_option("--listen", listen, "адрес и порт, например 127.0.0.1:8080");
  serve_command->callback([&] {
    action = [&] {
      auto config = runner.config();
      if (!listen.empty()) config.set_listen(listen);
      return serve(config);
    };
  });

  std::string id, name, login, role, person, registry, file, until, scope, order, engine;
  std::string mode = "merge", within, to_archive;
  std::vector<std::string> standing;
  std::int64_t import_id = 0;
  bool password_stdin = false, dry_run = false, accept_valid = false, lossy = false, partly = false,
       other_school = false;

  auto* school = app.add_subcommand("school", "школы этой установки");
  school->require_subcommand(1);
  auto* school_create = add(school, "create", "создать школу");
  school_create->add_option("--id", id, "имя латиницей")->default_val("school");
  school_create->add_option("--name", name, "название")->required();
  school_create->callback([&] {
    action = [&] { return runner.command("school.create", {{"id", id}, {"name", name}}); };
  });
  auto* school_host = add(school, "host", "имя узла, под которым отвечает школа (--school): school5.example.ru");
  school_host->add_option("HOST", name, "имя; пустое — снять")->required();
  school_host->callback([&] { action = [&] { return runner.command("school.host", {{"host", name}}); }; });
  add(school, "list", "показать школы")->callback([&] { action = [&] { return runner.command("school.list", {}); }; });

  auto* user = app.add_subcommand("user", "учётные записи");
  user->require_subcommand(1);
  auto* user_create = add(user, "create", "создать учётную запись");
  user_create->add_option("--login", login, "логин")->required();
  user_create->add_option("--role", role, "роль")->required();
  user_create->add_option("--person", person, "персона: номер записи или фамилия, имя, отчество");
  user_create->add_option("--order", order, "номер приказа о назначении");
  user_create->add_option("--until", until,
                          "последний день роли, ГГГГ-ММ-ДД; без него роль учебного года кончается вместе с ним");
  user_create->add_option("--class", scope, "только этот класс, например 5А");
  user_create->add_flag("--password-stdin", password_stdin,
                        "взять пароль из стандартного ввода; без него будет одноразовый");
  user_create->callback([&] {
    action = [&] {
      json::object options{{"login", login}, {"role", role}};
      if (!person.empty()) options["person"] = person;
      if (!order.empty()) options["order"] = order;
      if (!until.empty()) options["until"] = until;
      if (!scope.empty()) options["class"] = scope;
      if (password_stdin) options["password"] = read_password();
      return runner.command("user.create", std::move(options));
    };
  });
  auto* user_reset = add(user, "reset", "выдать новый одноразовый пароль");
  user_reset->add_option("--login", login, "логин")->required();
  user_reset->callback([&] { action = [&] { return runner.command("user.reset", {{"login", login}}); }; });
  add(user, "list", "показать учётные записи")->callback([&] {
    action = [&] { return runner.command("user.list", {}); };
  });

  auto* plugin = app.add_subcommand("plugin", "возможности школы");
  plugin->require_subcommand(1);
  add(plugin, "list", "показать модули")->callback([&] { action = [&] { return runner.command("plugin.list", {}); }; });
  for (const bool enable : {true, false}) {
    auto* command = add(plugin, enable ? "enable" : "disable", enable ? "включить модуль" : "выключить модуль");
    command->add_option("ID", id, "модуль")->required();
    command->callback([&, enable] {
      action = [&, enable] { return runner.command("plugin.set", {{"id", id}, {"enabled", enable}}); };
    });
  }

  auto* release = add(plugin, "release", "снова вызывать модуль, приостановленный или взятый на карантин после сбоев");
  release->add_option("ID", id, "модуль")->required();
  release->callback([&] { action = [&] { return runner.command("plugin.release", {{"id", id}}); }; });

  auto* import_command = add(&app, "import", "загрузить таблицу XLSX или CSV в реестр");
  import_command->add_option("REGISTRY", registry, "реестр, например people.student")->required();
  import_command->add_option("FILE", file, "файл")->required();
  import_command->add_option("--sheet", name, "лист; без него находится сам");
  import_command->add_option("--mode", mode, "что делать с записями: merge, add, update или synchronise")
      ->check(CLI::IsMember({"merge", "add", "update", "synchronise"}));
  import_command->add_option("--within", within,
                             "при synchronise: ссылка, по которой ограничить сличение, например class");
  import_command->add_option(
      "--set", standing, "что сказано не в файле, а для всех строк: ПОЛЕ=ТЕКСТ, например \"plan=Алгебра, 8 класс\"");
  import_command->add_option("--to-archive", to_archive, "при synchronise: сколько записей уйдёт в архив");
  import_command->add_flag("--dry-run", dry_run, "только проверить");
  import_command->add_flag("--accept-valid", accept_valid, "записать верные строки, хотя другие отвергнуты");
  import_command->callback([&] {
    action = [&] {
      return runner.command("import",
                            {{"registry", registry},
                             {"file", std::filesystem::path(file).filename().string()},
                             {"dry_run", dry_run},
                             {"accept_valid", accept_valid},
                             {"sheet", name},
                             {"mode", mode},
                             {"within", within},
                             {"set", json::value_from(standing)},
                             {"to_archive", to_archive}},
                            read_file(file));
    };
  });

  auto* imports = app.add_subcommand("imports", "журнал загрузок");
  imports->require_subcommand(1);
  add(imports, "list", "показать последние загрузки")->callback([&] {
    action = [&] { return runner.command("imports.list", {}); };
  });
  auto* undo = add(imports, "undo", "отменить загрузку целиком");
  undo->add_option("ID", import_id, "номер загрузки")->required();
  undo->add_flag("--partly", partly, "оставить как есть записи, которые с тех пор изменились");
  undo->callback([&] {
    action = [&] { return runner.command("imports.undo", {{"id", import_id}, {"partly", partly}}); };
  });

  auto* export_command = add(&app, "export", "выгрузить реестр в XLSX или CSV, по расширению файла");
  export_command->add_option("REGISTRY", registry, "реестр")->required();
  export_command->add_option("FILE", file, "файл")->required();
  export_command->callback([&] {
    action = [&] {
      const bool csv = std::filesystem::path(file).extension() == ".csv";
      return runner.command("export", {{"registry", registry}, {"format", csv ? "csv" : "xlsx"}}, {}, file);
    };
  });

  auto* backup = add(&app, "backup", "снять проверенную копию базы школы");
  backup->add_option("FILE", file, "куда");
  add(backup, "list", "показать копии, снятые по расписанию")->callback([&] {
    action = [&] { return runner.command("backup.list", {}); };
  });
  auto* drill = add(backup, "drill", "учебное восстановление: проверить, что копия спасёт школу; сервер не мешает");
  drill->add_option("FILE", file, "копия; без неё — последняя снятая по расписанию");
  drill->callback(
      [&] { action = [&] { return runner.print(backup_drill(runner.config(), common.school, file), {}); }; });
  // Called after those of its subcommands.
  backup->callback([&, backup] {
    if (!backup->get_subcommands().empty()) return;
    if (file.empty()) throw CLI::RequiredError("FILE");
    action = [&] { return runner.command("backup", {{"file", std::filesystem::absolute(file).string()}}); };
  });
  auto* restore = add(&app, "restore", "вернуть базу школы из копии; сервер должен быть остановлен");
  restore->add_option("FILE", file, "копия")->required();
  restore->add_flag("--other-school", other_school, "копия снята с другой школы, и так задумано");
  restore->callback([&] {
    action = [&] {
      return runner.print(restore_school(runner.school_folder(), runner.config(), file, other_school), {});
    };
  });

  auto* move = add(&app, "move", "перенести школу между SQLite и PostgreSQL; сервер должен быть остановлен");
  move->add_option("--to", engine, "куда")->required()->check(CLI::IsMember({"sqlite", "postgresql"}));
  move->callback([&] {
    action = [&] {
      const auto settings = runner.config();
      return runner.print(move_school(runner.school_folder(), settings, engine), {});
    };
  });
  add(&app, "status", "состояние школ и что требует внимания")->callback([&] {
    action = [&] { return runner.command("status", {}); };
  });

  auto* audit = app.add_subcommand("audit", "история изменений");
  audit->require_subcommand(1);
  add(audit, "verify", "проверить цепочку истории")->callback([&] {
    action = [&] { return runner.command("audit.verify", {}); };
  });

  const VerifyHistory verify = [&](json::object options) { return runner.result("audit.verify", std::move(options)); };
  std::string key;
  auto* audit_head = add(audit, "head", "записать вершину истории в файл для архива школы");
  audit_head->add_option("--out", file, "файл")->required();
  audit_head->add_option("--sign", key, "подписать этим ключом");
  audit_head->callback(
      [&] { action = [&] { return runner.printed([&] { return export_history_head(verify, file, key); }); }; });
  auto* audit_key = add(audit, "key", "создать ключ для подписи вершины истории");
  audit_key->add_option("--out", file, "файл ключа")->required();
  audit_key->callback([&] { action = [&] { return runner.printed([&] { return make_audit_key(file); }); }; });
  auto* audit_check = add(audit, "check", "проверить, что история содержит записанную вершину");
  audit_check->add_option("FILE", file, "файл вершины")->required();
  audit_check->add_option("--key", key, "ключ, которым он должен быть подписан (достаточно открытого)");
  audit_check->callback(
      [&] { action = [&] { return runner.printed([&] { return check_history_head(verify, file, key); }); }; });

  auto* migrate = app.add_subcommand("migrate", "изменения таблиц по схемам");
  migrate->require_subcommand(1);
  add(migrate, "plan", "показать, что будет сделано")->callback([&] {
    action = [&] { return runner.command("migrate.plan", {}); };
  });
  auto* migrate_run = add(migrate, "run", "выполнить");
  migrate_run->add_flag("--lossy", lossy, "и те шаги, при которых данные могут потеряться (сначала снимается копия)");
  migrate_run->callback([&] { action = [&] { return runner.command("migrate.run", {{"lossy", lossy}}); }; });

  try {
    app.parse(count, arguments);
    code = action();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return code;
}

}  // namespace eschool::cli
