#include "limit_routes.hpp"

#include <charconv>
#include <fstream>
#include <stdexcept>

#include "limit_json.hpp"

namespace bench {

void append_json_text(std::string& out, std::string_view view) {
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

int ListShape::width() const {
  int columns_of_sql = 0;
  for (const auto& column : columns) columns_of_sql += column.kind == Kind::reference ? 2 : 1;
  return columns_of_sql;
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

bool parse_write(std::string_view body, Write& write) {
  const std::size_t id = body.find("\"id\":"), phone = body.find("\"phone\":\"");
  if (id == std::string_view::npos || phone == std::string_view::npos) return false;
  if (std::from_chars(body.data() + id + 5, body.data() + body.size(), write.id).ec != std::errc{}) return false;
  const std::size_t start = phone + 9, end = body.find('"', start);
  if (end == std::string_view::npos) return false;
  write.phone = body.substr(start, end - start);
  return true;
}

std::string write_answer(std::int64_t id, std::string_view version) {
  std::string out = "{\"id\":" + std::to_string(id) + ",\"version\":";
  out += version;
  return out += '}';
}

Writer::Writer(std::unique_ptr<WriteConnections> connections)
    : connections_(std::move(connections)), thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::string Writer::write_alone(const Write& write) {
  const std::lock_guard lock(alone_mutex_);
  return connections_->alone(write);
}

void Writer::write_grouped(Write write, std::function<void(std::string)> done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(write));
    waiting_.push_back(std::move(done));
  }
  changed_.notify_one();
}

std::string Writer::figures() {
  const std::lock_guard lock(mutex_);
  return "{\"commits\":" + std::to_string(commits_) + ",\"records\":" + std::to_string(records_) + "}";
}

void Writer::work() {
  std::vector<Write> batch;
  std::vector<std::function<void(std::string)>> done;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      commits_ += batch.empty() ? 0 : 1;
      records_ += static_cast<std::int64_t>(batch.size());
      batch.clear();
      done.clear();
      changed_.wait(lock, [&] { return done_ || !queue_.empty(); });
      if (queue_.empty()) return;
      batch.swap(queue_);
      done.swap(waiting_);
    }
    auto answers = connections_->together(batch);
    for (std::size_t i = 0; i < done.size(); ++i) done[i](std::move(answers[i]));
  }
}

}  // namespace bench
