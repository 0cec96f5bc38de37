#include <doctest/doctest.h>

#include "fixture_host.hpp"
#include "kernel/plugin_host/host.hpp"

using namespace eschool::plugin_host;

TEST_CASE("a plugin is switched off after those that use it, and on after those that it uses") {
  const auto& host = fixture().host;
  CHECK(cannot_disable(host, "good", {"good", "plain"}) ==
        "сначала выключите модуль «Модуль plain»: он пользуется этим");
  CHECK(cannot_disable(host, "good", {"good"}).empty());
  CHECK(cannot_disable(host, "plain", {"good", "plain"}).empty());
  CHECK(cannot_enable(host, "plain", {}) == "сначала включите модуль «Модуль good»: без него этот не работает");
  CHECK(cannot_enable(host, "plain", {"good"}).empty());
  CHECK(cannot_enable(host, "good", {}).empty());
}

TEST_CASE("what does not run or is not there can not be switched on") {
  const auto& host = fixture().host;
  CHECK(cannot_enable(host, "fails_in_start", {}) ==
        "модуль не работает: модуль не запустился: нет места для временных файлов");
  CHECK(cannot_enable(host, "unknown", {}) == "такого модуля нет");
  CHECK(cannot_disable(host, "unknown", {}) == "такого модуля нет");
}
