#include <eschool/value.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "fixture_host.hpp"
#include "kernel/plugin_host/host.hpp"

using namespace eschool::plugin_host;
using eschool::plugin::field;
using eschool::plugin::Fields;
using eschool::plugin::Value;

namespace {

/// Answers every question in a known way and writes down what was asked.
struct FakeServices : CallServices {
  std::vector<std::string> asked;
  int rows = 2;
  std::int64_t next_id = 40;

  void note(std::string text) { asked.push_back(std::move(text)); }
  es_status rows_to(const Row& row) {
    for (int i = 0; i < rows; ++i) {
      const auto name = "r" + std::to_string(i);
      const es_field fields[] = {field("name", name)};
      if (const auto status = row(fields, 1); status != ES_OK) return status == ES_STOP ? es_status{ES_OK} : status;
    }
    return ES_OK;
  }
  es_status find(std::string_view registry, std::string_view filter, const es_value* args, std::size_t count,
                 const Row& row) override {
    note("find " + std::string(registry) + " " + std::string(filter) + " " +
         (count == 1 ? std::to_string(Value(args[0]).integer().value_or(-1)) : ""));
    return rows_to(row);
  }
  es_status get(std::string_view, std::int64_t, const Row& row) override { return rows_to(row); }
  es_status put(std::string_view registry, std::int64_t id, std::int64_t version, const es_field* fields,
                std::size_t count, es_written* out) override {
    std::string text = "put " + std::string(registry) + " " + std::to_string(id) + "/" + std::to_string(version);
    for (const auto& item : Fields(fields, count)) {
      const Value value(item.value);
      text += " " + std::string(view(item.name)) + "=" +
              (value.integer() ? std::to_string(*value.integer()) : std::string(value.text()));
    }
    note(text);
    if (!out) return ES_OK;  // a plugin need not ask
    out->id = id ? id : next_id++;
    out->version = version + 1;
    return ES_OK;
  }
  es_status archive(std::string_view registry, std::int64_t id, std::int64_t) override {
    note("archive " + std::string(registry) + " " + std::to_string(id));
    return ES_OK;
  }
  es_status write(const std::function<es_status()>& body) override {
    note("savepoint");
    const auto status = body();
    note(status == ES_OK ? "release" : "rollback");
    return status;
  }
  es_status write_from_job(const std::function<es_status(es_call&)>& body) override {
    es_status status = ES_INTERNAL;
    std::thread([&] {
      es_call inside(*this, true);
      status = body(inside);
    }).join();
    note(status == ES_OK ? "commit" : "rollback");
    return status;
  }
  es_status query(const char* sql, const es_value*, std::size_t, const Row& row) override {
    note(sql);
    return rows_to(row);
  }
  es_status holds(std::string_view relation, std::string_view, std::int64_t id, bool& yes) override {
    yes = relation == "teaches" && id == 7;
    return ES_OK;
  }
  es_status may(std::string_view action, std::string_view, bool& yes) override {
    yes = action != "archive";
    return ES_OK;
  }
};

struct Answer {
  PluginHost::RouteReply reply;
  std::vector<Failure> failures;
  std::vector<std::string> asked;
};

Answer ask(std::string_view plugin, std::string_view path, bool expired = false) {
  const auto& host = fixture().host;
  for (const auto& route : host.routes()) {
    if (route.plugin != plugin || path != route.route->path) continue;
    FakeServices services;
    es_call call(services, route.route->mode == ES_ROUTE_WRITE);
    call.school = "school-7";
    call.today = "2026-09-01";
    call.now = "2026-09-01T05:30:00Z";
    call.person = 12;
    call.account = 3;
    if (expired) call.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    const es_field parameters[] = {field("name", "Ada")}, query[] = {field("greeting", "hi")};
    const es_request request{sizeof(es_request),
                             0,
                             span(route.route->method),
                             span(path),
                             span("text/plain"),
                             span("body text"),
                             parameters,
                             1,
                             query,
                             1};
    auto reply = host.call_route(route, call, request);
    return {std::move(reply), call.failures, services.asked};
  }
  FAIL("no route " << path);
  return {};
}

using Asked = std::vector<std::string>;

}  // namespace

TEST_CASE("a route of a C++ plugin sees the request and the caller, and answers") {
  const auto answer = ask("good", "/hello/{name}");
  CHECK(answer.reply.status == ES_OK);
  CHECK(answer.reply.http_status == 201);
  CHECK(answer.reply.mime == "text/plain");
  CHECK(answer.reply.body == "Ada hi school-7 12");
  CHECK(ask("good", "/nothing").reply.http_status == 204);
}

// In plain C, against today's header and against the one released as 1.0: the host serves both alike.
constexpr const char* plugins_in_c[] = {"plain", "frozen_1_0"};

TEST_CASE("routes of a C plugin answer, and their table is walked by its own stride") {
  for (const auto* plugin : plugins_in_c) {
    CAPTURE(plugin);
    CHECK(ask(plugin, "/today").reply.body == "2026-09-01");
    CHECK(ask(plugin, "/again").reply.body == "2026-09-01");
    CHECK(ask(plugin, "/who/{name}").reply.body == "school-7 2026-09-01T05:30:00Z 12 3 Ada in time");
    const auto listed = ask(plugin, "/list");
    CHECK(listed.reply.body == R"({"found":1,"got":1,"asked":1,"holds":1,"may":0})");
    CHECK(listed.asked == Asked{"find good.mark value = ? 5", "SELECT name FROM good_mark WHERE value > ?"});
    const auto refused = ask(plugin, "/refuse");
    CHECK(refused.reply.http_status == 409);
    REQUIRE(refused.failures.size() == 1);
    CHECK(refused.failures[0].code == "taken");
    CHECK(refused.failures[0].field == "room");
    CHECK(refused.failures[0].message == "кабинет занят");
    const auto written = ask(plugin, "/write");
    CHECK(written.reply.body == R"({"id":40})");
    CHECK(written.asked == Asked{"savepoint", "put good.mark 0/0 name=plain value=4", "put good.mark 40/1 value=4",
                                 "archive good.mark 40", "release"});
  }
}

TEST_CASE("records, SQL and relations reach the services of the call") {
  const auto answer = ask("good", "/list");
  CHECK(answer.reply.body == "r0r1r0 teaches no-archive");
  CHECK(answer.asked == Asked{"find good.mark value = ? 5", "SELECT name FROM good_mark WHERE value > ?"});
}

TEST_CASE("an exception of a handler ends its own call only") {
  for (const auto* path : {"/throws-error", "/throws-number", "/throws-in-row"}) {
    CAPTURE(path);
    const auto answer = ask("good", path);
    CHECK(answer.reply.status == ES_INTERNAL);
    CHECK(answer.reply.http_status == 500);
    CHECK(answer.reply.body.empty());
    CHECK(ask("good", "/hello/{name}").reply.status == ES_OK);
  }
  CHECK(fixture().log.find("good: exception: a broken promise\n") != std::string::npos);
  CHECK(fixture().log.find("good: exception: from a row\n") != std::string::npos);
  CHECK(fixture().log.find("good: exception: of an unknown type\n") != std::string::npos);
}

TEST_CASE("a refusal carries its code, field and text") {
  const auto answer = ask("good", "/refuses");
  CHECK(answer.reply.status == ES_INVALID);
  CHECK(answer.reply.http_status == 422);
  REQUIRE(answer.failures.size() == 2);
  CHECK(answer.failures[0].field == "value");
  CHECK(answer.failures[0].code == "too_big");
  CHECK(answer.failures[0].message == "не больше 5");
  CHECK(answer.failures[1].field == "");
  CHECK(answer.failures[1].message == "Отметка не принята");
}

TEST_CASE("writes happen in a savepoint, which an exception undoes") {
  CHECK(ask("good", "/writes").asked == Asked{"savepoint", "put good.mark 0/0 name=body text value=4",
                                              "put good.mark 40/1 value=5", "archive good.mark 40", "release"});
  const auto broken = ask("good", "/writes-and-throws");
  CHECK(broken.reply.http_status == 500);
  CHECK(broken.asked == Asked{"savepoint", "rollback"});
}

TEST_CASE("a reading call can not write, and a call belongs to its thread") {
  const auto answer = ask("good", "/puts-while-reading");
  CHECK(answer.reply.status == ES_DENIED);
  CHECK(answer.asked.empty());
  CHECK(ask("good", "/calls-from-a-thread").reply.body == std::to_string(ES_DENIED));
}

TEST_CASE("reading on after the deadline is given up") {
  CHECK(ask("good", "/list", true).reply.status == ES_BUSY);
  CHECK(ask("good", "/list", true).reply.http_status == 503);
}

namespace {

struct HookRun {
  es_status status = ES_OK;
  std::string name;  ///< what derive set
  std::vector<std::string> rejected, warned;
  Asked asked;
};

HookRun change(std::uint32_t phase, std::int64_t old_value, std::int64_t value,
               const std::set<std::string, std::less<>>& enabled = {"good"}) {
  HookRun run;
  FakeServices services;
  es_call call(services, true);
  const es_field before[] = {field("name", "x"), field("value", old_value)};
  const es_field after[] = {field("name", "x"), field("value", value)};
  const bool creating = old_value == 0;
  const es_change given{
      sizeof(es_change), phase, span("good.mark"), 9, creating ? nullptr : before, creating ? 0u : 2u, after, 2};
  PluginHost::HookSink sink;
  sink.set = [&](std::string_view name, const es_value& derived) {
    if (name == "name") run.name = Value(derived).text();
    return name == "name";
  };
  sink.reject = [&](std::string_view at, std::string_view code, std::string_view message) {
    run.rejected.push_back(std::string(at) + " " + std::string(code) + " " + std::string(message));
  };
  sink.warn = [&](std::string_view message) { run.warned.emplace_back(message); };
  run.status = fixture().host.run_hooks(enabled, given, call, sink);
  run.asked = services.asked;
  return run;
}

PluginHost::Job job_of(std::string_view plugin) {
  for (const auto& job : fixture().host.jobs())
    if (job.plugin == plugin) return job;
  FAIL("no job of " << plugin);
  return {};
}

}  // namespace

TEST_CASE("hooks derive, validate and follow up") {
  CHECK(change(ES_HOOK_DERIVE, 3, 4).name == "x!");
  CHECK(change(ES_HOOK_VALIDATE, 3, 4).rejected.empty());
  const auto rejected = change(ES_HOOK_VALIDATE, 3, 6);
  CHECK(rejected.status == ES_OK);
  CHECK(rejected.rejected == std::vector<std::string>{"value too_big не больше 5"});
  CHECK(rejected.warned.empty());
  CHECK(change(ES_HOOK_VALIDATE, 6, 6).rejected.empty());
  CHECK(change(ES_HOOK_VALIDATE, 0, 4).warned == std::vector<std::string>{"новая"});
  CHECK(change(ES_HOOK_AFTER, 3, 4).asked == Asked{"put good.total 1/0 last=9"});
}

TEST_CASE("a hook that throws fails the write, and values are set in phase derive only") {
  CHECK(change(ES_HOOK_AFTER, 3, 13).status == ES_INTERNAL);
  CHECK(change(ES_HOOK_AFTER, 3, 14).status == ES_INVALID);
}

TEST_CASE("hooks of a plugin that the school switched off do not run") {
  CHECK(change(ES_HOOK_DERIVE, 3, 4, {"plain"}).name == "");
  CHECK(fixture().host.has_hooks("good.mark", ES_HOOK_AFTER));
  CHECK_FALSE(fixture().host.has_hooks("good.total", ES_HOOK_AFTER));
}

TEST_CASE("hooks of a C plugin derive, validate and follow up") {
  for (const std::string plugin : plugins_in_c) {
    CAPTURE(plugin);
    const auto run = [&](std::uint32_t phase, const char* name, bool creating) {
      HookRun result;
      FakeServices services;
      es_call call(services, true);
      const es_field before[] = {field("name", "old")}, after[] = {field("name", name)};
      const auto registry = plugin + ".item";
      const es_change given{
          sizeof(es_change), phase, span(registry), 9, creating ? nullptr : before, creating ? 0u : 1u, after, 1};
      const PluginHost::HookSink sink{[&](std::string_view set, const es_value& value) {
                                        result.name = std::string(set) + "=" +
                                                      std::to_string(Value(value).integer().value_or(-1));
                                        return true;
                                      },
                                      [&](std::string_view at, std::string_view code, std::string_view) {
                                        result.rejected.push_back(std::string(at) + " " + std::string(code));
                                      },
                                      [&](std::string_view message) { result.warned.emplace_back(message); }};
      result.status = fixture().host.run_hooks({plugin}, given, call, sink);
      result.asked = services.asked;
      return result;
    };
    CHECK(run(ES_HOOK_DERIVE, "Ada", false).name == "length=3");
    CHECK(run(ES_HOOK_VALIDATE, "", false).rejected == std::vector<std::string>{"name empty"});
    CHECK(run(ES_HOOK_VALIDATE, "Ada", false).rejected.empty());
    CHECK(run(ES_HOOK_AFTER, "Ada", false).asked == Asked{"put " + plugin + ".total 1/0 last=9"});
    CHECK(run(ES_HOOK_VALIDATE, "Ada", true).warned == std::vector<std::string>{"новая"});
  }
}

TEST_CASE("a job of a C plugin runs, writes and can be cancelled") {
  for (const auto* plugin : plugins_in_c) {
    CAPTURE(plugin);
    FakeServices services;
    bool cancelled = false;
    std::vector<double> progress;
    const PluginHost::JobSink sink{[&](double fraction) { progress.push_back(fraction); }, [&] { return cancelled; }};
    es_call call(services, false);
    const auto done = fixture().host.run_job(job_of(plugin), call, sink, "{}");
    CHECK(done.status == ES_OK);
    CHECK(done.json == R"({"recounted":1})");
    CHECK(progress == std::vector<double>{0.25});
    CHECK(services.asked.back() == "commit");
    cancelled = true;
    es_call second(services, false);
    CHECK(fixture().host.run_job(job_of(plugin), second, sink, "{}").status == ES_BUSY);
  }
}

TEST_CASE("a job reports progress, writes through the writer and gives its result") {
  const auto count = job_of("good");
  CHECK(std::string(count.job->id) == "count");
  FakeServices services;
  std::vector<double> progress;
  bool cancelled = false;
  const PluginHost::JobSink sink{[&](double fraction) { progress.push_back(fraction); }, [&] { return cancelled; }};
  es_call call(services, false);
  const auto done = fixture().host.run_job(count, call, sink, "[1]");
  CHECK(done.status == ES_OK);
  CHECK(done.json == "{\"made\":40,\"asked\":[1]}");
  CHECK(progress == std::vector<double>{0.5, 1.0});
  CHECK(services.asked == Asked{"put good.mark 0/0 value=2", "commit"});

  cancelled = true;
  es_call second(services, false);
  const auto stopped = fixture().host.run_job(count, second, sink, "[]");
  CHECK(stopped.status == ES_BUSY);
  CHECK(stopped.json.empty());
  REQUIRE(second.failures.size() == 1);
  CHECK(second.failures[0].code == "cancelled");
}

TEST_CASE("the memory of a call has a limit") {
  FakeServices services;
  es_call call(services, false);
  const auto* api = static_cast<const es_call_api*>(host_extension(ES_EXT_CALL));
  CHECK(api->alloc(&call, 1024) != nullptr);
  CHECK(api->alloc(&call, es_call::arena_limit) == nullptr);
  CHECK(api->alloc(&call, es_call::arena_limit - 1024) != nullptr);
  CHECK(api->alloc(&call, 1) == nullptr);
}
