#include "limit_routes.hpp"

#include <array>
#include <charconv>
#include <fstream>

namespace bench {
namespace {

void append_int(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void append_text(std::string& out, sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  const std::string_view view(text, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  std::size_t run = 0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const auto c = static_cast<unsigned char>(view[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(view, run, i - run);
    run = i + 1;
    if (c >= 0x20) {
      out += '\\';
      out += view[i];
    } else {
      out += "\\u00";
      out += hex[c >> 4];
      out += hex[c & 15];
    }
  }
  out.append(view, run, view.size() - run);
  out += '"';
}

}  // namespace

ListShape ListShape::read(const std::string& file) {
  std::ifstream input(file);
  if (!input) throw std::runtime_error("cannot read " + file);
  ListShape shape;
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) throw std::runtime_error(file + ": expected `name kind`: " + line);
    const std::string name = line.substr(0, space), rest = line.substr(space + 1);
    if (name == "head") {
      shape.head = rest;
    } else if (name == "tail") {
      shape.tail = rest;
    } else {
      const Kind kind = rest == "int"    ? Kind::integer
                        : rest == "real" ? Kind::real
                        : rest == "text" ? Kind::text
                        : rest == "bool" ? Kind::boolean
                        : rest == "ref"  ? Kind::reference
                                         : throw std::runtime_error(file + ": unknown kind: " + line);
      shape.columns.push_back({(shape.columns.empty() ? "\"" : ",\"") + name + "\":", kind});
    }
  }
  return shape;
}

const char* const class_list_sql =
    "SELECT s.id, s.version + p.version - 1, p.surname, p.given_name, p.patronymic, p.birth_date, c.id, c.name "
    "FROM people_student s JOIN people_person p ON p.id = s.person JOIN school_class c ON c.id = s.class "
    "WHERE s.class = ?1 AND s.archived = 0 ORDER BY p.surname_sort, p.given_name_sort, s.id";

ListShape class_list_shape() {
  using Kind = ListShape::Kind;
  ListShape shape;
  shape.columns = {{"\"id\":", Kind::integer},       {",\"version\":", Kind::integer}, {",\"surname\":", Kind::text},
                   {",\"given_name\":", Kind::text}, {",\"patronymic\":", Kind::text}, {",\"birth_date\":", Kind::text},
                   {",\"class\":", Kind::reference}};
  return shape;
}

ListReader::ListReader(const std::string& database, const std::string& sql, const ListShape& shape)
    : shape_(shape), database_(open_database(database, false)), statement_(prepare(database_.get(), sql)) {
  int columns = 0;
  for (const auto& column : shape.columns) columns += column.kind == ListShape::Kind::reference ? 2 : 1;
  if (columns != sqlite3_column_count(statement_.get())) {
    throw std::runtime_error("the shape has " + std::to_string(columns) + " columns, the SQL " +
                             std::to_string(sqlite3_column_count(statement_.get())));
  }
}

std::string ListReader::list(std::int64_t class_id) {
  sqlite3_stmt* row = statement_.get();
  sqlite3_bind_int64(row, 1, class_id);
  std::string out;
  out.reserve(8192);
  out += shape_.head;
  bool first = true;
  int code;
  while ((code = sqlite3_step(row)) == SQLITE_ROW) {
    if (!first) out += ',';
    first = false;
    out += '{';
    int at = 0;
    for (const auto& column : shape_.columns) {
      out += column.key;
      const bool null = sqlite3_column_type(row, at) == SQLITE_NULL;
      if (null) {
        out += "null";
      } else if (column.kind == ListShape::Kind::integer) {
        append_int(out, sqlite3_column_int64(row, at));
      } else if (column.kind == ListShape::Kind::text) {
        append_text(out, row, at);
      } else if (column.kind == ListShape::Kind::boolean) {
        out += sqlite3_column_int(row, at) != 0 ? "true" : "false";
      } else if (column.kind == ListShape::Kind::real) {
        std::array<char, 32> digits;
        out.append(digits.data(),
                   std::to_chars(digits.data(), digits.data() + digits.size(), sqlite3_column_double(row, at)).ptr);
      } else {
        out += "{\"id\":";
        append_int(out, sqlite3_column_int64(row, at));
        out += ",\"display\":";
        append_text(out, row, at + 1);
        out += '}';
      }
      at += column.kind == ListShape::Kind::reference ? 2 : 1;
    }
    out += '}';
  }
  sqlite3_reset(row);
  check(code, database_.get());
  out += shape_.tail;
  return out;
}

bool parse_write(std::string_view body, Write& write) {
  const std::size_t id = body.find("\"id\":"), phone = body.find("\"phone\":\"");
  if (id == std::string_view::npos || phone == std::string_view::npos) return false;
  if (std::from_chars(body.data() + id + 5, body.data() + body.size(), write.id).ec != std::errc{}) return false;
  const std::size_t start = phone + 9, end = body.find('"', start);
  if (end == std::string_view::npos) return false;
  write.phone = body.substr(start, end - start);
  return true;
}

Writer::Writer(const std::string& database, const std::string& sql)
    : alone_database_(open_database(database, true)),
      group_database_(open_database(database, true)),
      alone_(prepare(alone_database_.get(), sql)),
      grouped_(prepare(group_database_.get(), sql)),
      thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::string Writer::run(sqlite3* database, sqlite3_stmt* statement, const Write& write) {
  sqlite3_bind_int64(statement, 1, write.id);
  sqlite3_bind_text(statement, 2, write.phone.data(), static_cast<int>(write.phone.size()), SQLITE_STATIC);
  const int code = sqlite3_step(statement);
  check(code, database);
  std::string out;
  if (code == SQLITE_ROW) {
    out = "{\"id\":";
    append_int(out, write.id);
    out += ",\"version\":";
    append_int(out, sqlite3_column_int64(statement, 0));
    out += '}';
    check(sqlite3_step(statement), database);
  }
  check(sqlite3_reset(statement), database);
  return out;
}

std::string Writer::write_alone(const Write& write) {
  const std::lock_guard lock(alone_mutex_);
  return run(alone_database_.get(), alone_.get(), write);
}

void Writer::write_grouped(Write write, std::function<void(std::string)> done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.emplace_back(std::move(write), std::move(done));
  }
  changed_.notify_one();
}

std::string Writer::figures() {
  const std::lock_guard lock(mutex_);
  return "{\"commits\":" + std::to_string(commits_) + ",\"records\":" + std::to_string(records_) + "}";
}

void Writer::work() {
  sqlite3* database = group_database_.get();
  const Statement begin = prepare(database, "BEGIN IMMEDIATE"), commit = prepare(database, "COMMIT");
  const auto step = [&](const Statement& statement) {
    check(sqlite3_step(statement.get()), database);
    sqlite3_reset(statement.get());
  };
  decltype(queue_) batch;
  std::vector<std::string> answers;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      commits_ += batch.empty() ? 0 : 1;
      records_ += static_cast<std::int64_t>(batch.size());
      batch.clear();
      changed_.wait(lock, [&] { return done_ || !queue_.empty(); });
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    answers.clear();
    step(begin);
    for (const auto& [write, done] : batch) answers.push_back(run(database, grouped_.get(), write));
    step(commit);
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].second(std::move(answers[i]));
  }
}

}  // namespace bench
