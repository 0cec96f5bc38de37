#include "kernel/storage/copy.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "kernel/storage/table_shape.hpp"

namespace eschool::storage {

namespace {

constexpr std::int64_t page = 5000;  // rows held in memory at once

using Row = std::vector<Value>;

/// The rows of a table in an order that both engines share, page after page along the primary key.
class Rows {
 public:
  Rows(Session& session, const TableShape& table) : session_(session), table_(table), row_(table.columns.size()) {
    std::string columns, order;
    for (const auto& column : table.columns) columns += (columns.empty() ? "" : ", ") + quoted_name(column.name);
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      for (const auto& name : table.key)
        if (table.columns[i].name == name) key_.push_back(i);
    std::sort(key_.begin(), key_.end());
    select_ = "SELECT " + columns + " FROM " + quoted_name(table.name);
    if (key_.empty()) {
      // NULL sorts first on one engine and last on the other.
      for (const auto& column : table.columns) {
        const auto name = quoted_name(column.name);
        order += (order.empty() ? "" : ", ") + name + " IS NOT NULL, " + name;
      }
      order_ = " ORDER BY " + order;
      return;
    }
    std::string marks;
    for (const auto i : key_) {
      order += (order.empty() ? "" : ", ") + quoted_name(table.columns[i].name);
      marks += marks.empty() ? "?" : ", ?";
    }
    after_ = " WHERE (" + order + ") > (" + marks + ")";
    order_ = " ORDER BY " + order + " LIMIT " + std::to_string(page);
  }

  /// The next row, or nothing behind the last; it lives until the next call.
  const Row* next() {
    for (;;) {
      if (!statement_) {
        if (begun_ && (key_.empty() || in_page_ < page)) return nullptr;
        statement_.emplace(session_.prepare(select_ + (begun_ ? after_ : "") + order_));
        for (std::size_t i = 0; begun_ && i < key_.size(); ++i)
          statement_->bind(static_cast<int>(i) + 1, row_[key_[i]]);
        begun_ = true;
        in_page_ = 0;
      }
      if (statement_->step()) break;
      statement_.reset();
    }
    ++in_page_;
    for (std::size_t i = 0; i < row_.size(); ++i) read(*statement_, i, row_[i]);
    return &row_;
  }

 private:
  void read(const Statement& statement, std::size_t i, Value& value) const {
    const auto column = static_cast<int>(i);
    const auto& shape = table_.columns[i];
    const auto kind = statement.kind(column);
    if (kind == ColumnKind::null)
      value = std::monostate{};
    else if (kind != shape.kind)
      // A table that is not STRICT may hold anything: what would change on its way is not copied.
      throw Error(ErrorKind::corrupt, table_.name + "." + shape.name + " holds a value of another type");
    else if (kind == ColumnKind::integer)
      value = statement.integer(column);
    else if (kind == ColumnKind::real)
      value = statement.real(column);
    else if (auto* text = std::get_if<std::string>(&value))
      text->assign(statement.text(column));
    else
      value = std::string(statement.text(column));
  }

  Session& session_;
  const TableShape& table_;
  std::vector<std::size_t> key_;
  std::string select_, after_, order_;
  std::optional<Statement> statement_;
  bool begun_ = false;
  std::int64_t in_page_ = 0;
  Row row_;
};

/// Counts rows for the caller's progress.
class Progress {
 public:
  Progress(const std::function<void(double)>& call, std::int64_t total) : call_(call), total_(total) {}
  void row() {
    if (call_ && ++done_ % page == 0) call_(static_cast<double>(done_) / static_cast<double>(std::max(done_, total_)));
  }

 private:
  const std::function<void(double)>& call_;
  std::int64_t total_, done_ = 0;
};

std::int64_t copy_rows(Session& source, Session& target, const TableShape& table, Progress& progress) {
  std::string columns, marks;
  for (const auto& column : table.columns) {
    columns += (columns.empty() ? "" : ", ") + quoted_name(column.name);
    marks += marks.empty() ? "?" : ", ?";
  }
  const auto sql = "INSERT INTO " + quoted_name(table.name) + " (" + columns + ") VALUES (" + marks + ")";
  std::int64_t count = 0;
  Rows rows(source, table);
  while (const auto* row = rows.next()) {
    target.execute(sql, *row);
    ++count;
    progress.row();
  }
  return count;
}

std::string place_of(const TableShape& table, const Row& row) {
  std::string text = table.name;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (std::find(table.key.begin(), table.key.end(), table.columns[i].name) != table.key.end())
      if (const auto* number = std::get_if<std::int64_t>(&row[i])) text += " " + std::to_string(*number);
  return text;
}

void compare_rows(Session& source, Session& target, const TableShape& table, Progress& progress) {
  Rows left(source, table), right(target, table);
  for (;;) {
    const auto *one = left.next(), *other = right.next();
    if (!one && !other) return;
    if (!one || !other || *one != *other)
      throw Error(ErrorKind::corrupt, "the copy differs from its source at " + place_of(table, one ? *one : *other));
    progress.row();
  }
}

}  // namespace

std::vector<TableCount> copy_tables(Session& source, Session& target, const std::function<void(double)>& progress) {
  const auto tables = read_shapes(source);
  if (tables.empty()) throw Error(ErrorKind::other, "there is nothing to copy");
  std::int64_t total = 0;
  for (const auto& table : tables) total += 2 * source.integer("SELECT count(*) FROM " + quoted_name(table.name));
  Progress rows(progress, total);
  std::vector<TableCount> counts;
  target.execute("BEGIN");
  for (const auto& sql : statements_before_rows(target.engine(), tables)) target.execute(sql);
  for (const auto& table : tables) counts.push_back({table.name, copy_rows(source, target, table, rows)});
  for (const auto& sql : statements_after_rows(target.engine(), tables)) target.execute(sql);
  target.execute("COMMIT");
  for (const auto& table : tables) compare_rows(source, target, table, rows);
  if (progress) progress(1.0);
  return counts;
}

}  // namespace eschool::storage
