#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cluster.hpp"
#include "kernel/storage/database.hpp"

using namespace eschool::storage;
using eschool::test::Cluster;

namespace {

/// Each test stops and starts a server of its own.
struct Served {
  Cluster cluster;
  Location location{cluster.connection(), "eschool_lyceum-1"};
  std::unique_ptr<Database> database = Database::open(location);

  Served() {
    database->write([](Session& session) {
      session.define("CREATE TABLE mark (id {integer} PRIMARY KEY, n {integer} NOT NULL DEFAULT 0) {strict}");
    });
  }
};

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::other;
}

void insert(Session& session, std::int64_t id) { session.execute("INSERT INTO mark (id) VALUES (?)", {id}); }

std::int64_t count(Database& database) { return database.read()->integer("SELECT count(*) FROM mark"); }

}  // namespace

TEST_CASE_FIXTURE(Served, "a server that dies is told as such, and work goes on when it is back") {
  database->write([](Session& session) { insert(session, 1); });
  CHECK(count(*database) == 1);
  cluster.stop();
  CHECK(kind_of([&] { count(*database); }) == ErrorKind::unavailable);
  CHECK(kind_of([&] { database->write([](Session& session) { insert(session, 2); }); }) == ErrorKind::unavailable);
  cluster.start();
  CHECK(count(*database) == 1);
  database->write([](Session& session) { insert(session, 3); });
  CHECK(count(*database) == 2);
  // Without a look at it in between.
  cluster.stop();
  cluster.start();
  database->write([](Session& session) { insert(session, 4); });
  CHECK(count(*database) == 3);
}

TEST_CASE_FIXTURE(Served, "what is claimed is one process's until its connection ends, and one school's") {
  auto other = Database::open(location);
  CHECK(database->claim("backup"));
  CHECK(database->claim("backup"));  // it has it already
  CHECK_FALSE(other->claim("backup"));
  CHECK(other->claim("something else"));
  CHECK_FALSE(database->claim("something else"));
  CHECK(Database::open({cluster.connection(), "eschool_lyceum-2"})->claim("backup"));
  // A body that fails takes back what it wrote, and not the claim.
  kind_of([&] { database->write([](Session&) { throw Error(ErrorKind::other, "by design"); }); });
  CHECK_FALSE(other->claim("backup"));
  database.reset();
  bool taken_over = false;  // the server may notice the end of a connection a moment later
  for (int i = 0; i < 500 && !(taken_over = other->claim("backup")); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(taken_over);
}

TEST_CASE_FIXTURE(Served, "a connection lost inside a batch fails all that had run in it") {
  std::atomic<bool> go{false};
  std::atomic<int> failed{0}, written{0};
  const auto note = [&](std::exception_ptr error) { ++(error ? failed : written); };
  database->submit(
      [&](Session&) {
        while (!go) std::this_thread::yield();
      },
      {});
  database->submit([](Session& session) { insert(session, 1); }, note);
  database->submit(
      [this](Session& session) {
        insert(session, 2);
        cluster.stop();
        insert(session, 3);
      },
      note);
  go = true;
  while (failed + written < 2) std::this_thread::yield();
  CHECK(failed == 2);
  cluster.start();
  CHECK(count(*database) == 0);
}

TEST_CASE_FIXTURE(Served, "what was acknowledged survives the server's death; what was not is no half") {
  std::atomic<std::int64_t> next{1};
  std::atomic<bool> stop{false};
  std::atomic<int> told{0};
  std::vector<std::vector<std::int64_t>> acknowledged(4);
  std::vector<std::thread> threads;
  for (auto& mine : acknowledged)
    threads.emplace_back([&] {
      while (!stop) {
        const auto id = next.fetch_add(2);
        try {
          database->write([&](Session& session) {
            insert(session, id);
            insert(session, id + 1);
          });
          mine.push_back(id);
        } catch (const Error& error) {
          CHECK(error.kind() == ErrorKind::unavailable);
          ++told;
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
      }
    });
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    cluster.stop();
    cluster.start();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  stop = true;
  for (auto& thread : threads) thread.join();
  std::set<std::int64_t> there;
  const auto read = database->read();
  auto row = read->prepare("SELECT id FROM mark");
  while (row.step()) there.insert(row.integer(0));
  std::size_t all = 0, missing = 0, halves = 0;
  for (const auto& mine : acknowledged) {
    all += mine.size();
    for (const auto id : mine) missing += !there.contains(id);
  }
  for (const auto id : there)
    if (id % 2) halves += !there.contains(id + 1);
  CHECK(all > 10);
  CHECK(told > 0);
  CHECK(missing == 0);
  CHECK(halves == 0);
  CHECK(there.size() % 2 == 0);
}

TEST_CASE_FIXTURE(Served, "two processes that read before they write make one chain") {
  const auto other = Database::open(location);
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (auto* each : {database.get(), other.get()})
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&failed, each] {
        for (int k = 0; k < 50; ++k) try {
            each->write([](Session& session) { insert(session, session.integer("SELECT max(id) FROM mark") + 1); });
          } catch (const Error&) {
            ++failed;
          }
      });
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(count(*database) == 400);
  CHECK(database->read()->integer("SELECT max(id) FROM mark") == 400);
}

TEST_CASE_FIXTURE(Served, "schools of one database do not see each other") {
  const auto other = Database::open({location.connection, "eschool_lyceum-2"});
  CHECK(kind_of([&] { count(*other); }) == ErrorKind::other);
  other->write([](Session& session) { session.define("CREATE TABLE mark (id {integer} PRIMARY KEY, n {integer})"); });
  other->write([](Session& session) { insert(session, 5); });
  CHECK(count(*database) == 0);
  CHECK(kind_of([&] { Database::open({location.connection, "a\"; DROP SCHEMA x"}); }) == ErrorKind::other);
}

TEST_CASE_FIXTURE(Served, "the functions of SQLite that the kernel uses are there") {
  const auto read = database->read();
  CHECK(read->integer("SELECT instr('Ёлкина', ?)", {std::string("кин")}) == 3);
  CHECK(read->integer("SELECT count(*) FROM mark WHERE likely(n = 0)") == 0);
}

TEST_CASE_FIXTURE(Served, "a kept statement survives a column that changes its type") {
  database->write([](Session& session) { insert(session, 1); });
  const auto read = database->read();
  CHECK(read->integer("SELECT n FROM mark") == 0);
  database->write([](Session& session) { session.execute("ALTER TABLE mark ALTER n TYPE TEXT USING 'word'"); });
  try {
    read->text("SELECT n FROM mark");  // may be told once
  } catch (const Error&) {
  }
  CHECK(read->text("SELECT n FROM mark") == "word");
}

TEST_CASE_FIXTURE(Served, "tables that a body fills are looked at before the transaction ends, when it says so") {
  const auto looked_at = [](Session& session) {
    return session.integer("SELECT count(*) FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'mark'") >
           0;
  };
  // Without the announcement nothing is looked at, however much is written.
  database->write([&](Session& session) {
    for (int id = 1; id <= 1000; ++id) insert(session, id);
    CHECK_FALSE(looked_at(session));
    session.execute("DELETE FROM mark");
  });
  database->write([&](Session& session) {
    session.expect_growth();
    for (int id = 1; id <= 200; ++id) insert(session, id);
    CHECK_FALSE(looked_at(session));
    for (int id = 201; id <= 300; ++id) insert(session, id);
    CHECK(looked_at(session));
  });
  CHECK(count(*database) == 300);
}

TEST_CASE_FIXTURE(Served, "text that PostgreSQL would cut is refused") {
  database->write([](Session& session) { session.define("CREATE TABLE word (t {text})"); });
  const std::string zero("a\0b", 3);
  CHECK(kind_of([&] {
          database->write([&](Session& session) { session.execute("INSERT INTO word VALUES (?)", {zero}); });
        }) == ErrorKind::constraint_other);
}

TEST_CASE("a server that takes the connection and says nothing holds nobody for long") {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listening, 8) == 0);
  REQUIRE(::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const auto port = std::to_string(ntohs(address.sin_port));
  const auto begun = std::chrono::steady_clock::now();
  CHECK(kind_of([&] { Database::open({"host=127.0.0.1 port=" + port, "eschool_test"}); }) == ErrorKind::unavailable);
  CHECK(kind_of([&] {
          Database::open({"postgresql://x@127.0.0.1:" + port + "/x?connect_timeout=2", "eschool_test"});
        }) == ErrorKind::unavailable);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
  ::close(listening);
}

TEST_CASE("nobody at the address is told") {
  CHECK(kind_of([] {
          Database::open({"host=/nonexistent dbname=eschool", "eschool_test"});
        }) == ErrorKind::unavailable);
}
