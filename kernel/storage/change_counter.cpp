#include "kernel/storage/change_counter.hpp"

namespace eschool::storage {

void create_change_counters(Session& session) {
  session.define(
      "CREATE TABLE IF NOT EXISTS es_change (topic {text} NOT NULL PRIMARY KEY, count {integer} NOT NULL) {strict}");
}

void count_change(Session& session, std::string_view topic) {
  session.execute(
      "INSERT INTO es_change (topic, count) VALUES (?, 1) ON CONFLICT (topic) DO UPDATE SET count = es_change.count + "
      "1",
      {std::string(topic)});
}

std::map<std::string, std::int64_t> change_counters(Session& session) {
  std::map<std::string, std::int64_t> counters;
  auto row = session.prepare("SELECT topic, count FROM es_change");
  while (row.step()) counters[std::string(row.text(0))] = row.integer(1);
  return counters;
}

}  // namespace eschool::storage
