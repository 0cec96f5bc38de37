#include "kernel/jobs/worker_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>

using namespace eschool::jobs;
using namespace std::chrono_literals;

namespace {

/// Tasks that do not come back until they are let go.
struct Stuck {
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  std::mutex mutex;
  std::vector<std::shared_ptr<WorkerPool::Worker>> workers;

  void enter(WorkerPool& pool, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      REQUIRE(pool.submit([this] {
        {
          const std::lock_guard lock(mutex);
          workers.push_back(WorkerPool::current());
        }
        open.wait();
      }));
    until([&] {
      const std::lock_guard lock(mutex);
      return workers.size() == count;
    });
  }
  template <class Condition>
  static void until(Condition condition) {
    for (int i = 0; i < 500 && !condition(); ++i) std::this_thread::sleep_for(10ms);
    CHECK(condition());
  }
};

bool answers(WorkerPool& pool) {
  auto done = std::make_shared<std::promise<void>>();
  auto future = done->get_future();
  return pool.submit([done] { done->set_value(); }) && future.wait_for(5s) == std::future_status::ready;
}

}  // namespace

TEST_CASE("a lost worker is replaced, and ends when it comes back") {
  WorkerPool pool(1, 16, 2);
  Stuck stuck;
  stuck.enter(pool, 1);
  CHECK(pool.figures().busy == 1);
  pool.abandon(stuck.workers[0]);
  pool.abandon(stuck.workers[0]);  // is lost once
  CHECK(answers(pool));
  Stuck::until([&] { return pool.figures().busy == 0; });
  CHECK(pool.figures().working == 1);
  CHECK(pool.figures().lost == 1);
  stuck.gate.set_value();
  Stuck::until([&] { return pool.figures().lost == 0; });
  CHECK(pool.figures().working == 1);
  CHECK(pool.figures().lost_total == 1);
  CHECK(answers(pool));
}

TEST_CASE("beyond the spare ones nobody is replaced, and who comes back works on") {
  WorkerPool pool(2, 16, 1);
  Stuck stuck;
  stuck.enter(pool, 2);
  pool.abandon(stuck.workers[0]);
  pool.abandon(stuck.workers[1]);
  CHECK(pool.figures().lost == 2);
  CHECK(pool.figures().working == 1);
  CHECK(answers(pool));
  stuck.gate.set_value();
  Stuck::until([&] { return pool.figures().lost == 0 && pool.figures().working == 2; });
  CHECK(answers(pool));
}

TEST_CASE("a pool ends although a worker is lost") {
  auto stuck = std::make_unique<Stuck>();
  auto pool = std::make_unique<WorkerPool>(2, 16, 1);
  stuck->enter(*pool, 1);
  pool->abandon(stuck->workers[0]);
  pool.reset();
  stuck->gate.set_value();
  std::this_thread::sleep_for(50ms);  // it comes back to nobody
}
