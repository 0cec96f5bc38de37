#include "kernel/auth/security_log.hpp"

#include <array>
#include <stdexcept>

namespace eschool::auth {

namespace {

struct Word {
  Deed deed;
  std::string_view name, label;
};
constexpr std::array<Word, 16> words = {{
    {Deed::signed_in, "signed_in", "вход"},
    {Deed::refused, "refused", "отказ во входе"},
    {Deed::signed_out, "signed_out", "сеансы закрыты"},
    {Deed::password_changed, "password_changed", "смена пароля"},
    {Deed::code_issued, "code_issued", "выдан одноразовый пароль"},
    {Deed::account_created, "account_created", "создана учётная запись"},
    {Deed::account_closed, "account_closed", "учётная запись отключена"},
    {Deed::account_opened, "account_opened", "учётная запись включена"},
    {Deed::role_granted, "role_granted", "назначена роль"},
    {Deed::role_ended, "role_ended", "роль снята"},
    {Deed::role_changed, "role_changed", "изменена своя роль"},
    {Deed::second_factor_on, "second_factor_on", "включён второй фактор"},
    {Deed::second_factor_off, "second_factor_off", "второй фактор снят"},
    {Deed::exported, "exported", "выгрузка данных"},
    {Deed::card_viewed, "card_viewed", "просмотр личной карточки"},
    {Deed::erased, "erased", "персональные данные уничтожены"},
}};

const Word& word_of(Deed deed) {
  for (const auto& word : words)
    if (word.deed == deed) return word;
  throw std::logic_error("a deed without a name");
}

storage::Value or_null(std::int64_t id) { return id ? storage::Value(id) : storage::Value(); }

}  // namespace

std::string_view name_of(Deed deed) { return word_of(deed).name; }
std::string_view label_of(Deed deed) { return word_of(deed).label; }

const std::vector<Deed>& all_deeds() {
  static const auto deeds = [] {
    std::vector<Deed> all;
    for (const auto& word : words) all.push_back(word.deed);
    return all;
  }();
  return deeds;
}

void create_security_log(storage::Session& session) {
  session.define(R"(CREATE TABLE IF NOT EXISTS es_security_log (
    id {id},
    at {text} NOT NULL,
    deed {text} NOT NULL,
    account {integer},
    login {text} NOT NULL,
    by_account {integer},
    remote {text} NOT NULL,
    detail {text} NOT NULL) {strict})");
  session.execute("CREATE INDEX IF NOT EXISTS es_security_log_account ON es_security_log (account, id)");
  session.execute("CREATE INDEX IF NOT EXISTS es_security_log_by ON es_security_log (by_account, id)");
  session.execute("CREATE INDEX IF NOT EXISTS es_security_log_deed ON es_security_log (deed, id)");
  session.execute("CREATE INDEX IF NOT EXISTS es_security_log_login ON es_security_log (login, id)");
  session.execute("CREATE INDEX IF NOT EXISTS es_security_log_remote ON es_security_log (remote, id)");
  session.execute("CREATE INDEX IF NOT EXISTS es_security_log_at ON es_security_log (at)");
}

void note_deed(storage::Session& session, const SecurityEntry& entry) {
  session.execute(
      "INSERT INTO es_security_log (at, deed, account, login, by_account, remote, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {entry.at, std::string(name_of(entry.deed)), or_null(entry.account), entry.login, or_null(entry.by), entry.remote,
       entry.detail});
}

std::vector<SecurityEntry> security_log(storage::Session& session, const SecurityQuery& query) {
  std::string sql =
      "SELECT l.id, l.at, l.deed, l.account, l.login, l.by_account, a.login, l.remote, l.detail, o.person,"
      " a.person FROM es_security_log l LEFT JOIN es_account a ON a.id = l.by_account"
      " LEFT JOIN es_account o ON o.id = l.account WHERE 1 = 1";
  std::vector<storage::Value> values;
  const auto narrow = [&](std::string_view condition, std::initializer_list<storage::Value> bound) {
    sql += condition;
    values.insert(values.end(), bound);
  };
  if (query.before) narrow(" AND l.id < ?", {query.before});
  if (query.account) narrow(" AND (l.account = ? OR l.by_account = ?)", {query.account, query.account});
  if (!query.login.empty()) {
    const auto known = session.integer("SELECT id FROM es_account WHERE login = ?", {query.login});
    narrow(" AND (l.login = ? OR l.account = ? OR l.by_account = ?)", {query.login, or_null(known), or_null(known)});
  }
  if (!query.remote.empty()) narrow(" AND l.remote = ?", {query.remote});
  if (!query.from.empty()) narrow(" AND l.at >= ?", {query.from});
  if (!query.until.empty()) narrow(" AND l.at < ?", {query.until});
  if (!query.deed.empty()) narrow(" AND l.deed = ?", {query.deed});
  narrow(" ORDER BY l.id DESC LIMIT ?", {std::int64_t{query.limit}});
  auto rows = session.prepare(sql);
  for (std::size_t i = 0; i < values.size(); ++i) rows.bind(static_cast<int>(i + 1), values[i]);
  std::vector<SecurityEntry> entries;
  while (rows.step()) {
    SecurityEntry entry;
    entry.id = rows.integer(0);
    entry.at = rows.text(1);
    for (const auto& word : words)
      if (word.name == rows.text(2)) entry.deed = word.deed;
    entry.account = rows.integer(3);
    entry.login = rows.text(4);
    entry.by = rows.integer(5);
    entry.by_login = rows.text(6);
    entry.remote = rows.text(7);
    entry.detail = rows.text(8);
    entry.person = rows.integer(9);
    entry.by_person = rows.integer(10);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace eschool::auth
