#include "kernel/registry/import/told_headers.hpp"

#include <string>

namespace eschool::importing {

using storage::Session;

void create_header_tables(Session& session) {
  session.define(
      "CREATE TABLE IF NOT EXISTS es_import_header (registry {text} NOT NULL, header_key {text} NOT NULL,"
      " header {text} NOT NULL, target {text} NOT NULL, PRIMARY KEY (registry, header_key)) {strict}");
  session.define(
      "CREATE TABLE IF NOT EXISTS es_import_own_header (account {integer} NOT NULL, registry {text} NOT NULL,"
      " header_key {text} NOT NULL, header {text} NOT NULL, target {text} NOT NULL,"
      " PRIMARY KEY (account, registry, header_key)) {strict}");
}

std::vector<ToldHeader> remembered_headers(Session& session, std::string_view registry, std::int64_t account) {
  std::vector<ToldHeader> headers;
  auto all = session.prepare("SELECT header, target FROM es_import_header WHERE registry = ? ORDER BY header_key");
  all.bind(1, registry);
  while (all.step()) headers.push_back({std::string(all.text(0)), std::string(all.text(1))});
  auto own = session.prepare(
      "SELECT header, target FROM es_import_own_header WHERE account = ? AND registry = ? ORDER BY header_key");
  own.bind(1, account);
  own.bind(2, registry);
  while (own.step()) headers.push_back({std::string(own.text(0)), std::string(own.text(1))});
  return headers;
}

void remember_headers(Session& session, std::string_view registry, std::int64_t account, bool for_all,
                      const std::vector<ToldHeader>& headers) {
  for (const auto& told : headers) {
    auto key = header_key(told.header);
    if (key.empty()) continue;
    session.execute("DELETE FROM es_import_own_header WHERE account = ? AND registry = ? AND header_key = ?",
                    {account, std::string(registry), key});
    if (for_all && !told.to.empty())
      session.execute(
          "INSERT INTO es_import_header (registry, header_key, header, target) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (registry, header_key) DO UPDATE SET header = excluded.header, target = excluded.target",
          {std::string(registry), std::move(key), told.header, told.to});
    else
      session.execute(
          "INSERT INTO es_import_own_header (account, registry, header_key, header, target) VALUES (?, ?, ?, ?, ?)",
          {account, std::string(registry), std::move(key), told.header, told.to});
  }
}

}  // namespace eschool::importing
