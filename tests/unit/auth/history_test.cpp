#include "kernel/audit/history.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "school_fixture.hpp"

using namespace eschool::audit;
using eschool::storage::Session;

namespace {

struct Fixture : SchoolFixture {
  History history;

  Entry entry(int i) const {
    Entry made;
    made.at = "2026-11-23T11:59:59Z";
    made.account = 4;
    made.person = 17;
    made.remote = "10.0.0.7";
    made.registry = i % 2 ? "people.student" : "school.class";
    made.record = i;
    made.version = 1;
    made.action = "update";
    made.before = R"({"surname":"Ёлкина"})";
    made.after = R"({"surname":"Иванова-)" + std::to_string(i) + "\"}";
    return made;
  }
  void append(int count) {
    database->write([&](Session& session) {
      for (int i = 1; i <= count; ++i) history.append(session, entry(i));
    });
  }
  void tamper(const char* sql) {
    database->write([&](Session& session) { session.execute(sql); });
  }
  VerifyResult check(const std::optional<Head>& noted = {}) {
    const auto read = database->read();
    return verify(*read, {}, noted);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a whole chain verifies, an empty one too") {
  auto result = check();
  CHECK(result.ok());
  CHECK(result.count == 0);
  CHECK(result.head.seq == 0);
  append(25);
  double last = 0;
  result = verify(*database->read(), [&](double progress) { last = progress; });
  CHECK(result.ok());
  CHECK(result.reason.empty());
  CHECK(result.count == 25);
  CHECK(result.head.seq == 25);
  CHECK(result.head.hash == head(*database->read()).hash);
  CHECK(last == 1.0);
  open();  // a restart goes on with the chain
  append(5);
  CHECK(check().count == 30);
  CHECK(check(result.head).ok());
}

TEST_CASE_FIXTURE(Fixture, "a body that is rolled back takes its entries with it and leaves no gap") {
  append(3);
  CHECK_THROWS(database->write([&](Session& session) {
    history.append(session, entry(4));
    history.append(session, entry(5));
    throw std::runtime_error("no");
  }));
  database->write([&](Session& session) {
    {
      const eschool::storage::Savepoint given_up(session);
      history.append(session, entry(6));
    }
    history.append(session, entry(7));
  });
  const auto result = check();
  CHECK(result.ok());
  CHECK(result.head.seq == 4);
  CHECK(database->read()->integer("SELECT record FROM es_history WHERE seq = 4") == 7);
}

TEST_CASE_FIXTURE(Fixture, "every field of an entry is protected") {
  append(9);
  for (const char* change :
       {"at = '2020-01-01T00:00:00Z'", "account = 5", "person = 0", "remote = ''", "registry = 'school.room'",
        "record = 99", "version = 2", "action = 'create'", "before = ''", "after = '{}'",
        "payload_hash = '0000000000000000000000000000000000000000000000000000000000000000'",
        "hash = '0000000000000000000000000000000000000000000000000000000000000000'",
        "remote = '10.0.0.7people', registry = substr(registry, 7)"}) {
    CAPTURE(change);
    database->write([&](Session& session) {
      session.execute("CREATE TABLE saved AS SELECT * FROM es_history");
      session.execute(std::string("UPDATE es_history SET ") + change + " WHERE seq = 5");
    });
    const auto result = check();
    CHECK(result.bad_seq == 5);
    CHECK(result.count == 4);
    CHECK(result.reason.find("№ 5") != std::string::npos);
    database->write([&](Session& session) {
      session.execute("DELETE FROM es_history");
      session.execute("INSERT INTO es_history SELECT * FROM saved");
      session.execute("DROP TABLE saved");
    });
    CHECK(check().ok());
  }
}

TEST_CASE_FIXTURE(Fixture, "removing is seen, also when the numbers are closed up") {
  append(9);
  SUBCASE("a gap") {
    tamper("DELETE FROM es_history WHERE seq = 4");
    CHECK(check().bad_seq == 4);
    CHECK(check().reason.find("удалена") != std::string::npos);
  }
  SUBCASE("the first") {
    tamper("DELETE FROM es_history WHERE seq = 1");
    CHECK(check().bad_seq == 1);
  }
  SUBCASE("closed up") {
    tamper("DELETE FROM es_history WHERE seq = 4");
    tamper("UPDATE es_history SET seq = seq - 1 WHERE seq > 4");
    CHECK(check().bad_seq == 4);
  }
}

TEST_CASE_FIXTURE(Fixture, "reordering and inserting are seen") {
  append(9);
  SUBCASE("reordered") {
    tamper("UPDATE es_history SET seq = 100 WHERE seq = 4");
    tamper("UPDATE es_history SET seq = 4 WHERE seq = 5");
    tamper("UPDATE es_history SET seq = 5 WHERE seq = 100");
    CHECK(check().bad_seq == 4);
  }
  SUBCASE("a copy inserted") {
    tamper("UPDATE es_history SET seq = -seq WHERE seq > 4");
    tamper("UPDATE es_history SET seq = 1 - seq WHERE seq < 0");
    tamper(
        "INSERT INTO es_history SELECT 5, at, account, person, remote, registry, record, version, action, before, "
        "after,"
        " payload_hash, hash FROM es_history WHERE seq = 4");
    CHECK(check().bad_seq == 5);
  }
}

TEST_CASE_FIXTURE(Fixture, "the order is that of the entries, whatever the clock said") {
  database->write([&](Session& session) {
    int number = 0;
    for (const auto* at : {"2026-11-25T12:00:00Z", "2027-11-25T12:00:00Z", "2026-11-24T12:00:00Z"}) {
      auto made = entry(++number);
      made.at = at;
      history.append(session, made);
    }
  });
  CHECK(check().ok());
  std::vector<std::int64_t> records;
  auto session = database->read();
  auto rows = session->prepare("SELECT record FROM es_history ORDER BY seq");
  while (rows.step()) records.push_back(rows.integer(0));
  CHECK(records == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE_FIXTURE(Fixture, "a head noted earlier shows a cut tail and a rewritten chain") {
  append(9);
  const auto noted = head(*database->read());
  tamper("DELETE FROM es_history WHERE seq > 7");
  CHECK(check().ok());  // the chain alone cannot know
  auto result = check(noted);
  CHECK(result.bad_seq == 8);
  CHECK(result.reason.find("отрезан") != std::string::npos);
  append(4);  // forged to the old length and beyond
  CHECK(check().ok());
  result = check(noted);
  CHECK(result.bad_seq == 9);
  CHECK(result.reason.find("переписан") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "contents that an erasure explains may be gone, others may not") {
  append(6);
  const auto empty = [&] { tamper("UPDATE es_history SET before = '', after = '' WHERE record = 3"); };
  empty();
  CHECK(check().bad_seq == 3);  // nobody noted an erasure
  database->write([&](Session& session) {
    auto erased = entry(3);
    erased.action = "erase";
    history.append(session, erased);
    erase_contents(session, erased.registry, erased.record);
  });
  const auto result = check();
  CHECK_MESSAGE(result.ok(), result.reason);
  CHECK(result.count == 7);
  // What is put in the place of erased contents is seen, and so is a second record that was emptied.
  tamper("UPDATE es_history SET after = '{}' WHERE record = 3 AND action = 'update'");
  CHECK(check().bad_seq == 3);
  empty();
  tamper("UPDATE es_history SET before = '', after = '' WHERE record = 4");
  CHECK(check().bad_seq == 4);
}
