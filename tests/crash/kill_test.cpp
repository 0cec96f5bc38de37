// Nothing acknowledged is lost and nothing is half done when the server dies at any moment. SIGKILL leaves the kernel's
// page cache alive: what a loss of power would lose is up to fsync(), which the storage tests count.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include "fleet.hpp"
#include "installation.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace chrono = std::chrono;

namespace {

constexpr std::size_t clients = 64;
constexpr int rounds_of_a_school = 20;  // then a new one, so that the comparison stays quick
constexpr auto restart_limit = 2s;

int number_of(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atoi(text) : otherwise;
}

struct Trial {
  Installation installation;
  std::string token;
  std::vector<Ledger> ledgers{clients};

  Trial() {
    installation.create_school();
    installation.start();
    token = installation.as("administrator").token();
  }

  /// From the start of the process until it says that it can serve.
  chrono::milliseconds restart() {
    const auto before = chrono::steady_clock::now();
    installation.start();
    REQUIRE(installation.client().get("/readyz").status == 200);
    return chrono::duration_cast<chrono::milliseconds>(chrono::steady_clock::now() - before);
  }

  Verdict compare_copy() {
    const auto copy = installation.data() / "copy.db";
    const auto output = installation.run({"backup", copy.string()});
    REQUIRE_MESSAGE(output.code == 0, output.error);
    return compare(copy, ledgers);
  }

  /// Whoever got no answer asks again, word by word.
  void repeat_unacknowledged() {
    Connection connection(installation.client().port(), token);
    for (auto& ledger : ledgers)
      if (!ledger.orders.empty() && !ledger.orders.back().acknowledged) {
        const bool answered = send(connection, ledger.orders.back(), ledger);
        CHECK_MESSAGE(answered, ledger.orders.back().key << ": " << ledger.unexpected);
      }
  }
};

void check(const Verdict& verdict) {
  for (const auto& fault : verdict.faults) FAIL_CHECK(fault);
  REQUIRE(verdict.faults.empty());
}

}  // namespace

TEST_CASE("killed at any moment under 64 writing clients") {
  const int kills = number_of("ESCHOOL_CRASH_KILLS", 10);
  const auto seed =
      static_cast<unsigned>(number_of("ESCHOOL_CRASH_SEED", static_cast<int>(std::random_device{}() >> 1)));
  std::mt19937 random(seed);
  fmt::print("{} kills, ESCHOOL_CRASH_SEED={}\n", kills, seed);
  CAPTURE(seed);

  std::unique_ptr<Trial> trial;
  chrono::milliseconds slowest{0};
  std::int64_t acknowledged = 0, done = 0, not_done = 0;
  for (int round = 0; round < kills; ++round) {
    CAPTURE(round);
    if (round % rounds_of_a_school == 0) trial = std::make_unique<Trial>();
    const auto port = trial->installation.client().port();
    std::int64_t answered = 0;
    {
      Fleet fleet(port, trial->token, round, trial->ledgers);
      std::this_thread::sleep_for(chrono::milliseconds(std::uniform_int_distribution(20, 900)(random)));
      trial->installation.kill();
      fleet.stop();
      answered = fleet.acknowledged();
    }
    for (const auto& ledger : trial->ledgers) REQUIRE_MESSAGE(ledger.unexpected.empty(), ledger.unexpected);

    // Recovery itself must survive as well: now and then the next start is killed too.
    if (round % 3 == 2)
      trial->installation.start_and_kill(chrono::milliseconds(std::uniform_int_distribution(0, 250)(random)));
    const auto took = trial->restart();
    CHECK(took <= restart_limit);
    slowest = std::max(slowest, took);
    const auto verdict = trial->compare_copy();
    check(verdict);
    const auto audit = trial->installation.run({"audit", "verify"});
    REQUIRE_MESSAGE(audit.code == 0, audit.out << audit.error);
    trial->repeat_unacknowledged();
    acknowledged += answered;
    done += verdict.done_unacknowledged;
    not_done += verdict.not_done;
    const bool last_of_school = round + 1 == kills || (round + 1) % rounds_of_a_school == 0;
    if (last_of_school) {
      const auto final_verdict = trial->compare_copy();
      check(final_verdict);
      CHECK(final_verdict.done_unacknowledged + final_verdict.not_done == 0);
    }
    if (kills > 20 && last_of_school)
      fmt::print("{} kills, {} acknowledged\n", round + 1, acknowledged), std::fflush(stdout);
  }
  fmt::print("acknowledged {}; unacknowledged: {} done, {} not done; slowest restart {} ms\n", acknowledged, done,
             not_done, slowest.count());
  // Otherwise the kills met a server at rest, and nothing was tried.
  CHECK(acknowledged > kills * 10);
  CHECK(done + not_done > kills);
}
