#include "limit_sqlite.hpp"

#include <array>
#include <charconv>

#include "limit_json.hpp"

namespace bench {
namespace {

struct SqliteRow {
  sqlite3_stmt* row;
  int code = SQLITE_ROW;

  bool next() { return (code = sqlite3_step(row)) == SQLITE_ROW; }
  bool null(int column) const { return sqlite3_column_type(row, column) == SQLITE_NULL; }
  std::string_view text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
  }
  bool truth(int column) const { return sqlite3_column_int(row, column) != 0; }
  void append_integer(std::string& out, int column) const { append(out, sqlite3_column_int64(row, column)); }
  void append_real(std::string& out, int column) const { append(out, sqlite3_column_double(row, column)); }

 private:
  template <class Number>
  static void append(std::string& out, Number value) {
    std::array<char, 32> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
};

class SqliteWrites final : public WriteConnections {
 public:
  SqliteWrites(const std::string& file, const std::string& sql)
      : alone_database_(open_database(file, true)),
        group_database_(open_database(file, true)),
        alone_(prepare(alone_database_.get(), sql)),
        grouped_(prepare(group_database_.get(), sql)),
        begin_(prepare(group_database_.get(), "BEGIN IMMEDIATE")),
        commit_(prepare(group_database_.get(), "COMMIT")) {}

  std::string alone(const Write& write) override { return run(alone_database_.get(), alone_.get(), write); }

  std::vector<std::string> together(const std::vector<Write>& writes) override {
    std::vector<std::string> answers;
    step(begin_);
    for (const Write& write : writes) answers.push_back(run(group_database_.get(), grouped_.get(), write));
    step(commit_);
    return answers;
  }

 private:
  void step(const Statement& statement) {
    check(sqlite3_step(statement.get()), group_database_.get());
    sqlite3_reset(statement.get());
  }

  static std::string run(sqlite3* database, sqlite3_stmt* statement, const Write& write) {
    sqlite3_bind_int64(statement, 1, write.id);
    sqlite3_bind_text(statement, 2, write.phone.data(), static_cast<int>(write.phone.size()), SQLITE_STATIC);
    const int code = sqlite3_step(statement);
    check(code, database);
    std::string out;
    if (code == SQLITE_ROW) {
      out = write_answer(write.id, std::to_string(sqlite3_column_int64(statement, 0)));
      check(sqlite3_step(statement), database);
    }
    check(sqlite3_reset(statement), database);
    return out;
  }

  Database alone_database_, group_database_;
  Statement alone_, grouped_, begin_, commit_;
};

}  // namespace

SqliteQuestion::SqliteQuestion(sqlite3* database, const Question& question)
    : shape_(question.shape), database_(database), statement_(prepare(database, question.sql)) {
  if (shape_.width() != sqlite3_column_count(statement_.get())) {
    throw std::runtime_error("the shape has " + std::to_string(shape_.width()) + " columns, the SQL " +
                             std::to_string(sqlite3_column_count(statement_.get())));
  }
}

std::string SqliteQuestion::answer(std::int64_t parameter) {
  sqlite3_bind_int64(statement_.get(), 1, parameter);
  std::string out;
  out.reserve(8192);
  SqliteRow row{statement_.get()};
  append_rows(out, shape_, row);
  sqlite3_reset(statement_.get());
  check(row.code, database_);
  return out;
}

SqliteReader::SqliteReader(const std::string& file, const Question& list, const Question& get)
    : database_(open_database(file, false)),
      list_(database_.get(), list),
      get_(get.sql.empty() ? nullptr : std::make_unique<SqliteQuestion>(database_.get(), get)) {}

SqliteReaders::SqliteReaders(const std::vector<std::string>& files, const Question& list, const Question& get) {
  for (const auto& file : files) readers_.push_back(std::make_unique<SqliteReader>(file, list, get));
}

std::unique_ptr<Reader> SqliteLimit::reader(const Question& list, const Question& get) const {
  return std::make_unique<SqliteReaders>(files_, list, get);
}

std::unique_ptr<WriteConnections> SqliteLimit::writes(const std::string& sql) const {
  return std::make_unique<SqliteWrites>(files_.front(), sql);
}

}  // namespace bench
