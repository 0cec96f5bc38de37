#include "kernel/registry/import/told_headers.hpp"

#include <string>

namespace eschool::importing {

using storage::Session;

void create_header_table(Session& session) {
  session.define(
      "CREATE TABLE IF NOT EXISTS es_import_header (registry {text} NOT NULL, header_key {text} NOT NULL,"
      " header {text} NOT NULL, target {text} NOT NULL, PRIMARY KEY (registry, header_key)) {strict}");
}

std::vector<ToldHeader> remembered_headers(Session& session, std::string_view registry) {
  std::vector<ToldHeader> headers;
  auto row = session.prepare("SELECT header, target FROM es_import_header WHERE registry = ? ORDER BY header_key");
  row.bind(1, registry);
  while (row.step()) headers.push_back({std::string(row.text(0)), std::string(row.text(1))});
  return headers;
}

void remember_headers(Session& session, std::string_view registry, const std::vector<ToldHeader>& headers) {
  for (const auto& told : headers) {
    auto key = header_key(told.header);
    if (key.empty()) continue;
    session.execute(
        "INSERT INTO es_import_header (registry, header_key, header, target) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (registry, header_key) DO UPDATE SET header = excluded.header, target = excluded.target",
        {std::string(registry), std::move(key), told.header, told.to});
  }
}

}  // namespace eschool::importing
