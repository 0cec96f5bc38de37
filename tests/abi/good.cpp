// A plugin that uses every part of plugin.hpp, some of it badly on purpose: what its handlers throw is the test.
#include <eschool/plugin.hpp>

#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace eschool::plugin;

constexpr char names_sql[] = "SELECT name FROM good_mark WHERE value > ?";

class Good : public Plugin {
 public:
  void start() override { host().log(ES_LOG_INFO, "started"); }

  void hello(Call& call, const Request& request, Reply& reply) {
    std::string text(request.parameter("name"));
    text += ' ';
    text += request.query()["greeting"].text();
    text += ' ';
    text += call.school();
    text += ' ';
    text += std::to_string(call.person());
    reply.head(201, "text/plain");
    reply.append(text);
  }
  void nothing(Call&, const Request&, Reply&) {}
  void list(Call& call, const Request&, Reply& reply) {
    std::string text;
    call.records().find(
        "good.mark", "value = ?", [&](Fields row) { text += row["name"].text(); }, 5);
    call.query().run(
        names_sql,
        [&](Fields row) {
          text += row.at(0).text();
          return false;  // one is enough
        },
        3);
    if (call.access().holds("teaches", "good.mark", 7)) text += " teaches";
    if (!call.access().may("archive", "good.mark")) text += " no-archive";
    reply.json(text);
  }
  void throws_in_row(Call& call, const Request&, Reply&) {
    call.records().find("good.mark", "", [](Fields) { throw std::runtime_error("from a row"); });
  }
  void throws_error(Call&, const Request&, Reply& reply) {
    reply.json("half an answer");
    throw std::runtime_error("a broken promise");
  }
  void throws_number(Call&, const Request&, Reply&) { throw 7; }
  void refuses(Call& call, const Request&, Reply&) {
    call.blame("value", "too_big", "не больше 5");
    call.fail(ES_INVALID, "bad_mark", "Отметка не принята");
  }
  void writes(Call& call, const Request& request, Reply& reply) {
    Written written{};
    call.records().write([&](Call& inside) {
      written = inside.records().create("good.mark", {field("name", request.body()), field("value", 4)});
      inside.records().update("good.mark", written.id, {field("value", 5)}, written.version);
      inside.records().archive("good.mark", written.id);
    });
    reply.json(std::to_string(written.id));
  }
  void writes_and_throws(Call& call, const Request&, Reply&) {
    call.records().write([&](Call&) { throw std::runtime_error("inside a savepoint"); });
  }
  void puts_while_reading(Call& call, const Request&, Reply&) {
    call.records().create("good.mark", {field("value", 1)});
  }
  void calls_from_a_thread(Call& call, const Request&, Reply& reply) {
    es_status status = ES_OK;
    std::thread([&] {
      status = host().records->get(
          call.raw(), to_abi("good.mark"), 1,
          [](void*, const es_field*, std::size_t) noexcept -> es_status { return ES_OK; }, nullptr);
    }).join();
    reply.json(std::to_string(status));
  }

  void derive(Call&, const Change& change, HookOut& out) {
    out.set("name", std::string(change.after()["name"].text()) + "!");
  }
  void validate(Call&, const Change& change, HookOut& out) {
    if (change.changed("value") && change.after()["value"].integer().value_or(0) > 5)
      out.reject("value", "too_big", "не больше 5");
    if (change.creating()) out.warn("новая");
  }
  void after(Call& call, const Change& change, HookOut& out) {
    if (change.after()["value"].integer() == 13) throw std::logic_error("thirteen");
    if (change.after()["value"].integer() == 14) out.set("name", "too late");
    call.records().update("good.total", 1, {field("last", Value::id(change.id()))});
  }

  void count(Call& call, JobControl& control, std::string_view arguments) {
    control.progress(0.5);
    if (control.cancelled()) call.fail(ES_BUSY, "cancelled", "Отменено");
    Written written{};
    call.records().write([&](Call& writer) { written = writer.records().create("good.mark", {field("value", 2)}); });
    control.progress(7);
    control.result("{\"made\":" + std::to_string(written.id) + ",\"asked\":" + std::string(arguments) + "}");
  }

  static constexpr auto routes() {
    return std::array{
        on<&Good::hello>(Route{.method = "GET", .path = "/hello/{name}"}),
        on<&Good::nothing>(Route{.method = "GET", .path = "/nothing"}),
        on<&Good::list>(Route{.method = "GET", .path = "/list", .capability = "good.count"}),
        on<&Good::throws_in_row>(Route{.method = "GET", .path = "/throws-in-row"}),
        on<&Good::throws_error>(Route{.method = "GET", .path = "/throws-error"}),
        on<&Good::throws_number>(Route{.method = "GET", .path = "/throws-number"}),
        on<&Good::refuses>(Route{.method = "GET", .path = "/refuses"}),
        on<&Good::writes>(Route{.method = "POST", .path = "/writes", .mode = Mode::write}),
        on<&Good::writes_and_throws>(Route{.method = "POST", .path = "/writes-and-throws", .mode = Mode::write}),
        on<&Good::puts_while_reading>(Route{.method = "POST", .path = "/puts-while-reading"}),
        on<&Good::calls_from_a_thread>(Route{.method = "GET", .path = "/calls-from-a-thread"}),
    };
  }
  static constexpr auto hooks() {
    return std::array{on<&Good::derive>(Hook{"good.mark", Phase::derive}),
                      on<&Good::validate>(Hook{"good.mark", Phase::validate}),
                      on<&Good::after>(Hook{"good.mark", Phase::after})};
  }
  static constexpr auto jobs() {
    return std::array{on<&Good::count>(Job{.id = "count", .label = "Подсчёт", .capability = "good.count"})};
  }
};

}  // namespace

ESCHOOL_PLUGIN(Good, "good", "0.1.0")
