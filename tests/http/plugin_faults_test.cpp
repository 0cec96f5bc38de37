// What a plugin does wrong while the server runs: who is told what, and that everybody else is served on.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "installation.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

/// An installation with the misbehaving plugin, one school and its administrator; calls may take a second.
struct Harmed : Installation {
  explicit Harmed(const std::string& settings = "call_limit 1") {
    own_settings({fs::path(ABI_PLUGINS) / "harmful/misbehaves"}, {"misbehaves.item"}, settings);
    fs::create_directory(own_schemas() / "misbehaves");
    std::ofstream(own_schemas() / "misbehaves/item.json") << R"({
  "id": "misbehaves.item", "label": "Предметы", "label_one": "Предмет", "display": "{name}",
  "fields": [{"id": "f1", "name": "name", "type": "text", "label": "Название", "required": true}],
  "views": {"list": ["name"], "sort": "name", "form": [{"label": "Предмет", "fields": ["name"]}]}
})";
    REQUIRE(run({"school", "create", "--id", "test", "--name", "Проверочный лицей"}).code == 0);
    REQUIRE(run({"user", "create", "--login", login_of("administrator"), "--role", "administrator", "--password-stdin"},
                std::string(password) + "\n")
                .code == 0);
    start();
  }
  Response make(const Client& client, const std::string& name) const {
    return client.post(records("misbehaves.item"), json::serialize(json::object{{"name", name}}),
                       {{"Content-Type", "application/json"}});
  }
  std::size_t items(const Client& client) const { return client.ids("misbehaves.item").size(); }
};

json::object plugin(const Client& administrator, std::string_view id = "misbehaves") {
  const auto document = administrator.get("/api/v1/plugins").json();
  for (const auto& item : document.at("items").as_array())
    if (item.at("id").as_string() == id) return item.as_object();
  FAIL("no plugin " << id);
  return {};
}

/// "2 обработчик завершился сбоем: …"; empty when there is no such fault.
std::string fault(const json::object& item, std::string_view code) {
  const auto* faults = item.if_contains("faults");
  if (!faults) return {};
  for (const auto& one : faults->as_array())
    if (one.at("code").as_string() == code)
      return std::to_string(one.at("count").as_int64()) + " " + std::string(one.at("message").as_string());
  return {};
}

std::int64_t metric(const Client& client, const std::string& name) {
  const auto text = client.get("/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stoll(text.substr(at + name.size() + 2));
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string listed(const Installation& own) {
  const auto output = own.run({"plugin", "list"});
  CHECK(output.code == 0);
  return output.out;
}

constexpr auto route = "/api/v1/misbehaves";
Response call(const Client& client, const std::string& path) { return client.get(route + path); }

/// A request that gets no answer since the server ends under it.
void call_and_crash(const Client& client, const std::string& path) {
  try {
    call(client, path);
    FAIL_CHECK("answered");
  } catch (const std::runtime_error&) {
  }
}

}  // namespace

TEST_CASE("faults of handlers end their own request and are listed") {
  Harmed own;
  const auto administrator = own.as("administrator");
  const auto thrown = call(administrator, "/throws");
  CHECK(thrown.status == 500);
  CHECK(thrown.code() == "plugin_fault");
  CHECK(call(administrator, "/other-thread").body == "-2");
  const auto written = call(administrator, "/writes-while-reading");
  CHECK(written.status == 403);
  CHECK(own.items(administrator) == 0);
  CHECK(own.make(administrator, "сбой").status == 500);
  CHECK(own.make(administrator, "хороший").status == 201);
  CHECK(own.items(administrator) == 1);
  CHECK(call(administrator, "/fine").status == 200);

  const auto item = plugin(administrator);
  CHECK(item.at("state").as_string() == "running");
  CHECK(fault(item, "exception") == "2 обработчик завершился сбоем: exception: не смог проверить");
  CHECK(fault(item, "wrong_thread") ==
        "1 обращение к серверу не из того потока, в котором модуль вызван; оно отклонено");
  CHECK(fault(item, "write_outside") == "1 попытка изменить данные там, где разрешено только чтение; она отклонена");
  const auto text = listed(own);
  CHECK(contains(text, "сбой, раз 2, последний 20"));
  CHECK(contains(text, "обработчик завершился сбоем: exception: не смог проверить"));
  CHECK(contains(text, "обращение к серверу не из того потока"));
  CHECK(contains(text, "попытка изменить данные там, где разрешено только чтение"));
  CHECK(contains(administrator.get("/metrics").body,
                 "eschool_plugin_faults_total{plugin=\"misbehaves\",code=\"exception\"} 2"));
}

TEST_CASE("five exceptions in a minute suspend the plugin until the administrator lets it work again") {
  Harmed own;
  const auto administrator = own.as("administrator");
  CHECK(administrator.put("/api/v1/plugins/misbehaves", R"({"released":true})").status == 409);
  for (int i = 0; i < 4; ++i) CHECK(call(administrator, "/throws").status == 500);
  CHECK(call(administrator, "/fine").status == 200);
  CHECK(call(administrator, "/throws").status == 500);
  const auto suspended = call(administrator, "/fine");
  CHECK(suspended.status == 503);
  CHECK(suspended.code() == "plugin_suspended");
  // What it would have checked is not written unchecked; what is there can be read, and the school works.
  const auto refused = own.make(administrator, "непроверенный");
  CHECK(refused.status == 503);
  CHECK(refused.code() == "plugin_suspended");
  CHECK(own.items(administrator) == 0);
  CHECK(administrator.get(records("people.student")).status == 200);

  const auto item = plugin(administrator);
  CHECK(item.at("state").as_string() == "suspended");
  const std::string reason =
      "модуль приостановлен: сбоев за минуту — 5; обновите его и выполните «eschool plugin release»";
  CHECK(item.at("reason").as_string() == reason);
  CHECK(contains(listed(own), "не работает: " + reason));

  CHECK(own.run({"plugin", "release", "nothing"}).code == 1);
  const auto released = own.run({"plugin", "release", "misbehaves"});
  CHECK(released.code == 0);
  CHECK(released.out == "Модуль misbehaves снова работает.\n");
  CHECK(call(administrator, "/fine").status == 200);
  CHECK(own.make(administrator, "проверенный").status == 201);
  for (int i = 0; i < 5; ++i) call(administrator, "/throws");
  CHECK(call(administrator, "/fine").status == 503);
  CHECK(administrator.put("/api/v1/plugins/misbehaves", R"({"released":true})").status == 200);
  CHECK(call(administrator, "/fine").status == 200);
}

TEST_CASE("a handler that does not come back: 503, another worker, and the lost one is counted") {
  Harmed own;
  const auto administrator = own.as("administrator");
  CHECK(metric(administrator, "eschool_workers") == 2);
  const auto before = std::chrono::steady_clock::now();
  const auto hung = call(administrator, "/hangs");
  const auto took = std::chrono::steady_clock::now() - before;
  CHECK(hung.status == 503);
  CHECK(hung.code() == "plugin_timeout");
  CHECK(hung.header("retry-after") != "");
  CHECK(took >= 1s);
  CHECK(took < 3s);
  CHECK(metric(administrator, "eschool_workers") == 2);
  CHECK(metric(administrator, "eschool_workers_lost") == 1);
  auto item = plugin(administrator);
  CHECK(item.at("state").as_string() == "running");
  CHECK(fault(item, "hang") == "1 обработчик не вернул управление за 1 с");

  // Let go, the thread comes back and is no longer needed.
  CHECK(call(administrator, "/lets-go").status == 204);
  for (int i = 0; i < 50 && metric(administrator, "eschool_workers_lost") != 0; ++i) std::this_thread::sleep_for(20ms);
  CHECK(metric(administrator, "eschool_workers_lost") == 0);
  CHECK(metric(administrator, "eschool_workers_lost_total") == 1);
  CHECK(metric(administrator, "eschool_workers") == 2);
  CHECK(call(administrator, "/hangs").status == 200);  // it was told to go: at once
  CHECK(own.stop() == 0);
}

TEST_CASE("the second lost thread suspends the plugin, and the server still ends when it is told to") {
  Harmed own;
  const auto administrator = own.as("administrator");
  const auto also = std::async(std::launch::async, [&] { return call(administrator, "/hangs").status; });
  CHECK(call(administrator, "/hangs").status == 503);
  also.wait();
  CHECK(metric(administrator, "eschool_workers_lost") == 2);
  CHECK(metric(administrator, "eschool_workers") == 2);
  CHECK(call(administrator, "/hangs").code() == "plugin_suspended");
  CHECK(plugin(administrator).at("reason").as_string() ==
        "модуль приостановлен: потеряно потоков — 2; обновите его и выполните «eschool plugin release»");
  CHECK(administrator.get(records("people.student")).status == 200);
  const auto before = std::chrono::steady_clock::now();
  CHECK(own.stop() == 0);
  CHECK(std::chrono::steady_clock::now() - before < 8s);
}

TEST_CASE("a server that is told to end while a plugin hangs ends in time") {
  Harmed own("call_limit 3");
  const auto administrator = own.as("administrator");
  auto hung = std::async(std::launch::async, [&] {
    try {
      return call(administrator, "/hangs").status;
    } catch (const std::runtime_error&) {
      return 0;
    }
  });
  std::this_thread::sleep_for(300ms);
  const auto before = std::chrono::steady_clock::now();
  CHECK(own.stop() == 0);
  CHECK(std::chrono::steady_clock::now() - before < 15s);
  CHECK(hung.get() == 503);
}

TEST_CASE("a write that was given up is undone, also when the plugin comes back") {
  Harmed own("call_limit 1\nworkers 4");
  const auto administrator = own.as("administrator");
  auto hung =
      std::async(std::launch::async, [&] { return administrator.post(std::string(route) + "/hangs-in-write", ""); });
  std::this_thread::sleep_for(300ms);
  auto behind = std::async(std::launch::async, [&] { return own.make(administrator, "в очереди"); });
  const auto reply = hung.get();
  CHECK(reply.status == 503);
  CHECK(reply.code() == "plugin_timeout");
  CHECK(call(administrator, "/lets-go").status == 204);
  CHECK(behind.get().status == 201);
  CHECK(own.make(administrator, "после").status == 201);
  CHECK(own.items(administrator) == 2);
  CHECK(fault(plugin(administrator), "hang") == "1 обработчик не вернул управление за 1 с");
}

TEST_CASE("a plugin that keeps the writer ends the process, which starts again and says whose fault it was") {
  Harmed own("call_limit 1\nworkers 4");
  auto administrator = own.as("administrator");
  CHECK(own.make(administrator, "записан").status == 201);
  auto hung =
      std::async(std::launch::async, [&] { return administrator.post(std::string(route) + "/hangs-in-write", ""); });
  std::this_thread::sleep_for(300ms);
  const auto behind = own.make(administrator, "в очереди");
  CHECK(behind.status == 503);
  CHECK(behind.code() == "busy");
  CHECK(hung.get().status == 503);
  CHECK(administrator.get(records("people.student")).status == 200);  // who only reads is served meanwhile
  CHECK(own.wait() == 70);
  own.start();
  administrator = own.as("administrator");
  CHECK(own.items(administrator) == 1);
  const auto item = plugin(administrator);
  CHECK(item.at("state").as_string() == "running");
  CHECK(contains(fault(item, "crash"), "(отвечая на запрос, не вернул управление и остановил запись)"));
}

TEST_CASE("a crash is noticed by the next start, and the second in a row puts the plugin into quarantine") {
  Harmed own;
  auto administrator = own.as("administrator");
  CHECK(own.make(administrator, "записан").status == 201);
  call_and_crash(administrator, "/crashes/segv");
  CHECK(own.wait() == 128 + SIGSEGV);

  own.start();
  administrator = own.as("administrator");
  CHECK(own.items(administrator) == 1);
  auto item = plugin(administrator);
  CHECK(item.at("state").as_string() == "running");
  CHECK(fault(item, "crash") ==
        "1 сервер аварийно завершился, выполняя этот модуль (отвечая на запрос, сигнал SIGSEGV); если это повторится, "
        "модуль не будет загружен");
  CHECK(contains(listed(own), "сигнал SIGSEGV"));
  CHECK(call(administrator, "/fine").status == 200);
  call_and_crash(administrator, "/crashes/abort");
  CHECK(own.wait() == 128 + SIGABRT);

  own.start();
  administrator = own.as("administrator");
  item = plugin(administrator);
  CHECK(item.at("state").as_string() == "quarantined");
  CHECK(item.at("code").as_string() == "quarantined");
  const std::string reason =
      "модуль на карантине: сервер аварийно завершился из-за него 2 раза подряд, последний раз отвечая на запрос, "
      "сигнал "
      "SIGABRT; обновите модуль и выполните «eschool plugin release misbehaves»";
  CHECK(item.at("reason").as_string() == reason);
  CHECK(contains(listed(own), "не работает: " + reason));
  CHECK(call(administrator, "/fine").status == 404);
  CHECK(administrator.get(records("misbehaves.item")).status == 404);
  CHECK(administrator.get(records("people.student")).status == 200);

  // It stays through good ends until it is lifted, and the data are there then.
  CHECK(own.stop() == 0);
  CHECK(contains(listed(own), "на карантине"));
  own.start();
  administrator = own.as("administrator");
  const auto lifted = administrator.put("/api/v1/plugins/misbehaves", R"({"released":true})");
  CHECK(lifted.status == 200);
  CHECK(lifted.json().at("restart_needed").as_bool());
  CHECK(own.stop() == 0);
  own.start();
  administrator = own.as("administrator");
  CHECK(plugin(administrator).at("state").as_string() == "running");
  CHECK(fault(plugin(administrator), "crash") == "");
  CHECK(own.items(administrator) == 1);
}

TEST_CASE("a stack overflow and an exit() are a plugin's crashes too; a killed server is nobody's") {
  Harmed own;
  call_and_crash(own.as("administrator"), "/crashes/exit");
  CHECK(own.wait() == 3);
  own.start();
  CHECK(contains(fault(plugin(own.as("administrator")), "crash"), "(отвечая на запрос, завершил процесс)"));
  // A good end between two crashes breaks the row.
  CHECK(own.stop() == 0);
  own.start();
  CHECK(fault(plugin(own.as("administrator")), "crash") == "");
  call_and_crash(own.as("administrator"), "/crashes/stack");
  CHECK(own.wait() == 128 + SIGSEGV);
  own.start();
  CHECK(contains(fault(plugin(own.as("administrator")), "crash"), "сигнал SIGSEGV"));

  const auto administrator = own.as("administrator");
  auto hung = std::async(std::launch::async, [&] {
    try {
      call(administrator, "/hangs");
    } catch (const std::runtime_error&) {
    }
  });
  std::this_thread::sleep_for(300ms);
  own.kill();
  hung.wait();
  own.start();
  CHECK(plugin(own.as("administrator")).at("state").as_string() == "running");
}

TEST_CASE("a plugin that crashes while it starts is left out by the third attempt") {
  Installation own;
  own.own_settings({fs::path(ABI_PLUGINS) / "harmful/crashes_in_start"});
  CHECK(own.run({"plugin", "list"}).code == 128 + SIGABRT);
  CHECK(own.run({"plugin", "list"}).code == 128 + SIGABRT);
  const auto text = listed(own);
  CHECK(contains(text, "из-за него 2 раза подряд, последний раз при запуске, сигнал SIGABRT"));
  const auto released = own.run({"plugin", "release", "crashes_in_start"});
  CHECK(released.out == "Карантин снят: модуль crashes_in_start загрузится при следующем запуске сервера.\n");
  CHECK(own.run({"plugin", "list"}).code == 128 + SIGABRT);
}
