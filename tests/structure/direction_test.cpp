// The rule of direction: plugins -> modules, kernel -> modules, and who alone knows which library. Read from the
// include lines of the sources and the link lines of the CMakeLists.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = ESCHOOL_SOURCE_DIR;

struct Mention {
  std::string file;  ///< from the root: "kernel/http/server.cpp"
  int line = 0;
  std::string what;  ///< "schema/model.hpp", "eschool::kernel::storage"
};

bool is_source(const fs::path& file) {
  static const std::set<std::string> endings{".cpp", ".hpp", ".h", ".in"};
  return endings.contains(file.extension().string());
}

/// Lines of a file without what stands in comments of one line, numbered from 1.
std::vector<std::string> lines_of(const fs::path& file, const std::string& comment) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line.substr(0, line.find(comment)));
  return lines;
}

std::vector<fs::path> files_under(const std::string& folder, bool (*wanted)(const fs::path&)) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder))
    if (entry.is_regular_file() && wanted(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Mention> mentions(const std::vector<fs::path>& files, const std::string& comment,
                              const std::regex& pattern) {
  std::vector<Mention> found;
  for (const auto& file : files) {
    int number = 0;
    for (const auto& line : lines_of(file, comment)) {
      ++number;
      for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match)
        found.push_back({fs::relative(file, root).generic_string(), number, (*match)[1].str()});
    }
  }
  return found;
}

std::vector<Mention> includes(const std::string& folder) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
  return mentions(files_under(folder, is_source), "//", pattern);
}

/// Every word of a CMakeLists that may name a target, whatever it does with it.
std::vector<Mention> targets(const std::string& folder) {
  static const std::regex pattern(R"re(([A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z0-9_]+)*))re");
  return mentions(files_under(folder, [](const fs::path& file) { return file.filename() == "CMakeLists.txt"; }), "#",
                  pattern);
}

bool begins(const std::string& text, std::string_view with) { return text.starts_with(with); }

/// "kernel/http/server.cpp" is of kernel/http.
std::string folder_of(const std::string& path) {
  const auto first = path.find('/');
  const auto second = path.find('/', first + 1);
  return second == std::string::npos ? path.substr(0, first) : path.substr(0, second);
}

/// What an include line of the project leads to: "kernel/storage", "modules/schema", or "" for a library or a
/// neighbour.
std::string led_to(const std::string& include) {
  if (begins(include, "kernel/") || begins(include, "plugins/") || begins(include, "tests/") ||
      begins(include, "tools/"))
    return folder_of(include);
  const auto slash = include.find('/');
  if (slash == std::string::npos) return {};
  const auto module = "modules/" + include.substr(0, slash);
  if (begins(include, "eschool/")) return "modules/sdk";
  return fs::is_directory(root / module) ? module : std::string();
}

void forbid(const std::vector<Mention>& found, const std::string& rule,
            const std::function<bool(const Mention&)>& broken) {
  for (const auto& mention : found)
    if (broken(mention)) FAIL_CHECK(mention.file << ":" << mention.line << ": " << mention.what << " — " << rule);
}

}  // namespace

TEST_CASE("there is something to read") {
  CHECK(includes("kernel").size() > 100);
  CHECK(includes("modules").size() > 50);
  CHECK(includes("plugins").size() > 5);
  CHECK(targets("kernel").size() > 10);
  CHECK(led_to("kernel/storage/session.hpp") == "kernel/storage");
  CHECK(led_to("schema/model.hpp") == "modules/schema");
  CHECK(led_to("eschool/abi.h") == "modules/sdk");
  CHECK(led_to("vector").empty());
  CHECK(led_to("boost/json.hpp").empty());
}

TEST_CASE("plugins know modules, never the kernel or each other") {
  forbid(includes("plugins"), "a plugin includes only modules and its own files", [](const Mention& m) {
    if (begins(m.what, "../")) return true;
    const auto to = led_to(m.what);
    return !to.empty() && !begins(to, "modules/") && to != folder_of(m.file);
  });
  forbid(targets("plugins"), "a plugin links only modules",
         [](const Mention& m) { return begins(m.what, "eschool::kernel") || begins(m.what, "eschool_kernel"); });
}

TEST_CASE("modules know neither the kernel nor plugins") {
  forbid(includes("modules"), "a module includes only modules and libraries", [](const Mention& m) {
    const auto to = led_to(m.what);
    return begins(m.what, "../") || (!to.empty() && !begins(to, "modules/"));
  });
  forbid(targets("modules"), "a module links only modules and libraries",
         [](const Mention& m) { return begins(m.what, "eschool::kernel") || begins(m.what, "eschool_kernel"); });
}

TEST_CASE("the kernel knows no plugin and no test") {
  forbid(includes("kernel"), "the kernel includes only itself, modules and libraries", [](const Mention& m) {
    const auto to = led_to(m.what);
    return begins(m.what, "../") || begins(to, "plugins") || begins(to, "tests") || begins(to, "tools");
  });
}

TEST_CASE("the kernel names no registry but those of its spine") {
  const auto is_schema = [](const fs::path& file) { return file.extension() == ".json"; };
  static const std::regex declared(R"re("id": "([a-z_]+\.[a-z_]+)")re");
  std::set<std::string> ids, tables;
  for (const auto& mention : mentions(files_under("schemas", is_schema), "//", declared)) {
    ids.insert(mention.what);
    tables.insert(std::regex_replace(mention.what, std::regex("\\."), "_"));
  }
  CHECK(ids.contains("people.student"));
  CHECK(ids.size() > 40);
  const auto kernel = files_under("kernel", is_source);
  static const std::regex quoted(R"re("([a-z_]+\.[a-z_]+)")re");
  forbid(mentions(kernel, "//", quoted), "the kernel learns of it from its schema",
         [&](const Mention& m) { return ids.contains(m.what) && m.file != "kernel/school/spine.hpp"; });
  static const std::regex asked(R"re((?:FROM|JOIN|INTO|UPDATE) ([a-z_]+))re");
  forbid(mentions(kernel, "//", asked), "a registry knows its table",
         [&](const Mention& m) { return tables.contains(m.what); });
}

TEST_CASE("each library has one house") {
  struct House {
    std::string folder, why;
    std::regex includes, targets;
  };
  const std::vector<House> houses{
      {"kernel/storage", "only kernel/storage knows SOCI and SQLite", std::regex("^(soci/|soci\\.h|sqlite3)"),
       std::regex("^(soci|SOCI::.*|SQLite.*::.*|PkgConfig::sqlite3|PkgConfig::libpq)$")},
      {"kernel/http", "only kernel/http knows Beast and Asio", std::regex("^boost/(beast|asio)"),
       std::regex("^OpenSSL::SSL$")},
      {"kernel/auth", "only kernel/auth computes one-time codes", std::regex("^openssl/hmac\\.h"),
       std::regex("^OpenSSL::Crypto$")},
      {"kernel/plugin_host", "only kernel/plugin_host knows Boost.DLL", std::regex("^(boost/dll|dlfcn\\.h)"),
       std::regex("^Boost::dll")},
      {"modules/tabular", "only modules/tabular reads and writes spreadsheets",
       std::regex("^(zip\\.h|expat\\.h|xlsxwriter)"),
       std::regex("^(libzip::.*|EXPAT::.*|PkgConfig::(zip|expat|xlsxwriter))$")},
      {"modules/print", "only modules/print draws pages", std::regex("^(cairo|pango|qrencode)"),
       std::regex("^PkgConfig::(pangocairo|qrencode)$")},
  };
  for (const auto& house : houses)
    for (const auto* folder : {"kernel", "modules", "plugins"}) {
      const auto stranger = [&](const std::regex& pattern) {
        return
            [&](const Mention& m) { return folder_of(m.file) != house.folder && std::regex_search(m.what, pattern); };
      };
      forbid(includes(folder), house.why, stranger(house.includes));
      forbid(targets(folder), house.why, stranger(house.targets));
    }
}

TEST_CASE("folders refer to each other in one direction") {
  for (const auto* house : {"kernel", "modules"}) {
    std::map<std::string, std::set<std::string>> uses;
    for (const auto& mention : includes(house)) {
      const auto from = folder_of(mention.file), to = led_to(mention.what);
      if (begins(to, house) && to != from) uses[from].insert(to);
    }
    // Whoever uses only what is left out is left out; what remains goes round.
    for (bool found = true; found;) {
      found = false;
      for (auto item = uses.begin(); item != uses.end();) {
        const bool free = std::none_of(item->second.begin(), item->second.end(),
                                       [&](const std::string& to) { return uses.contains(to); });
        found |= free;
        item = free ? uses.erase(item) : std::next(item);
      }
    }
    for (const auto& [from, to] : uses)
      for (const auto& other : to)
        if (uses.contains(other)) FAIL_CHECK("a circle of folders: " << from << " uses " << other);
  }
}
