/// The limit: what this machine can do when nothing stands between the socket and the raw sqlite3 C API. See README.md.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "arguments.hpp"
#include "limit_import.hpp"
#include "limit_server.hpp"

namespace {

std::string read_text(const std::string& file) {
  std::ifstream input(file);
  if (!input) throw std::runtime_error("cannot read " + file);
  return {std::istreambuf_iterator<char>(input), {}};
}

constexpr const char* default_write =
    "UPDATE people_person SET phone = ?2, version = version + 1 WHERE id = ?1 RETURNING version";

}  // namespace

int main(int count, char** values) {
  try {
    const bench::Arguments arguments(
        count, values,
        {"db", "port", "threads", "list-sql", "list-shape", "write-sql", "import", "import-sql", "skip"});
    if (!arguments.has("db")) throw std::runtime_error("--db FILE is needed");
#ifndef NDEBUG
    std::fprintf(stderr, "limit: this is a debug build, its figures are no yardstick\n");
#endif
    if (arguments.has("import")) {
      bench::import_file(arguments.text("import"), arguments.text("db"),
                         arguments.has("import-sql") ? read_text(arguments.text("import-sql")) : "",
                         static_cast<std::size_t>(arguments.number("skip", 0)));
      return 0;
    }
    if (arguments.has("list-sql") != arguments.has("list-shape")) {
      throw std::runtime_error("--list-sql and --list-shape go together");
    }
    bench::LimitOptions options;
    options.database = arguments.text("db");
    options.list_sql = arguments.has("list-sql") ? read_text(arguments.text("list-sql")) : bench::class_list_sql;
    options.shape =
        arguments.has("list-shape") ? bench::ListShape::read(arguments.text("list-shape")) : bench::class_list_shape();
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
