#include "kernel/auth/hashing_pool.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

using eschool::auth::HashingPool;

TEST_CASE("a login storm of 1,000 is served by one thread of low priority") {
  HashingPool pool;
  std::atomic<int> served{0}, priority{0};
  std::promise<void> all;
  std::set<std::thread::id> threads;
  for (int i = 0; i < 1000; ++i)
    CHECK(pool.submit([&] {
      threads.insert(std::this_thread::get_id());
      priority = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
      if (++served == 1000) all.set_value();
    }));
  all.get_future().wait();
  CHECK(threads.size() == 1);
  CHECK(priority >= 10);
  CHECK(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())) < priority);
}

TEST_CASE("beyond its bound it refuses at once, and it ends without serving what waits") {
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  std::atomic<int> served{0};
  std::thread opener;
  {
    HashingPool pool({.threads = 1, .queue = 3});
    std::promise<void> started;
    CHECK(pool.submit([&, opened] {
      started.set_value();
      opened.wait();
      ++served;
    }));
    started.get_future().wait();
    for (int i = 0; i < 3; ++i) CHECK(pool.submit([&] { ++served; }));
    CHECK(pool.waiting() == 3);
    CHECK_FALSE(pool.submit([&] { ++served; }));
    opener = std::thread([&] {
      while (pool.waiting() != 0) std::this_thread::yield();  // dropped by the destructor
      gate.set_value();
    });
  }
  opener.join();
  CHECK(served == 1);
}
