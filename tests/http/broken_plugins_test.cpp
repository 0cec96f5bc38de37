// Each broken plugin of tests/abi in a whole installation: what the administrator reads of it, on the command line
// without a server and beside one, and over HTTP. Everything else runs.
#include <doctest/doctest.h>

#include <fstream>

#include "installation.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct Expected {
  std::string id, state, code, reason;  ///< reason: a part of it
};

const std::vector<Expected> broken{
    {"wrong_magic", "refused", "bad_magic", "модуль собран не для «Электронной школы»: установите другой файл"},
    {"other_major", "refused", "abi_major", "модуль собран для ABI 2.1, а сервер знает 1.1: обновите сервер"},
    {"newer_minor", "refused", "abi_minor", "модулю нужен сервер с ABI 1.9 или новее: обновите сервер"},
    {"other_id", "refused", "mismatch", "plugin.info говорит «other_id 0.1.0», а сам модуль — «somebody_else 0.1.0»"},
    {"no_symbol", "refused", "no_entry", "в no_symbol.so нет es_plugin_entry: это не модуль «Электронной школы»"},
    {"undefined_symbol", "refused", "not_loadable", "function_that_nobody_defines"},
    {"no_create", "refused", "bad_entry", "описание внутри модуля неполно: соберите его заново"},
    {"no_id", "refused", "bad_entry", "описание внутри модуля неполно: соберите его заново"},
    {"null_plugin", "failed", "create_failed", "модуль не создался, хотя не сообщил об ошибке: обновите его"},
    {"null_handler", "failed", "bad_tables", "модуль описывает себя неверно: адрес GET /nothing описан неверно"},
    {"null_table", "failed", "bad_tables", "модуль описывает себя неверно: таблица es.plugin.routes/1 испорчена"},
    {"no_library", "refused", "no_library", "нет файла no_library.so: установите модуль заново"},
    {"lonely", "refused", "missing", "нужен модуль «nobody», а его нет: установите его"},
    {"wants_newer", "refused", "old_requirement", "нужен модуль «good» версии 0.10 или новее, а установлена 0.1.0"},
    {"cycle_a", "refused", "cycle", "циклическая зависимость: cycle_a → cycle_b → cycle_a"},
    {"cycle_b", "refused", "cycle", "циклическая зависимость: cycle_a → cycle_b → cycle_a"},
    {"good", "refused", "duplicate", "модуль «good» лежит и в папке good, и в папке good_copy: уберите одну из них"},
    {"fails_in_start", "failed", "start_failed", "модуль не запустился: нет места для временных файлов"},
    {"throws_in_start", "failed", "start_failed",
     "модуль не запустился: exception across the ABI: across the border of start"},
    {"throws_in_create", "failed", "create_failed", "модуль не создался: нет файла с кодами"},
    {"throws_across", "failed", "create_failed", "модуль не создался: exception across the ABI: across the border"},
    {"after_failed", "refused", "requirement", "нужен модуль «fails_in_start», а он не работает"},
    {"writes_on_get", "failed", "bad_tables", "чтение по GET не может изменять данные"}};

/// What one of the plugins of this id is told by the document; empty when there is none like it.
std::string difference(const json::value& document, const Expected& expected) {
  std::string found = "absent";
  for (const auto& item : document.at("items").as_array()) {
    const auto text = [&](const char* member) {
      const auto* value = item.as_object().if_contains(member);
      return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    if (text("id") != expected.id) continue;
    found = text("state") + " " + text("code") + " " + text("reason");
    if (text("state") == expected.state && text("code") == expected.code &&
        text("reason").find(expected.reason) != std::string::npos)
      return {};
  }
  return expected.id + ": " + found;
}

std::string state(const json::value& document, std::string_view id) {
  for (const auto& item : document.at("items").as_array())
    if (item.at("id").as_string() == id) return std::string(item.at("state").as_string());
  return "absent";
}

}  // namespace

TEST_CASE("of each broken plugin the administrator reads what is wrong and what to do") {
  Installation own;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(ABI_PLUGINS) / "plugins")) folders.push_back(entry.path());
  folders.push_back(fs::path(ABI_PLUGINS) / "harmful/bad_schema");
  own.own_settings(folders);
  fs::copy(fs::path(ABI_PLUGINS) / "plugins/good", own.own_plugins() / "good_copy", fs::copy_options::recursive);
  fs::create_directory(own.own_schemas() / "bad_schema");
  std::ofstream(own.own_schemas() / "bad_schema/thing.json") << R"({
  "id": "bad_schema.thing", "label": "Вещи", "label_one": "Вещь", "display": "{name}",
  "fields": [{"id": "f1", "name": "name", "type": "txt", "label": "Название"}]
})";
  REQUIRE(own.run({"school", "create", "--id", "test", "--name", "Проверочный лицей"}).code == 0);
  REQUIRE(
      own.run({"user", "create", "--login", login_of("administrator"), "--role", "administrator", "--password-stdin"},
              std::string(Installation::password) + "\n")
          .code == 0);

  const auto on_command_line = [&] {
    const auto text = own.run({"plugin", "list"});
    const auto document = own.run({"plugin", "list", "--json"});
    CHECK(text.code == 0);
    REQUIRE(document.code == 0);
    for (const auto& expected : broken) {
      CAPTURE(expected.id);
      CHECK(difference(json::parse(document.out), expected) == "");
      CHECK(text.out.find(expected.reason) != std::string::npos);
    }
    CHECK(text.out.find("не работает: модуль собран не для «Электронной школы»") != std::string::npos);
    CHECK(text.out.find("thing.json:3") != std::string::npos);
    CHECK(document.out.find("schema_errors") != std::string::npos);
    return json::parse(document.out);
  };
  on_command_line();
  own.start();
  const auto beside = on_command_line();
  const auto administrator = own.as("administrator");
  const auto over_http = administrator.get("/api/v1/plugins").json();
  for (const auto& expected : broken) CHECK(difference(over_http, expected) == "");
  CHECK(over_http == beside);
  for (const auto* id : {"school", "people", "good", "plain", "frozen_1_0", "data_only", "bad_schema"}) {
    CAPTURE(id);
    CHECK(state(over_http, id) == "running");
  }
  for (const auto& item : over_http.at("items").as_array())
    if (item.at("id").as_string() == "bad_schema") {
      const auto message = std::string(item.at("schema_errors").as_array().at(0).as_string());
      CAPTURE(message);
      CHECK(message.find("thing.json:3") != std::string::npos);
      CHECK(message.find("txt") != std::string::npos);
    }
  // The rest works: of the two copies of a plugin one, a plugin of ABI 1.0 in C, the registries of the school.
  CHECK(administrator.get("/api/v1/good/nothing").status == 204);
  CHECK(administrator.get("/api/v1/frozen_1_0/again").status == 200);
  CHECK(administrator.get(records("people.student")).status == 200);
  CHECK(administrator.get("/readyz").status == 200);
  CHECK(own.stop() == 0);
}
