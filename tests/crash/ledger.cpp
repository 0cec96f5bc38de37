#include "ledger.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <functional>
#include <set>
#include <stdexcept>

namespace eschool::test {
namespace {

class Copy {
 public:
  explicit Copy(const std::filesystem::path& file) {
    if (sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
      throw std::runtime_error("cannot open " + file.string());
  }
  ~Copy() { sqlite3_close(database_); }
  Copy(const Copy&) = delete;

  using Row = std::vector<std::string>;
  void each(const std::string& sql, const std::function<void(const Row&)>& use) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(database_) + (": " + sql));
    Row row;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      row.clear();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = sqlite3_column_text(statement, i);
        row.emplace_back(text ? reinterpret_cast<const char*>(text) : "");
      }
      use(row);
    }
    const int code = sqlite3_finalize(statement);
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_) + (": " + sql));
  }

 private:
  sqlite3* database_ = nullptr;
};

struct Found {
  std::string address, file_no;
  int count = 0;
};

/// Values that a student may have: those of the last acknowledged change, or of a later unacknowledged one.
struct Expected {
  bool required = false;
  std::string address, file_no;
};

}  // namespace

Verdict compare(const std::filesystem::path& file, const std::vector<Ledger>& ledgers,
                const std::vector<std::size_t>& at_least) {
  const Copy copy(file);
  Verdict verdict;
  const auto fault = [&](std::string text) {
    if (verdict.faults.size() < 20) verdict.faults.push_back(std::move(text));
  };
  const auto none = [&](const char* what, const std::string& sql) {
    copy.each(sql, [&](const Copy::Row& row) { fault(fmt::format("{}: record {}", what, row[0])); });
  };
  const auto where = fmt::format(" WHERE p.surname = '{}'", surname);

  // Half a facet, and rows whose history does not tell every version of them exactly once.
  none("a person without student",
       "SELECT p.id FROM people_person p LEFT JOIN people_student s ON s.person = p.id" + where + " AND s.id IS NULL");
  none("a student without person",
       "SELECT s.id FROM people_student s LEFT JOIN people_person p ON p.id = s.person WHERE p.id IS NULL");
  for (const auto* registry : {"person", "student"})
    none(
        fmt::format("history of people.{} is not that of its versions", registry).c_str(),
        fmt::format("SELECT r.id FROM people_{0} r LEFT JOIN (SELECT record, count(*) AS entries, max(version) AS last,"
                    " sum(action = 'create') AS made FROM es_history WHERE registry = 'people.{0}' GROUP BY record) h"
                    " ON h.record = r.id WHERE h.record IS NULL OR h.made <> 1 OR h.entries <> r.version OR h.last <>"
                    " r.version",
                    registry));
  none("history of a record that is not there",
       "SELECT h.record FROM es_history h LEFT JOIN people_student s ON s.id = h.record"
       " WHERE h.registry = 'people.student' AND s.id IS NULL");

  std::map<std::string, Found> found;
  copy.each(
      "SELECT s.admission_order_no, p.address, s.file_no FROM people_student s JOIN people_person p ON p.id ="
      " s.person" +
          where,
      [&](const Copy::Row& row) {
        auto& student = found[row[0]];
        student.address = row[1];
        student.file_no = row[2];
        ++student.count;
      });
  std::set<std::string> replies;
  copy.each("SELECT idempotency_key FROM es_given_reply", [&](const Copy::Row& row) { replies.insert(row[0]); });
  verdict.students = static_cast<std::int64_t>(found.size());

  std::map<std::string, Expected> expected;
  for (std::size_t client = 0; client < ledgers.size(); ++client) {
    bool gap = false;
    for (std::size_t i = 0; i < ledgers[client].orders.size(); ++i) {
      const auto& order = ledgers[client].orders[i];
      const bool done = replies.contains(order.key);
      const bool required = at_least.empty() ? order.acknowledged : i < at_least[client];
      if (required && !done) fault("an acknowledged order is lost: " + order.key);
      if (done && gap) fault("an order is there without an earlier one of its client: " + order.key);
      gap = gap || !done;
      if (!order.acknowledged) ++(done ? verdict.done_unacknowledged : verdict.not_done);
      // From here on an order is done or not: its parts must all agree with that.
      for (const auto& mark : order.creates) {
        expected[mark].required = done;
        if (found.contains(mark) != done)
          fault(fmt::format("{} of order {}: {}", mark, order.key, done ? "missing" : "there without its order"));
      }
      if (!done) continue;
      for (const auto& change : order.changes) {
        expected[change.student].address = change.address;
        expected[change.student].file_no = change.file_no;
      }
    }
  }
  for (const auto& [mark, student] : found) {
    const auto wanted = expected.find(mark);
    if (wanted == expected.end())
      fault("nobody ordered " + mark);
    else if (student.count != 1)
      fault(fmt::format("{} is there {} times", mark, student.count));
    else if (student.address != wanted->second.address || student.file_no != wanted->second.file_no)
      fault(fmt::format("{} has «{}», «{}» instead of «{}», «{}»", mark, student.address, student.file_no,
                        wanted->second.address, wanted->second.file_no));
  }
  return verdict;
}

}  // namespace eschool::test
