/// The limit on SQLite: the raw C API.
#pragma once

#include "limit_routes.hpp"
#include "raw_sqlite.hpp"

namespace bench {

/// A question asked of a file. Throws std::runtime_error when its shape has not the columns of its SQL.
class SqliteQuestion {
 public:
  SqliteQuestion(sqlite3* database, const Question& question);
  std::string answer(std::int64_t parameter);

 private:
  const ListShape shape_;
  sqlite3* const database_;
  Statement statement_;
};

class SqliteReader final : public Reader {
 public:
  SqliteReader(const std::string& file, const Question& list, const Question& get);
  std::string list(std::int64_t class_id) override { return list_.answer(class_id); }
  std::string get(std::int64_t id) override { return get_ ? get_->answer(id) : std::string(); }

 private:
  Database database_;
  SqliteQuestion list_;
  std::unique_ptr<SqliteQuestion> get_;
};

/// Several files in turns, as a server of several schools is asked: its every answer comes from the next file.
class SqliteReaders final : public Reader {
 public:
  SqliteReaders(const std::vector<std::string>& files, const Question& list, const Question& get);
  std::string list(std::int64_t class_id) override { return next().list(class_id); }
  std::string get(std::int64_t id) override { return next().get(id); }

 private:
  SqliteReader& next() { return *readers_[asked_++ % readers_.size()]; }

  std::vector<std::unique_ptr<SqliteReader>> readers_;
  std::size_t asked_ = 0;
};

/// Reads all of `files`, of which there is at least one, and writes into the first.
class SqliteLimit final : public LimitDatabase {
 public:
  explicit SqliteLimit(std::vector<std::string> files) : files_(std::move(files)) {}
  std::unique_ptr<Reader> reader(const Question& list, const Question& get) const override;
  std::unique_ptr<WriteConnections> writes(const std::string& sql) const override;

 private:
  const std::vector<std::string> files_;
};

}  // namespace bench
