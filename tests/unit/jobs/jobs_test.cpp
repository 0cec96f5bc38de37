// Jobs from many threads at once; the thread sanitizer runs this too. Over HTTP: tests/http/jobs_test.cpp.
#include "kernel/jobs/jobs.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <stdexcept>
#include <thread>

using namespace eschool::jobs;
using namespace std::chrono_literals;

TEST_CASE("eight threads submit, watch, cancel and await jobs") {
  Jobs jobs(3);
  std::array<std::atomic<int>, 5> ended{};
  std::atomic<int> refused{0};
  std::mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client)
    clients.emplace_back([&, client] {
      for (int i = 0; i < 25; ++i) {
        const int kind = (client + i) % 3;
        const auto id = jobs.submit("test", "work", client, [kind](Control& control) -> std::string {
          for (int step = 0; step < 10; ++step) {
            control.progress(step / 10.0);
            if (control.cancelled()) throw Cancelled{};
            std::this_thread::yield();
          }
          if (kind == 1) throw std::runtime_error("by design");
          return "{}";
        });
        if (!id) {
          ++refused;
          continue;
        }
        if (kind == 2) jobs.cancel(*id);
        const auto seen = jobs.find(*id);
        if (seen) {
          CHECK(seen->account == client);
          CHECK((seen->progress >= 0 && seen->progress <= 1));
        }
        const auto status = jobs.wait(*id);
        ++ended[static_cast<std::size_t>(status.state)];
        const std::lock_guard lock(mutex);
        ids.insert(*id);
      }
    });
  for (auto& client : clients) client.join();
  CHECK(refused == 0);  // never more than eight wait
  CHECK(ids.size() == 200);
  CHECK(ended[static_cast<std::size_t>(State::queued)] == 0);
  CHECK(ended[static_cast<std::size_t>(State::running)] == 0);
  CHECK(ended[static_cast<std::size_t>(State::failed)] == 67);  // all of kind 1
  CHECK(ended[static_cast<std::size_t>(State::done)] >= 66);    // all of kind 0, and of kind 2 what was faster
  CHECK(ended[2] + ended[3] + ended[4] == 200);
}

TEST_CASE("the end cancels what is under way and waits for it") {
  std::atomic<bool> began{false}, cancelled{false};
  {
    Jobs jobs;
    jobs.submit("test", "work", 1, [&](Control& control) -> std::string {
      began = true;
      while (!control.cancelled()) std::this_thread::sleep_for(1ms);
      cancelled = true;
      throw Cancelled{};
    });
    while (!began) std::this_thread::sleep_for(1ms);
  }
  CHECK(cancelled);
}
