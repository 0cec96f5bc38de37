#include "kernel/auth/accounts.hpp"

#include <chrono>

#include "kernel/auth/instant.hpp"
#include "kernel/auth/passwords.hpp"
#include "kernel/storage/change_counter.hpp"

namespace eschool::auth {

using storage::Session;
using storage::Statement;
using storage::Value;

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

constexpr std::string_view account_columns =
    "SELECT id, login, person, password IS NOT NULL, must_change, enabled, one_time_expires, created_at, last_login_at"
    " FROM es_account WHERE ";

Account read_account(const Statement& row) {
  Account account;
  account.id = row.integer(0);
  account.login = row.text(1);
  account.person = row.integer(2);
  account.has_password = row.integer(3) != 0;
  account.must_change = row.integer(4) != 0;
  account.enabled = row.integer(5) != 0;
  account.one_time_expires = row.text(6);
  account.created_at = row.text(7);
  account.last_login_at = row.text(8);
  return account;
}

constexpr std::string_view grant_columns =
    "SELECT id, account, role, school_year, order_no, order_date, valid_from, valid_to, scope, created_at, created_by"
    " FROM es_role_grant WHERE account = ?";

RoleGrant read_grant(const Statement& row) {
  RoleGrant grant;
  grant.id = row.integer(0);
  grant.account = row.integer(1);
  grant.role = row.text(2);
  if (!row.null(3)) grant.school_year = row.integer(3);
  grant.order_no = row.text(4);
  grant.order_date = row.text(5);
  grant.valid_from = row.text(6);
  grant.valid_to = row.text(7);
  if (!row.null(8)) grant.scope = row.integer(8);
  grant.created_at = row.text(9);
  grant.created_by = row.integer(10);
  return grant;
}

Value or_null(std::int64_t id) { return id ? Value(id) : Value(); }
Value or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value or_null(const std::optional<std::int64_t>& id) { return id ? Value(*id) : Value(); }

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() != 10 || instant(instant_seconds(std::string(text) + "T00:00:00Z")).substr(0, 10) != text)
    return std::nullopt;
  return std::chrono::sys_days(std::chrono::days(instant_seconds(std::string(text) + "T00:00:00Z") / 86400));
}

void require_found(std::int64_t rows) {
  if (rows == 0) throw Refused("not_found", "account", "Такой учётной записи нет.");
}

void end_sessions(Session& session, std::int64_t account) {
  session.execute("DELETE FROM es_session WHERE account = ?", {account});
  storage::count_change(session, "sessions");
}

}  // namespace

std::string login_key(std::string_view login) {
  std::string key;
  for (const char c : trim(login)) key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return key;
}

std::optional<std::string> login_problem(std::string_view login) {
  const auto text = trim(login);
  for (const char c : text)
    if (!is_letter(c) && !is_digit(c) && std::string_view("._-@").find(c) == std::string_view::npos)
      return "В логине могут быть только латинские буквы, цифры и знаки . - _ @";
  if (text.size() < 3) return "Логин слишком короткий: нужно не меньше 3 знаков.";
  if (text.size() > 64) return "Логин слишком длинный: не больше 64 знаков.";
  if (!is_letter(text[0]) && !is_digit(text[0])) return "Логин должен начинаться с буквы или цифры.";
  return std::nullopt;
}

Created Accounts::create(Session& session, const NewAccount& account, std::int64_t now) {
  if (auto problem = login_problem(account.login)) throw Refused("login_invalid", "login", *problem);
  const auto key = login_key(account.login);
  if (session.integer("SELECT id FROM es_account WHERE login_key = ?", {key}))
    throw Refused("login_taken", "login", "Логин «" + key + "» уже занят.");
  if (account.person) {
    const auto other = session.text("SELECT login FROM es_account WHERE person = ?", {account.person});
    if (!other.empty())
      throw Refused("person_taken", "person", "У этого человека уже есть учётная запись: «" + other + "».");
  }
  Created created;
  Value expires;
  auto hash = account.password_hash;
  if (hash.empty()) {
    created.one_time_code = one_time_code();
    hash = hash_code(created.one_time_code);
    expires = instant(now + one_time_validity);
  }
  created.id = session.integer(
      "INSERT INTO es_account (login, login_key, person, password, must_change, one_time_expires, created_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {std::string(trim(account.login)), key, or_null(account.person), hash,
       std::int64_t{!created.one_time_code.empty()}, expires, instant(now)});
  return created;
}

std::string Accounts::reset(Session& session, std::int64_t account, std::int64_t now) {
  auto code = one_time_code();
  require_found(session.execute(
      "UPDATE es_account SET password = ?, must_change = 1, one_time_expires = ?, failures = 0 WHERE id = ?",
      {hash_code(code), instant(now + one_time_validity), account}));
  end_sessions(session, account);
  return code;
}

void Accounts::set_password(Session& session, std::int64_t account, const std::string& password_hash) {
  require_found(session.execute(
      "UPDATE es_account SET password = ?, must_change = 0, one_time_expires = NULL, failures = 0 WHERE id = ?",
      {password_hash, account}));
  storage::count_change(session, "sessions");
}

void Accounts::set_enabled(Session& session, std::int64_t account, bool enabled) {
  require_found(session.execute("UPDATE es_account SET enabled = ? WHERE id = ?", {std::int64_t{enabled}, account}));
  if (!enabled) end_sessions(session, account);
  storage::count_change(session, "rights");
}

void Accounts::set_person(Session& session, std::int64_t account, std::int64_t person) {
  require_found(session.execute("UPDATE es_account SET person = ? WHERE id = ?", {person, account}));
  end_sessions(session, account);
}

void Accounts::note_login(Session& session, std::int64_t account, std::int64_t now) {
  session.execute("UPDATE es_account SET last_login_at = ?, failures = 0 WHERE id = ?", {instant(now), account});
}

void Accounts::note_failure(Session& session, std::int64_t account, std::int64_t now) {
  session.execute("UPDATE es_account SET failures = failures + 1, last_failure_at = ? WHERE id = ?",
                  {instant(now), account});
}

void Accounts::rehash(Session& session, std::int64_t account, const std::string& from, const std::string& to) {
  session.execute("UPDATE es_account SET password = ? WHERE id = ? AND password = ?", {to, account, from});
}

std::optional<Account> Accounts::find(Session& session, std::string_view login) const {
  auto row = session.prepare(std::string(account_columns) + "login_key = ?");
  row.bind(1, login_key(login));
  return row.step() ? std::optional(read_account(row)) : std::nullopt;
}

std::optional<Account> Accounts::find(Session& session, std::int64_t account) const {
  auto row = session.prepare(std::string(account_columns) + "id = ?");
  row.bind(1, account);
  return row.step() ? std::optional(read_account(row)) : std::nullopt;
}

std::optional<Credentials> Accounts::credentials(Session& session, std::string_view login) const {
  auto row = session.prepare(
      "SELECT id, person, login, password, must_change, enabled, one_time_expires, failures, last_failure_at"
      " FROM es_account WHERE login_key = ?");
  row.bind(1, login_key(login));
  if (!row.step()) return std::nullopt;
  Credentials found;
  found.account = row.integer(0);
  found.person = row.integer(1);
  found.login = row.text(2);
  found.password = row.text(3);
  found.must_change = row.integer(4) != 0;
  found.enabled = row.integer(5) != 0;
  found.one_time_expires = instant_seconds(row.text(6));
  found.failures = row.integer(7);
  found.last_failure = instant_seconds(row.text(8));
  return found;
}

std::vector<Account> Accounts::list(Session& session, int limit, std::string_view after) const {
  auto row = session.prepare(std::string(account_columns) + "login_key > ? ORDER BY login_key LIMIT ?");
  row.bind(1, login_key(after));
  row.bind(2, limit);
  std::vector<Account> accounts;
  while (row.step()) accounts.push_back(read_account(row));
  return accounts;
}

std::int64_t Accounts::grant(Session& session, const RoleGrant& grant, std::int64_t now) {
  if (!parse_day(grant.valid_from))
    throw Refused("dates_invalid", "valid_from", "Укажите день начала в виде ГГГГ-ММ-ДД.");
  if (!grant.valid_to.empty() && (!parse_day(grant.valid_to) || grant.valid_to < grant.valid_from))
    throw Refused("dates_invalid", "valid_to", "День окончания должен быть не раньше дня начала.");
  require_found(session.integer("SELECT count(*) FROM es_account WHERE id = ?", {grant.account}));
  storage::count_change(session, "rights");
  return session.integer(
      "INSERT INTO es_role_grant (account, role, school_year, order_no, order_date, valid_from, valid_to, scope,"
      " created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {grant.account, grant.role, or_null(grant.school_year), grant.order_no, grant.order_date, grant.valid_from,
       or_null(grant.valid_to), or_null(grant.scope), instant(now), or_null(grant.created_by)});
}

void Accounts::revoke(Session& session, std::int64_t grant, const std::string& day) {
  const auto date = parse_day(day);
  if (!date) throw Refused("dates_invalid", "day", "Укажите день в виде ГГГГ-ММ-ДД.");
  const auto last = instant((date->time_since_epoch().count() - 1) * 86400).substr(0, 10);
  auto rows = session.execute("DELETE FROM es_role_grant WHERE id = ? AND valid_from >= ?", {grant, day});
  if (!rows)
    rows = session.execute(
        "UPDATE es_role_grant SET valid_to = CASE WHEN valid_to < ? THEN valid_to ELSE ? END WHERE id = ?",
        {last, last, grant});
  if (!rows) throw Refused("not_found", "grant", "Такого назначения роли нет.");
  storage::count_change(session, "rights");
}

std::vector<RoleGrant> Accounts::grants(Session& session, std::int64_t account, std::string_view day) const {
  auto row = session.prepare(std::string(grant_columns) +
                             " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) ORDER BY id");
  row.bind(1, account);
  row.bind(2, day);
  row.bind(3, day);
  std::vector<RoleGrant> grants;
  while (row.step()) grants.push_back(read_grant(row));
  return grants;
}

std::vector<RoleGrant> Accounts::grants(Session& session, std::int64_t account) const {
  auto row = session.prepare(std::string(grant_columns) + " ORDER BY id");
  row.bind(1, account);
  std::vector<RoleGrant> grants;
  while (row.step()) grants.push_back(read_grant(row));
  return grants;
}

}  // namespace eschool::auth
