/// The answers of the limit, whatever the engine: a list and a record read straight into JSON, a write with its own
/// commit, a write in a group.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

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
  int width() const;  ///< how many columns of the SQL it takes
};

/// The pupils of the class ?1 as the server's list of them, byte for byte: what `sort=surname,given_name` and
/// `fields=surname,given_name,patronymic,birth_date,class` ask for.
extern const char* const class_list_sql;
ListShape class_list_shape();

/// What is asked of a database and how its rows are answered.
struct Question {
  std::string sql;  ///< one parameter, ?1
  ListShape shape;
};

/// One per io thread.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::string list(std::int64_t class_id) = 0;
  /// Empty where nobody asks for records.
  virtual std::string get(std::int64_t id) = 0;
};

struct Write {
  std::int64_t id = 0;
  std::string phone;
};

/// {"id":N,"phone":"…"}, without escapes. False when it is something else.
bool parse_write(std::string_view body, Write& write);

/// Two connections that write: `sql` with ?1 = id and ?2 = phone, which returns the new version.
class WriteConnections {
 public:
  virtual ~WriteConnections() = default;
  /// In a transaction of its own; one caller at a time.
  virtual std::string alone(const Write& write) = 0;
  /// In one transaction; one caller at a time, beside alone(). Answers in the order of `writes`.
  virtual std::vector<std::string> together(const std::vector<Write>& writes) = 0;
};

/// {"id":…,"version":…}
std::string write_answer(std::int64_t id, std::string_view version);

class Writer {
 public:
  explicit Writer(std::unique_ptr<WriteConnections> connections);
  ~Writer();

  /// Commits alone, under a lock, on the caller's thread.
  std::string write_alone(const Write& write);
  /// Commits together with whatever waits; `done` is called on the writer's thread.
  void write_grouped(Write write, std::function<void(std::string)> done);
  /// {"commits":…,"records":…} of the grouped writes.
  std::string figures();

 private:
  void work();

  const std::unique_ptr<WriteConnections> connections_;
  std::mutex alone_mutex_, mutex_;
  std::condition_variable changed_;
  std::vector<Write> queue_;
  std::vector<std::function<void(std::string)>> waiting_;  ///< for the writes of the queue, in their order
  std::int64_t commits_ = 0, records_ = 0;
  bool done_ = false;
  std::thread thread_;
};

/// Where the yardstick's data is.
class LimitDatabase {
 public:
  virtual ~LimitDatabase() = default;
  /// `get` may have an empty SQL.
  virtual std::unique_ptr<Reader> reader(const Question& list, const Question& get) const = 0;
  virtual std::unique_ptr<WriteConnections> writes(const std::string& sql) const = 0;
};

}  // namespace bench
