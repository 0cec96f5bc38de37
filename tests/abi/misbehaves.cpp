// A plugin whose routes and hooks do what a plugin must not, one fault a route: the tests call them one by one.
#include <eschool/plugin.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#ifndef MISBEHAVES_ID
#define MISBEHAVES_ID "misbehaves"
#endif

namespace {

using namespace eschool::plugin;

std::atomic<bool> let_go{false};

void never_return() {
  while (!let_go.load()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

/// The stack is used up long before the end; volatile keeps the compiler from making a loop of it.
std::int64_t overflow(std::int64_t depth) {
  if (depth == std::int64_t{1} << 40) return 0;
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  return overflow(depth + 1) + room[0];
}

class Misbehaves : public Plugin {
 public:
  void fine(Call&, const Request&, Reply& reply) { reply.json(R"({"fine":true})"); }
  void throws_error(Call&, const Request&, Reply&) { throw std::runtime_error("нет такой четверти"); }
  void other_thread(Call& call, const Request&, Reply& reply) {
    es_status status = ES_OK;
    std::thread([&] {
      status = host().records->get(
          call.raw(), to_abi("misbehaves.item"), 1,
          [](void*, const es_field*, std::size_t) noexcept -> es_status { return ES_OK; }, nullptr);
    }).join();
    reply.json(std::to_string(status));
  }
  void writes_while_reading(Call& call, const Request&, Reply&) {
    call.records().create("misbehaves.item", {field("name", "никогда")});
  }
  void hangs(Call&, const Request&, Reply& reply) {
    never_return();
    reply.json(R"({"late":true})");
  }
  void hangs_in_write(Call& call, const Request&, Reply& reply) {
    call.records().create("misbehaves.item", {field("name", "поздно")});
    never_return();
    reply.json(R"({"late":true})");
  }
  void lets_go(Call&, const Request&, Reply&) { let_go.store(true); }
  void crashes(Call&, const Request& request, Reply&) {
    const auto how = request.parameter("how");
    if (how == "segv") {
      volatile int* nowhere = nullptr;
      *nowhere = 1;
    }
    if (how == "abort") std::abort();
    if (how == "exit") std::exit(3);
    if (how == "stack") overflow(0);
  }
  void refuses_item(Call&, const Change& change, HookOut&) {
    if (change.after()["name"].text() == "сбой") throw std::logic_error("не смог проверить");
  }

  static constexpr auto routes() {
    return std::array{
        on<&Misbehaves::fine>(Route{.method = "GET", .path = "/fine"}),
        on<&Misbehaves::throws_error>(Route{.method = "GET", .path = "/throws"}),
        on<&Misbehaves::other_thread>(Route{.method = "GET", .path = "/other-thread"}),
        on<&Misbehaves::writes_while_reading>(Route{.method = "GET", .path = "/writes-while-reading"}),
        on<&Misbehaves::hangs>(Route{.method = "GET", .path = "/hangs"}),
        on<&Misbehaves::hangs_in_write>(Route{.method = "POST", .path = "/hangs-in-write", .mode = Mode::write}),
        on<&Misbehaves::lets_go>(Route{.method = "GET", .path = "/lets-go"}),
        on<&Misbehaves::crashes>(Route{.method = "GET", .path = "/crashes/{how}"}),
    };
  }
  static constexpr auto hooks() {
    return std::array{on<&Misbehaves::refuses_item>(Hook{"misbehaves.item", Phase::validate})};
  }
};

}  // namespace

ESCHOOL_PLUGIN(Misbehaves, MISBEHAVES_ID, "0.1.0")
