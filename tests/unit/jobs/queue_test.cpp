// The pool from many threads at once; the thread sanitizer runs this too.
#include "kernel/jobs/worker_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>

using namespace eschool::jobs;
using namespace std::chrono_literals;

TEST_CASE("what was taken is run, once, before the pool ends") {
  std::atomic<int> ran{0}, taken{0};
  {
    WorkerPool pool(3, 50);
    std::vector<std::thread> clients;
    for (int client = 0; client < 4; ++client)
      clients.emplace_back([&] {
        for (int i = 0; i < 1000; ++i)
          if (pool.submit([&] { ++ran; }))
            ++taken;
          else
            std::this_thread::yield();
      });
    for (auto& client : clients) client.join();
  }
  CHECK(taken > 0);
  CHECK(ran == taken);
}

TEST_CASE("a full queue refuses") {
  std::promise<void> gate, began;  // before the pool, whose threads use them to the last
  WorkerPool pool(1, 2);
  REQUIRE(pool.submit([&] {
    began.set_value();
    gate.get_future().wait();
  }));
  began.get_future().wait();
  CHECK(pool.submit([] {}));
  CHECK(pool.submit([] {}));
  CHECK_FALSE(pool.submit([] {}));
  CHECK(pool.waiting() == 2);
  gate.set_value();
}
