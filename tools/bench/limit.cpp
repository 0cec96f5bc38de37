/// The limit: what this machine can do when nothing stands between the socket and the raw sqlite3 C API
/// or libpq. See README.md.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "arguments.hpp"
#include "limit_import.hpp"
#include "limit_postgres.hpp"
#include "limit_server.hpp"
#include "limit_sqlite.hpp"

namespace {

std::string read_text(const std::string& file) {
  std::ifstream input(file);
  if (!input) throw std::runtime_error("cannot read " + file);
  return {std::istreambuf_iterator<char>(input), {}};
}

bench::Question question(const bench::Arguments& arguments, const std::string& name, bench::Question otherwise) {
  const auto sql = name + "-sql", shape = name + "-shape";
  if (arguments.has(sql) != arguments.has(shape))
    throw std::runtime_error("--" + sql + " and --" + shape + " go together");
  if (!arguments.has(sql)) return otherwise;
  return {read_text(arguments.text(sql)), bench::ListShape::read(arguments.text(shape))};
}

constexpr const char* default_write =
    "UPDATE people_person SET phone = ?2, version = version + 1 WHERE id = ?1 RETURNING version";

}  // namespace

int main(int count, char** values) {
  try {
    const bench::Arguments arguments(count, values,
                                     {"db", "postgres", "schema", "port", "threads", "list-sql", "list-shape",
                                      "get-sql", "get-shape", "write-sql", "import", "import-sql", "skip"});
    if (arguments.has("db") == arguments.has("postgres"))
      throw std::runtime_error("--db FILE or --postgres CONNECTION is needed");
#ifndef NDEBUG
    std::fprintf(stderr, "limit: this is a debug build, its figures are no yardstick\n");
#endif
    if (arguments.has("import")) {
      const auto skip = static_cast<std::size_t>(arguments.number("skip", 0));
      if (arguments.has("postgres"))
        bench::import_file_into_postgres(arguments.text("import"), arguments.text("postgres"), arguments.text("schema"),
                                         skip);
      else
        bench::import_file(arguments.text("import"), arguments.text("db"),
                           arguments.has("import-sql") ? read_text(arguments.text("import-sql")) : "", skip);
      return 0;
    }
    bench::LimitOptions options;
    if (arguments.has("postgres"))
      options.database = std::make_unique<bench::PostgresLimit>(arguments.text("postgres"), arguments.text("schema"));
    else
      options.database = std::make_unique<bench::SqliteLimit>(arguments.all("db"));
    options.list = question(arguments, "list", {bench::class_list_sql, bench::class_list_shape()});
    options.get = question(arguments, "get", {});
    options.write_sql = arguments.has("write-sql") ? read_text(arguments.text("write-sql")) : default_write;
    options.port = static_cast<std::uint16_t>(arguments.number("port", 8090));
    options.threads = static_cast<int>(arguments.number("threads", 2));
    bench::serve(options);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "limit: %s\n", error.what());
    return 1;
  }
}
