// Jobs from many threads at once; the thread sanitizer runs this too. Over HTTP: tests/http/jobs_test.cpp.
#include "kernel/jobs/jobs.hpp"

#include <doctest/doctest.h>

#include <array>
#include <future>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "kernel/http/problem.hpp"

using namespace eschool::jobs;
using namespace std::chrono_literals;

namespace {

/// What one asker was told.
struct Answer {
  int times = 0;
  std::string id;       ///< of a job that was taken
  std::string refusal;  ///< a problem's code, or the text of what was thrown
};

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const eschool::http::ProblemError& error) {
    return error.problem.code;
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// Asks for a job; the answer may come later, and while `jobs` lives.
std::shared_ptr<Answer> ask(Jobs& jobs, std::int64_t account, Jobs::Work work, const std::string& school = "test") {
  auto answer = std::make_shared<Answer>();
  jobs.submit(school, "work", account, std::move(work), [answer](std::exception_ptr refusal, const std::string& id) {
    ++answer->times;
    answer->id = id;
    if (refusal) answer->refusal = text_of(refusal);
  });
  return answer;
}

std::string nothing(Control&) { return "{}"; }

/// Work that goes on until it is cancelled.
std::string until_cancelled(Control& control) {
  while (!control.cancelled()) std::this_thread::sleep_for(1ms);
  throw Cancelled{};
}

/// Notes what it is told of, and jobs only when the test says so: a writer that somebody holds.
class HeldJournal : public Journal {
 public:
  struct Notes {
    std::mutex mutex;
    std::vector<Noted> held;
    std::vector<std::string> told;  ///< "begin", then the states
    bool broken = false;            ///< begin() throws

    std::vector<Noted> take() {
      const std::lock_guard lock(mutex);
      return std::exchange(held, {});
    }
    std::vector<std::string> so_far() {
      const std::lock_guard lock(mutex);
      return told;
    }
  };
  explicit HeldJournal(Notes& notes) : notes_(notes) {}

  void begin(const Status&, Noted noted) override {
    const std::lock_guard lock(notes_.mutex);
    if (notes_.broken) throw std::runtime_error("no place to note it");
    notes_.told.emplace_back("begin");
    notes_.held.push_back(std::move(noted));
  }
  void note(const Status& status) noexcept override {
    const std::lock_guard lock(notes_.mutex);
    notes_.told.emplace_back(name(status.state));
  }
  std::vector<std::string> beat(const std::vector<Status>&) noexcept override { return {}; }
  std::optional<Status> find(const std::string&, std::string_view) override { return {}; }
  void ask_to_cancel(const std::string&, std::string_view) override {}

 private:
  Notes& notes_;
};

}  // namespace

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
        const auto answer = ask(jobs, client, [kind](Control& control) -> std::string {
          for (int step = 0; step < 10; ++step) {
            control.progress(step / 10.0);
            if (control.cancelled()) throw Cancelled{};
            std::this_thread::yield();
          }
          if (kind == 1) throw std::runtime_error("by design");
          return "{}";
        });
        const auto& id = answer->id;
        if (id.empty()) {
          ++refused;
          continue;
        }
        if (kind == 2) jobs.cancel(id);
        const auto seen = jobs.find(id);
        if (seen) {
          CHECK(seen->account == client);
          CHECK((seen->progress >= 0 && seen->progress <= 1));
        }
        const auto status = jobs.wait(id);
        ++ended[static_cast<std::size_t>(status.state)];
        const std::lock_guard lock(mutex);
        ids.insert(id);
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
    ask(jobs, 1, [&](Control& control) -> std::string {
      began = true;
      while (!control.cancelled()) std::this_thread::sleep_for(1ms);
      cancelled = true;
      throw Cancelled{};
    });
    while (!began) std::this_thread::sleep_for(1ms);
  }
  CHECK(cancelled);
}

TEST_CASE("an account has two jobs under way in a school; a third is refused until one of them is over") {
  Jobs jobs;  // one thread: the second one waits
  const auto first = ask(jobs, 1, until_cancelled), second = ask(jobs, 1, until_cancelled);
  REQUIRE_FALSE(first->id.empty());
  REQUIRE_FALSE(second->id.empty());
  const auto third = ask(jobs, 1, nothing);
  CHECK(third->refusal == "too_many_jobs");
  CHECK(third->id.empty());
  CHECK(third->times == 1);
  const auto of_another = ask(jobs, 2, nothing), elsewhere = ask(jobs, 1, nothing, "other");
  CHECK_FALSE(of_another->id.empty());
  CHECK_FALSE(elsewhere->id.empty());
  for (int i = 0; i < 5; ++i) CHECK_FALSE(ask(jobs, 0, nothing)->id.empty());  // the machine's administrator
  jobs.cancel(first->id);
  CHECK(jobs.wait(first->id).state == State::cancelled);
  const auto fourth = ask(jobs, 1, nothing);
  CHECK_FALSE(fourth->id.empty());
  jobs.cancel(second->id);
  CHECK(jobs.wait(fourth->id).state == State::done);
}

TEST_CASE("no more than 64 jobs wait") {
  Jobs jobs;
  std::promise<void> began;
  ask(jobs, 1000, [&](Control& control) {
    began.set_value();
    return until_cancelled(control);
  });
  began.get_future().wait();
  for (int account = 1; account <= 64; ++account) CHECK_FALSE(ask(jobs, account, nothing)->id.empty());
  CHECK(ask(jobs, 65, nothing)->refusal == "busy");
}

TEST_CASE("a job that is not noted yet holds nobody up, has no number, does not run and has its place") {
  HeldJournal::Notes notes;
  Jobs jobs(2, std::make_unique<HeldJournal>(notes));
  std::atomic<int> ran{0};
  const auto work = [&](Control&) -> std::string {
    ++ran;
    return "{}";
  };
  const auto first = ask(jobs, 1, work), second = ask(jobs, 1, work);
  CHECK(ask(jobs, 1, work)->refusal == "too_many_jobs");
  std::this_thread::sleep_for(20ms);  // time enough to run for what should not
  CHECK(first->times == 0);
  CHECK(second->times == 0);
  CHECK(ran == 0);
  CHECK(notes.so_far() == std::vector<std::string>{"begin", "begin"});
  auto held = notes.take();
  const auto note = [&](std::size_t i) { std::exchange(held.at(i), nullptr)(nullptr); };
  // Also when a check ends the test: the end of `jobs` waits for the journal.
  const std::shared_ptr<void> rest(nullptr, [&](void*) {
    for (std::size_t i = 0; i < held.size(); ++i)
      if (held[i]) note(i);
  });
  REQUIRE(held.size() == 2);
  note(0);
  CHECK(first->times == 1);
  REQUIRE_FALSE(first->id.empty());
  CHECK(jobs.wait(first->id).state == State::done);
  CHECK(ran == 1);
  CHECK(second->times == 0);
  note(1);
  CHECK(jobs.wait(second->id).state == State::done);
  CHECK(ran == 2);
}

TEST_CASE("what the journal fails with is told, and the place is free again") {
  HeldJournal::Notes notes;
  Jobs jobs(1, std::make_unique<HeldJournal>(notes));
  const auto first = ask(jobs, 1, nothing), second = ask(jobs, 1, nothing);
  for (const auto& noted : notes.take()) noted(std::make_exception_ptr(std::runtime_error("the disk is full")));
  for (const auto& answer : {first, second}) {
    CHECK(answer->times == 1);
    CHECK(answer->id.empty());
    CHECK(answer->refusal == "the disk is full");
  }
  notes.broken = true;
  for (int i = 0; i < 3; ++i) CHECK(ask(jobs, 1, nothing)->refusal == "no place to note it");
  CHECK(notes.so_far() == std::vector<std::string>{"begin", "begin"});  // nothing ran
}

TEST_CASE("the end waits for the journal's answers, and what it notes by then does not run") {
  HeldJournal::Notes notes;
  std::atomic<bool> ran{false};
  std::atomic<int> told{0};
  auto jobs = std::make_unique<Jobs>(1, std::make_unique<HeldJournal>(notes));
  for (const int account : {1, 2})
    jobs->submit(
        "test", "work", account,
        [&](Control&) -> std::string {
          ran = true;
          return "{}";
        },
        [&](std::exception_ptr, const std::string&) { ++told; });
  std::thread writer([&] {
    std::this_thread::sleep_for(50ms);  // the end has begun by then
    auto held = notes.take();
    held.at(0)(nullptr);
    held.at(1)(std::make_exception_ptr(std::runtime_error("closed")));
  });
  jobs.reset();
  CHECK(told == 2);
  CHECK_FALSE(ran);
  CHECK(notes.so_far() == std::vector<std::string>{"begin", "begin", "cancelled"});
  writer.join();
}
