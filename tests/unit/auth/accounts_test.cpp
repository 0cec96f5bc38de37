#include "kernel/auth/accounts.hpp"

#include <doctest/doctest.h>

#include "kernel/auth/instant.hpp"
#include "kernel/auth/login.hpp"
#include "kernel/auth/passwords.hpp"
#include "school_fixture.hpp"

using namespace eschool::auth;
using eschool::storage::Session;

namespace {

constexpr std::int64_t day = 86400;

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Refused& refused) {
    CHECK(std::string_view(refused.what()).size() > 10);
    return refused.code() + ' ' + refused.field();
  }
  return "none";
}

}  // namespace

TEST_CASE("logins are short Latin names") {
  for (const char* good : {"abc", "Ivanova.A", "7a-petrov", "a_b@school.ru", " abc "}) CHECK_FALSE(login_problem(good));
  for (const char* bad : {"", "ab", ".abc", "-abc", "иванова", "a b c", "abc!", "a\tb"}) CHECK(login_problem(bad));
  CHECK(login_problem(std::string(65, 'a')));
  CHECK_FALSE(login_problem(std::string(64, 'a')));
  CHECK(login_key(" Ivanova.A\n") == "ivanova.a");
}

TEST_CASE("moments are text and back") {
  CHECK(instant(0) == "1970-01-01T00:00:00Z");
  CHECK(instant(1795435199) == "2026-11-23T11:59:59Z");
  CHECK(instant_seconds("2026-11-23T11:59:59Z") == 1795435199);
  for (const char* bad : {"", "2026-11-23", "2026-11-23T11:59:59", "2026-11-23T11:59:59+03"})
    CHECK(instant_seconds(bad) == 0);
}

TEST_CASE_FIXTURE(SchoolFixture, "an account is unique by login and by person") {
  const auto created = create("Ivanova.A", 17);
  CHECK(created.id > 0);
  CHECK(refusal([&] { create("ivanova.a"); }) == "login_taken login");
  CHECK(refusal([&] { create("other", 17); }) == "person_taken person");
  CHECK(refusal([&] { create("иванова"); }) == "login_invalid login");
  create("admin");
  create("guest");  // two without a person are not two of one person
  const auto read = database->read();
  const auto found = accounts.find(*read, " IVANOVA.a ");
  REQUIRE(found);
  CHECK(found->id == created.id);
  CHECK(found->login == "Ivanova.A");
  CHECK(found->person == 17);
  CHECK(found->must_change);
  CHECK(found->has_password);
  CHECK(found->one_time_expires == instant(1000 + 14 * day));
  CHECK_FALSE(accounts.find(*read, "nobody"));
  CHECK(accounts.find(*read, created.id)->login == "Ivanova.A");
  const auto all = accounts.list(*read);
  REQUIRE(all.size() == 3);
  CHECK(all[0].login == "admin");
  CHECK(accounts.list(*read, 1, "admin").at(0).login == "guest");
}

TEST_CASE_FIXTURE(SchoolFixture, "the one-time code opens until it expires, is reset or replaced") {
  const auto created = create("petrova");
  const auto check = [&](const std::string& password, std::int64_t now = 2000) {
    const auto read = database->read();
    return check_login(accounts.credentials(*read, "Petrova"), password, now).outcome;
  };
  CHECK(created.one_time_code.size() == 12);
  CHECK(check(created.one_time_code) == LoginOutcome::ok);
  CHECK(check("wrong") == LoginOutcome::wrong);
  CHECK(check(created.one_time_code, 1000 + 14 * day) == LoginOutcome::code_expired);
  CHECK(check("wrong", 1000 + 14 * day) == LoginOutcome::wrong);

  std::string second;
  database->write([&](Session& session) { second = accounts.reset(session, created.id, 3000); });
  CHECK(check(created.one_time_code) == LoginOutcome::wrong);
  CHECK(check(second) == LoginOutcome::ok);

  database->write(
      [&](Session& session) { accounts.set_password(session, created.id, hash_password("снег идёт вверх")); });
  CHECK(check(second) == LoginOutcome::wrong);
  CHECK(check("снег идёт вверх", 1000 + 400 * day) == LoginOutcome::ok);
  CHECK_FALSE(accounts.find(*database->read(), created.id)->must_change);

  database->write([&](Session& session) { accounts.set_enabled(session, created.id, false); });
  CHECK(check("снег идёт вверх") == LoginOutcome::disabled);
  CHECK(check("wrong") == LoginOutcome::wrong);  // a stranger does not learn that it is disabled
  CHECK(check_login(std::nullopt, "wrong", 0).outcome == LoginOutcome::wrong);
  CHECK(refusal([&] { database->write([&](Session& session) { accounts.reset(session, 99, 0); }); }) ==
        "not_found account");
}

TEST_CASE_FIXTURE(SchoolFixture, "failures are kept and cleared by a login") {
  const auto id = create("petrova").id;
  database->write([&](Session& session) {
    accounts.note_failure(session, id, 5000);
    accounts.note_failure(session, id, 5003);
  });
  auto found = accounts.credentials(*database->read(), "petrova");
  CHECK(found->failures == 2);
  CHECK(found->last_failure == 5003);
  database->write([&](Session& session) { accounts.note_login(session, id, 6000); });
  found = accounts.credentials(*database->read(), "petrova");
  CHECK(found->failures == 0);
  CHECK(accounts.find(*database->read(), id)->last_login_at == instant(6000));
}

TEST_CASE_FIXTURE(SchoolFixture, "an outdated hash is replaced, but not a password changed meanwhile") {
  const auto id = create("petrova", 0, "old").id;
  database->write([&](Session& session) {
    accounts.rehash(session, id, "other", "new");
    CHECK(session.text("SELECT password FROM es_account") == "old");
    accounts.rehash(session, id, "old", "new");
    CHECK(session.text("SELECT password FROM es_account") == "new");
  });
}

TEST_CASE_FIXTURE(SchoolFixture, "roles are granted by an order, from day to day") {
  const auto id = create("petrova").id;
  RoleGrant wanted;
  wanted.account = id;
  wanted.role = "homeroom_teacher";
  wanted.school_year = 3;
  wanted.order_no = "12-к";
  wanted.order_date = "2026-08-28";
  wanted.valid_from = "2026-09-01";
  wanted.valid_to = "2027-08-31";
  wanted.scope = 5;
  std::int64_t first = 0, open = 0;
  database->write([&](Session& session) {
    first = accounts.grant(session, wanted, 1000);
    RoleGrant other = wanted;
    other.role = "teacher";
    other.valid_to.clear();
    other.scope.reset();
    open = accounts.grant(session, other, 1000);
  });
  const auto on = [&](const char* date) {
    std::string roles;
    for (const auto& grant : accounts.grants(*database->read(), id, date)) roles += grant.role + ' ';
    return roles;
  };
  CHECK(on("2026-08-31") == "");
  CHECK(on("2026-09-01") == "homeroom_teacher teacher ");
  CHECK(on("2027-08-31") == "homeroom_teacher teacher ");
  CHECK(on("2027-09-01") == "teacher ");
  const auto found = accounts.grants(*database->read(), id).at(0);
  CHECK(found.scope == 5);
  CHECK(found.school_year == 3);
  CHECK(found.order_no == "12-к");
  CHECK(found.created_at == instant(1000));

  database->write([&](Session& session) {
    accounts.revoke(session, open, "2027-03-01");
    accounts.revoke(session, open, "2028-03-01");  // does not bring it back
    accounts.revoke(session, first, "2026-08-01");
  });
  CHECK(on("2027-02-28") == "teacher ");
  CHECK(on("2027-03-01") == "");
  CHECK(accounts.grants(*database->read(), id).size() == 1);

  const auto grant = [&](const char* from, const char* to, std::int64_t account) {
    return refusal([&] {
      database->write([&](Session& session) {
        RoleGrant bad;
        bad.account = account;
        bad.role = "teacher";
        bad.valid_from = from;
        bad.valid_to = to;
        accounts.grant(session, bad, 0);
      });
    });
  };
  CHECK(grant("2026-02-29", "", id) == "dates_invalid valid_from");
  CHECK(grant("", "", id) == "dates_invalid valid_from");
  CHECK(grant("2026-09-02", "2026-09-01", id) == "dates_invalid valid_to");
  CHECK(grant("2026-09-02", "", 99) == "not_found account");
}
