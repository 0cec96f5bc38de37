#include "kernel/auth/sessions.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "kernel/auth/instant.hpp"
#include "school_fixture.hpp"

using namespace eschool::auth;
using eschool::storage::Session;

namespace {

struct Fixture : SchoolFixture {
  std::unique_ptr<Sessions> sessions = std::make_unique<Sessions>(*database);
  std::int64_t account = create("petrova", 17).id;

  ~Fixture() { sessions.reset(); }
  OpenedSession log_in(std::int64_t now, Lifetime lifetime = Lifetime::staff(),
                       SessionKind kind = SessionKind::cookie) {
    OpenedSession opened;
    database->write([&](Session& session) {
      opened = sessions->create(session, {account, kind, lifetime, "10.0.0.7", "Browser", "kiosk"}, now);
    });
    return opened;
  }
  void settle() {  // what was submitted before is committed after it
    database->write([](Session&) {});
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a session is found by its token alone, also after a restart") {
  const auto opened = log_in(1000);
  CHECK(opened.token.size() == 43);
  CHECK(opened.csrf != opened.token);
  for (int restart = 0; restart < 2; ++restart) {
    const auto found = sessions->find(opened.token, 1100);
    REQUIRE(found);
    CHECK(found->account == account);
    CHECK(found->person == 17);
    CHECK(found->login == "petrova");
    CHECK(found->csrf == opened.csrf);
    CHECK(found->hash == opened.hash);
    CHECK(found->created == 1000);
    CHECK(found->kind == SessionKind::cookie);
    CHECK(found->must_change_password);
    sessions = std::make_unique<Sessions>(*database);
  }
  for (const std::string& wrong : {std::string(), opened.hash, opened.token + "x", opened.csrf, std::string(5000, 'a')})
    CHECK_FALSE(sessions->find(wrong, 1100));
  // Whoever reads the file cannot log in with what it holds.
  settle();
  CHECK(database->read()->integer("SELECT count(*) FROM es_session WHERE hash = ? OR csrf = ?",
                                  {opened.token, opened.token}) == 0);
}

TEST_CASE_FIXTURE(Fixture, "idle and absolute ends, by kind of session") {
  const auto cookie = log_in(0, Lifetime::staff());
  const auto token = log_in(0, Lifetime::program(), SessionKind::token);
  const std::int64_t hour = 3600;
  CHECK(sessions->find(cookie.token, 7 * hour));
  CHECK(sessions->find(cookie.token, 14 * hour));  // the visit at 7 counts
  CHECK(sessions->find(cookie.token, 21 * hour));
  CHECK_FALSE(sessions->find(cookie.token, 24 * hour));  // whatever the visits
  CHECK(sessions->find(token.token, 24 * 80 * hour)->kind == SessionKind::token);
  const auto idle = log_in(0, Lifetime::administrator());
  CHECK(sessions->find(idle.token, 29 * 60));
  CHECK_FALSE(sessions->find(idle.token, 29 * 60 + 30 * 60));
  sessions = std::make_unique<Sessions>(*database);
  CHECK_FALSE(sessions->find(idle.token, 31 * 60));  // read anew from the table
}

TEST_CASE_FIXTURE(Fixture, "a session that another process sees in use is not idle here") {
  const auto opened = log_in(1000, Lifetime::administrator());
  Sessions elsewhere(*database);
  CHECK(elsewhere.find(opened.token, 1000));
  for (std::int64_t now = 1000; now < 1000 + 3600; now += 100) CHECK(sessions->find(opened.token, now));
  sessions->flush(1000 + 3600);
  elsewhere.flush(1000 + 3600);  // for it the session ended half an hour ago
  settle();
  CHECK(elsewhere.find(opened.token, 1000 + 3600));
  CHECK(sessions->find(opened.token, 1000 + 3600));
  sessions = std::make_unique<Sessions>(*database);
  CHECK(sessions->find(opened.token, 1000 + 3600));
}

TEST_CASE_FIXTURE(Fixture, "who only listens does not keep a session alive") {
  const auto opened = log_in(1000, Lifetime::administrator());
  for (std::int64_t now = 1000; now < 1000 + 1800; now += 100) CHECK(sessions->alive(opened.token, now));
  CHECK_FALSE(sessions->alive(opened.token, 1000 + 1800));
  CHECK_FALSE(sessions->find(opened.token, 1000 + 1800));
  // Neither from the cache nor when the row is read anew.
  const auto visited = log_in(5000, Lifetime::administrator());
  CHECK(sessions->find(visited.token, 5100));
  CHECK(sessions->alive(visited.token, 5100 + 1799));
  CHECK_FALSE(sessions->alive(visited.token, 5100 + 1800));
}

TEST_CASE_FIXTURE(Fixture, "forgetting all keeps the visits that were stored before") {
  const auto opened = log_in(1000, Lifetime::administrator());
  CHECK(sessions->find(opened.token, 2700));
  sessions->flush(2700);
  sessions->forget_all();
  CHECK(sessions->cached() == 0);
  settle();
  CHECK(sessions->find(opened.token, 4400));
}

TEST_CASE_FIXTURE(Fixture, "a clock that jumps ends no session early and stops no bookkeeping") {
  constexpr std::int64_t day = 86400;
  const auto old = log_in(10 * day, Lifetime::family());
  CHECK(sessions->find(old.token, 10 * day));
  // A day back: who was logged in stays so.
  CHECK(sessions->find(old.token, 9 * day));
  const auto recent = log_in(9 * day, Lifetime::family());
  CHECK(sessions->find(recent.token, 9 * day + 30));
  CHECK(sessions->find(recent.token, 9 * day + 100));  // hands the visits to the writer
  settle();
  CHECK(database->read()->text("SELECT last_seen_at FROM es_session WHERE hash = ?", {recent.hash}) ==
        instant(9 * day + 30));
  // A day ahead and back again.
  CHECK(sessions->find(recent.token, 11 * day));
  CHECK(sessions->find(recent.token, 10 * day));
  // Beyond its end a session is over, whatever the clock says later.
  CHECK_FALSE(sessions->find(recent.token, 400 * day));
  sessions->find(recent.token, 400 * day + 100);
  settle();
  CHECK_FALSE(sessions->find(recent.token, 10 * day));
}

TEST_CASE_FIXTURE(Fixture, "revoking acts at once") {
  const auto first = log_in(1000), second = log_in(1001), third = log_in(1002);
  for (const auto* opened : {&first, &second, &third}) REQUIRE(sessions->find(opened->token, 1100));
  CHECK(sessions->list(*database->read(), account, 1100).size() == 3);
  const auto stranger = create("stranger").id;
  database->write([&](Session& session) {
    CHECK_FALSE(sessions->revoke(session, stranger, first.hash));
    CHECK(sessions->revoke(session, account, first.hash));
  });
  sessions->forget(first.hash);
  CHECK_FALSE(sessions->find(first.token, 1100));
  CHECK(sessions->find(second.token, 1100));

  database->write([&](Session& session) { sessions->revoke_account(session, account, third.hash); });
  sessions->forget_account(account);
  CHECK_FALSE(sessions->find(second.token, 1100));
  CHECK(sessions->find(third.token, 1100));
  const auto rows = sessions->list(*database->read(), account, 1100);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].hash == third.hash);
  CHECK(rows[0].remote == "10.0.0.7");
  CHECK(rows[0].label == "kiosk");

  database->write([&](Session& session) { accounts.set_enabled(session, account, false); });
  sessions->forget_account(account);
  CHECK_FALSE(sessions->find(third.token, 1100));
}

TEST_CASE_FIXTURE(Fixture, "a changed password is seen once the account is forgotten") {
  const auto opened = log_in(1000);
  CHECK(sessions->find(opened.token, 1100)->must_change_password);
  database->write([&](Session& session) { accounts.set_password(session, account, "hash"); });
  sessions->forget_account(account);
  CHECK_FALSE(sessions->find(opened.token, 1100)->must_change_password);
}

TEST_CASE_FIXTURE(Fixture, "a revoked session does not come back by a read that was under way") {
  std::atomic<bool> stop{false};
  std::atomic<int> alive_after{0};
  for (int round = 0; round < 50; ++round) {
    const auto opened = log_in(1000);
    std::vector<std::thread> readers;
    stop = false;
    for (int i = 0; i < 2; ++i)
      readers.emplace_back([&] {
        while (!stop) sessions->find(opened.token, 1100);
      });
    database->write([&](Session& session) { sessions->revoke(session, account, opened.hash); });
    sessions->forget(opened.hash);
    if (sessions->find(opened.token, 1100)) ++alive_after;
    stop = true;
    for (auto& reader : readers) reader.join();
    if (sessions->find(opened.token, 1100)) ++alive_after;
  }
  CHECK(alive_after == 0);
}

TEST_CASE_FIXTURE(Fixture, "last visits are stored in batches, at most once a minute") {
  const auto opened = log_in(1000);
  const auto over = log_in(1000, {50, 5000});
  const auto stored = [&] {
    settle();
    return database->read()->text("SELECT last_seen_at FROM es_session WHERE hash = ?", {opened.hash});
  };
  CHECK(sessions->find(opened.token, 1010));
  CHECK(sessions->find(over.token, 1010));
  const auto bodies = [&] { return database->figures().bodies; };
  settle();
  const auto before = bodies();
  for (int i = 0; i < 1000; ++i) sessions->find(opened.token, 1011 + i / 25);  // up to 1050
  settle();
  CHECK(bodies() == before + 1);  // settle() itself
  CHECK(stored() == instant(1000));
  CHECK(sessions->find(opened.token, 1080));
  CHECK(stored() == instant(1050));
  CHECK(sessions->list(*database->read(), account, 1080).size() == 1);
  CHECK(sessions->cached() == 1);  // the one that idled out is gone from both
  CHECK(database->read()->integer("SELECT count(*) FROM es_session") == 1);
  CHECK(sessions->find(opened.token, 1150));  // stores 1080
  CHECK(sessions->find(opened.token, 1220));  // stores 1150
  sessions->flush(1220);
  sessions->flush(1220 + 3601);
  CHECK(sessions->cached() == 0);  // unseen for an hour: left to the table
  CHECK(sessions->find(opened.token, 1220 + 3700));
}

TEST_CASE_FIXTURE(Fixture, "the hot path takes microseconds") {
  const auto opened = log_in(1000);
  REQUIRE(sessions->find(opened.token, 1001));
  const auto start = std::chrono::steady_clock::now();
  constexpr int rounds = 20000;
  int found = 0;
  for (int i = 0; i < rounds; ++i) found += sessions->find(opened.token, 1001).has_value();
  const auto micros =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / rounds;
  CHECK(found == rounds);
  MESSAGE("find: " << micros << " us");
  CHECK(micros < 50);  // a loose bound for debug and sanitizer builds; a database read alone would exceed it there
}
