#include "limit_import.hpp"

#include <expat.h>
#include <zip.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>

#include "raw_postgres.hpp"
#include "raw_sqlite.hpp"

namespace bench {
namespace {

struct DiscardZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardZip>;

struct Sax {
  virtual ~Sax() = default;
  virtual void start(std::string_view name, const char** attributes) = 0;
  virtual void end(std::string_view name) = 0;
  std::string text;
};

const char* attribute(const char** attributes, const char* name) {
  for (; *attributes != nullptr; attributes += 2) {
    if (std::strcmp(attributes[0], name) == 0) return attributes[1];
  }
  return "";
}

struct Strings final : Sax {
  std::vector<std::string> all;
  void start(std::string_view name, const char**) override {
    if (name == "si") all.emplace_back();
    text.clear();
  }
  void end(std::string_view name) override {
    if (name == "t" && !all.empty()) all.back() += text;
  }
};

struct Sheet final : Sax {
  explicit Sheet(const std::vector<std::string>& shared) : strings(shared) {}
  const std::vector<std::string>& strings;
  std::vector<std::vector<std::string>> rows;
  std::string type, value;
  std::size_t column = 0;

  void start(std::string_view name, const char** attributes) override {
    text.clear();
    if (name == "row") {
      rows.emplace_back();
    } else if (name == "c") {
      type = attribute(attributes, "t");
      value.clear();
      std::size_t number = 0;
      for (const char* c = attribute(attributes, "r"); *c >= 'A' && *c <= 'Z'; ++c) {
        number = number * 26 + static_cast<std::size_t>(*c - 'A' + 1);
      }
      column = number > 0 ? number - 1 : rows.back().size();
    }
  }
  void end(std::string_view name) override {
    if (name == "v" || name == "t") {
      value += text;
    } else if (name == "c" && column < 200) {
      auto& row = rows.back();
      if (row.size() <= column) row.resize(column + 1);
      row[column] = type == "s" && !value.empty() ? strings.at(std::stoul(value)) : std::move(value);
    }
    text.clear();
  }
};

bool parse(zip_t* archive, const char* name, Sax& handler) {
  zip_file_t* file = zip_fopen(archive, name, 0);
  if (file == nullptr) return false;
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                                             &XML_ParserFree);
  XML_SetUserData(parser.get(), &handler);
  XML_SetElementHandler(
      parser.get(),
      [](void* user, const XML_Char* element, const XML_Char** attributes) {
        static_cast<Sax*>(user)->start(element, attributes);
      },
      [](void* user, const XML_Char* element) { static_cast<Sax*>(user)->end(element); });
  XML_SetCharacterDataHandler(parser.get(), [](void* user, const XML_Char* text, int size) {
    static_cast<Sax*>(user)->text.append(text, static_cast<std::size_t>(size));
  });
  std::vector<char> chunk(65536);
  zip_int64_t got;
  do {
    got = zip_fread(file, chunk.data(), chunk.size());
    if (got < 0 || XML_Parse(parser.get(), chunk.data(), static_cast<int>(got), got == 0) != XML_STATUS_OK) {
      zip_fclose(file);
      throw std::runtime_error(std::string("cannot parse ") + name);
    }
  } while (got > 0);
  zip_fclose(file);
  return true;
}

/// The columns of bench_import and the marks of as many parameters.
struct Columns {
  int count = 1;
  std::string definitions, marks;
  explicit Columns(const std::vector<std::vector<std::string>>& rows) {
    for (const auto& row : rows) count = std::max(count, static_cast<int>(row.size()));
    for (int i = 1; i <= count; ++i) {
      definitions += (i > 1 ? ",c" : "c") + std::to_string(i) + " TEXT";
      marks += (i > 1 ? ",?" : "?") + std::to_string(i);
    }
  }
};

double milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

using Moment = std::chrono::steady_clock::time_point;

void print_times(std::size_t rows, Moment start, Moment parsed, Moment end) {
  std::printf("{\"rows\":%zu,\"parse_ms\":%.2f,\"insert_ms\":%.2f,\"total_ms\":%.2f}\n", rows,
              milliseconds(parsed - start), milliseconds(end - parsed), milliseconds(end - start));
}

}  // namespace

std::vector<std::vector<std::string>> read_first_sheet(const std::string& path) {
  int error = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  if (!archive) throw std::runtime_error("cannot open " + path);
  Strings strings;
  parse(archive.get(), "xl/sharedStrings.xml", strings);
  Sheet sheet(strings.all);
  if (!parse(archive.get(), "xl/worksheets/sheet1.xml", sheet)) throw std::runtime_error("no first sheet in " + path);
  return std::move(sheet.rows);
}

void import_file(const std::string& file, const std::string& path, const std::string& given_sql, std::size_t skip) {
  const auto start = std::chrono::steady_clock::now();
  const auto rows = read_first_sheet(file);
  const auto parsed = std::chrono::steady_clock::now();

  const Database database = open_database(path, true, given_sql.empty());
  const auto run = [&](const std::string& sql) {
    check(sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr), database.get());
  };
  std::string sql = given_sql;
  if (sql.empty()) {
    const Columns columns(rows);
    run("CREATE TABLE IF NOT EXISTS bench_import(id INTEGER PRIMARY KEY," + columns.definitions + ") STRICT");
    sql = "INSERT INTO bench_import VALUES(NULL," + columns.marks + ")";
  }
  run("BEGIN IMMEDIATE");
  std::vector<Statement> statements;
  for (std::string rest = sql; rest.find_first_not_of(" \t\r\n;") != std::string::npos;) {
    std::string tail;
    statements.push_back(prepare(database.get(), rest, &tail));
    rest = tail;
  }
  for (std::size_t i = skip; i < rows.size(); ++i) {
    for (const Statement& statement : statements) {
      const int parameters = sqlite3_bind_parameter_count(statement.get());
      for (int k = 0; k < parameters; ++k) {
        const auto column = static_cast<std::size_t>(k);
        if (column < rows[i].size() && !rows[i][column].empty()) {
          sqlite3_bind_text(statement.get(), k + 1, rows[i][column].data(), static_cast<int>(rows[i][column].size()),
                            SQLITE_STATIC);
        } else {
          sqlite3_bind_null(statement.get(), k + 1);
        }
      }
      check(sqlite3_step(statement.get()), database.get());
      sqlite3_reset(statement.get());
    }
  }
  statements.clear();
  run("COMMIT");
  const auto end = std::chrono::steady_clock::now();
  print_times(rows.size() - std::min(rows.size(), skip), start, parsed, end);
}

void import_file_into_postgres(const std::string& file, const std::string& connection, const std::string& schema,
                               std::size_t skip) {
  const auto start = std::chrono::steady_clock::now();
  const auto rows = read_first_sheet(file);
  const auto parsed = std::chrono::steady_clock::now();

  const Columns columns(rows);
  const Postgres database = connect(connection, schema);
  PGconn* raw = database.get();
  checked(
      PQexec(raw, ("CREATE TABLE IF NOT EXISTS bench_import(id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY," +
                   columns.definitions + ")")
                      .c_str()),
      raw);
  checked(PQexec(raw, "BEGIN"), raw);
  prepare(raw, "row", "INSERT INTO bench_import VALUES(DEFAULT," + columns.marks + ")");
  if (PQenterPipelineMode(raw) != 1) throw std::runtime_error("no pipeline mode");
  std::vector<const char*> values(static_cast<std::size_t>(columns.count));
  constexpr std::size_t at_once = 100;  // so few that neither side's buffer is full of what nobody reads
  for (std::size_t first = skip; first < rows.size(); first += at_once) {
    const auto last = std::min(rows.size(), first + at_once);
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t k = 0; k < values.size(); ++k)
        values[k] = k < rows[i].size() && !rows[i][k].empty() ? rows[i][k].c_str() : nullptr;
      if (PQsendQueryPrepared(raw, "row", columns.count, values.data(), nullptr, nullptr, 0) != 1)
        throw std::runtime_error(PQerrorMessage(raw));
    }
    if (PQpipelineSync(raw) != 1) throw std::runtime_error(PQerrorMessage(raw));
    for (std::size_t i = first; i < last; ++i) {
      checked(PQgetResult(raw), raw);
      if (PQgetResult(raw) != nullptr) throw std::runtime_error("a statement with two results");
    }
    checked(PQgetResult(raw), raw);
  }
  if (PQexitPipelineMode(raw) != 1) throw std::runtime_error(PQerrorMessage(raw));
  checked(PQexec(raw, "COMMIT"), raw);
  print_times(rows.size() - std::min(rows.size(), skip), start, parsed, std::chrono::steady_clock::now());
}

}  // namespace bench
