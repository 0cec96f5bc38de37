#include "kernel/plugin_host/host.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "fixture_host.hpp"

using namespace eschool::plugin_host;

TEST_CASE("broken plugins are listed with a reason and everything else runs") {
  struct Expected {
    std::string id, state, code, reason;  ///< reason: the beginning
  };
  for (const auto& expected : {
           Expected{"good", "running", "", ""},
           {"plain", "running", "", ""},
           {"frozen_1_0", "running", "", ""},
           {"data_only", "running", "", ""},
           {"wrong_magic", "refused", "bad_magic", "модуль собран не для «Электронной школы»"},
           {"other_major", "refused", "abi_major", "модуль собран для ABI 2.1, а сервер знает 1.1: обновите сервер"},
           {"newer_minor", "refused", "abi_minor", "модулю нужен сервер с ABI 1.9 или новее: обновите сервер"},
           {"other_id", "refused", "mismatch",
            "plugin.info говорит «other_id 0.1.0», а сам модуль — «somebody_else 0.1.0»"},
           {"no_create", "refused", "bad_entry", "описание внутри модуля неполно"},
           {"no_id", "refused", "bad_entry", "описание внутри модуля неполно"},
           {"null_plugin", "failed", "create_failed", "модуль не создался, хотя не сообщил об ошибке: обновите его"},
           {"null_handler", "failed", "bad_tables", "модуль описывает себя неверно: адрес GET /nothing описан неверно"},
           {"null_table", "failed", "bad_tables",
            "модуль описывает себя неверно: таблица es.plugin.routes/1 испорчена"},
           {"throws_in_start", "failed", "start_failed",
            "модуль не запустился: exception across the ABI: across the border of start"},
           {"no_symbol", "refused", "no_entry", "в no_symbol.so нет es_plugin_entry"},
           {"undefined_symbol", "refused", "not_loadable", "файл модуля не загружается: "},
           {"no_library", "refused", "no_library", "нет файла no_library.so: установите модуль заново"},
           {"throws_in_create", "failed", "create_failed", "модуль не создался: нет файла с кодами"},
           {"throws_across", "failed", "create_failed",
            "модуль не создался: exception across the ABI: across the border"},
           {"fails_in_start", "failed", "start_failed", "модуль не запустился: нет места для временных файлов"},
           {"writes_on_get", "failed", "bad_tables",
            "модуль описывает себя неверно: адрес GET /write: чтение по GET не может изменять данные"},
           {"after_failed", "refused", "requirement",
            "нужен модуль «fails_in_start», а он не работает: модуль не запустился: нет места"},
           {"lonely", "refused", "missing", "нужен модуль «nobody», а его нет: установите его"},
           {"wants_newer", "refused", "old_requirement",
            "нужен модуль «good» версии 0.10 или новее, а установлена 0.1.0"},
           {"cycle_a", "refused", "cycle", "циклическая зависимость: cycle_a → cycle_b → cycle_a"},
           {"cycle_b", "refused", "cycle", "циклическая зависимость: cycle_a → cycle_b → cycle_a"},
       }) {
    CAPTURE(expected.id);
    const auto* plugin = fixture().host.find(expected.id);
    REQUIRE(plugin != nullptr);
    CAPTURE(plugin->reason);
    CHECK(name(plugin->state) == expected.state);
    CHECK(plugin->code == expected.code);
    CHECK(plugin->reason.starts_with(expected.reason));
    CHECK(plugin->reason.empty() == expected.reason.empty());
  }
  CHECK(fixture().host.plugins().size() == 26);
}

TEST_CASE("the name of the missing function reaches the administrator") {
  CHECK(fixture().host.find("undefined_symbol")->reason.find("function_that_nobody_defines") != std::string::npos);
}

TEST_CASE("plugins start after those that they require") {
  const auto& plugins = fixture().host.plugins();
  const auto place = [&](std::string_view id) {
    return std::find_if(plugins.begin(), plugins.end(), [&](const auto& plugin) { return plugin.id == id; }) -
           plugins.begin();
  };
  CHECK(place("good") < place("plain"));
  CHECK(place("good") < place("data_only"));
  CHECK(place("plain") < place("no_symbol"));  // those that do not run come last
  CHECK(fixture().log.find("good: started\n") != std::string::npos);
}

TEST_CASE("what plugin.info says is known of each plugin") {
  const auto* plain = fixture().host.find("plain");
  CHECK(plain->title == "Модуль plain");
  CHECK(plain->version == "0.1.0");
  CHECK(plain->requires_plugins == std::vector<std::string>{"good"});
  CHECK(plain->capabilities.at("plain.read") == "Читать");
  CHECK(fixture().host.find("unknown") == nullptr);
}
