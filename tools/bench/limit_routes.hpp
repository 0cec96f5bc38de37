/// The three answers of the limit: a list read straight into JSON, a write with its own commit, a write in a group.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "raw_sqlite.hpp"

namespace bench {

/// How a row becomes an object. Read from a file of lines `NAME KIND`, where KIND is int, real, text, bool or ref (two
/// columns, id and display -> {"id":5,"display":"5А"}); `head TEXT` and `tail TEXT` stand around the rows.
struct ListShape {
  enum class Kind { integer, real, text, boolean, reference };
  struct Column {
    std::string key;  ///< `"name":`
    Kind kind;
  };
  std::string head = "{\"items\":[", tail = "],\"next\":null}";
  std::vector<Column> columns;

  static ListShape read(const std::string& file);
};

/// The pupils of the class ?1 as the server's list of them, byte for byte: what `sort=surname,given_name` and
/// `fields=surname,given_name,patronymic,birth_date,class` ask for.
extern const char* const class_list_sql;
ListShape class_list_shape();

/// One per io thread.
class ListReader {
 public:
  ListReader(const std::string& database, const std::string& sql, const ListShape& shape);
  std::string list(std::int64_t class_id);

 private:
  const ListShape& shape_;
  Database database_;
  Statement statement_;
};

struct Write {
  std::int64_t id = 0;
  std::string phone;
};

/// {"id":N,"phone":"…"}, without escapes. False when it is something else.
bool parse_write(std::string_view body, Write& write);

/// Runs `sql` with ?1 = id and ?2 = phone; it returns the new version.
class Writer {
 public:
  Writer(const std::string& database, const std::string& sql);
  ~Writer();

  /// Commits alone, under a lock, on the caller's thread.
  std::string write_alone(const Write& write);
  /// Commits together with whatever waits; `done` is called on the writer's thread.
  void write_grouped(Write write, std::function<void(std::string)> done);
  /// {"commits":…,"records":…} of the grouped writes.
  std::string figures();

 private:
  std::string run(sqlite3* database, sqlite3_stmt* statement, const Write& write);
  void work();

  Database alone_database_, group_database_;
  Statement alone_, grouped_;
  std::mutex alone_mutex_, mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<Write, std::function<void(std::string)>>> queue_;
  std::int64_t commits_ = 0, records_ = 0;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace bench
