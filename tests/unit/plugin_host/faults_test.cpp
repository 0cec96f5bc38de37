#include "kernel/plugin_host/faults.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "kernel/plugin_host/trail.hpp"

using namespace eschool::plugin_host;
using namespace std::chrono_literals;

namespace {
const auto start = std::chrono::steady_clock::now();
void throw_at(Faults& faults, std::chrono::seconds moment) {
  faults.note(FaultKind::exception, "ошибка", start + moment);
}
}  // namespace

TEST_CASE("exceptions suspend a plugin when five come within a minute") {
  Faults spread;
  for (int i = 0; i < 40; ++i) throw_at(spread, i * 16s);  // never five in sixty seconds
  CHECK_FALSE(spread.suspended());
  CHECK(spread.suspension() == "");
  CHECK(spread.list().front().count == 40);

  Faults dense;
  for (int i = 0; i < 4; ++i) throw_at(dense, i * 15s);
  CHECK_FALSE(dense.suspended());
  throw_at(dense, 60s);
  CHECK(dense.suspended());
  CHECK(dense.release());
  CHECK_FALSE(dense.suspended());
  CHECK_FALSE(dense.release());
  throw_at(dense, 61s);  // counted anew
  CHECK_FALSE(dense.suspended());
}

TEST_CASE("what the school can not do without is never suspended, and other faults suspend nobody") {
  Faults required;
  required.set_required();
  for (int i = 0; i < 9; ++i) throw_at(required, 0s);
  required.note(FaultKind::hang, "1 с");
  required.note(FaultKind::hang, "1 с");
  CHECK_FALSE(required.suspended());
  CHECK(required.list().size() == 2);

  Faults clumsy;
  for (int i = 0; i < 9; ++i) clumsy.note(FaultKind::write_outside, {});
  CHECK_FALSE(clumsy.suspended());
}

TEST_CASE("a stay is seen from other threads, and what is nested comes first") {
  Trail trail({});
  const auto outer = trail.add("outer"), inner = trail.add("inner");
  CHECK(trail.stays(0ms).empty());
  const auto seen = [&] {
    std::vector<Stay> stays;
    std::thread([&] { stays = trail.stays(0ms); }).join();
    return stays;
  };
  {
    const Trail::Step route(trail, outer, Place::route);
    REQUIRE(seen().size() == 1);
    CHECK(seen()[0].plugin == outer);
    CHECK_FALSE(seen()[0].on_writer);
    {
      const Trail::Step hook(trail, inner, Place::hook, true);
      REQUIRE(seen().size() == 1);
      CHECK(seen()[0].plugin == inner);
      CHECK(seen()[0].on_writer);
      CHECK(Trail::Step::current() == &hook);
    }
    CHECK(seen()[0].plugin == outer);
    CHECK(trail.stays(1h).empty());
    const Trail::Step job(trail, inner, Place::job);
    CHECK(seen().empty());  // a job may take its time
  }
  CHECK(seen().empty());
  CHECK(Trail::Step::current() == nullptr);
}
