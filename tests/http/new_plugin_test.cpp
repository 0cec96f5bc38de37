// What a stranger does: install the SDK, generate a plugin, build it by find_package outside of the tree, put it into
// an installation, use it. And what somebody of the house does: the same inside of a copy of the tree.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "installation.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

const fs::path tree = ESCHOOL_SOURCE_DIR;

/// A command of the shell that must succeed; its output is shown when it does not.
void must(const std::string& command, const fs::path& log) {
  const int status = std::system((command + " >'" + log.string() + "' 2>&1").c_str());
  std::ifstream stream(log);
  const std::string output{std::istreambuf_iterator<char>(stream), {}};
  INFO(command << "\n" << output);
  REQUIRE(status == 0);
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

/// The whole text of every file under the folder that the build system made of the project.
std::string build_files(const fs::path& build) {
  std::string text;
  for (const auto* name : {"build.ninja", "CMakeCache.txt"}) {
    std::ifstream stream(build / name);
    text.append(std::istreambuf_iterator<char>(stream), {});
  }
  return text;
}

void prepare(Installation& own) {
  REQUIRE(own.run({"school", "create", "--id", "test", "--name", "Проверочный лицей"}).code == 0);
  REQUIRE(
      own.run({"user", "create", "--login", login_of("administrator"), "--role", "administrator", "--password-stdin"},
              std::string(Installation::password) + "\n")
          .code == 0);
  own.start();
}

void use(const Installation& own) {
  const auto administrator = own.as("administrator");
  const auto make = [&](const json::object& record) {
    return administrator.post(records("clubs.circle"), json::serialize(record), {{"Content-Type", "application/json"}});
  };
  std::string state;
  const auto list = administrator.get("/api/v1/plugins").json();
  for (const auto& item : list.at("items").as_array())
    if (item.at("id").as_string() == "clubs") state = json::serialize(item);
  CAPTURE(state);
  CHECK(state.find("\"running\"") != std::string::npos);
  CHECK(state.find("Кружки") != std::string::npos);
  CHECK(state.find("errors") == std::string::npos);

  CHECK(make({{"title", "Шахматы"}, {"places", 12}}).status == 201);
  CHECK(make({{"title", "3D-моделирование"}, {"places", 8}, {"since", "2026-09-01"}}).status == 201);
  const auto refused = make({{"title", "---"}});
  CHECK(refused.status == 422);
  CHECK(refused.body.find("название состоит из одних знаков") != std::string::npos);
  const auto summary = administrator.get("/api/v1/clubs/summary");
  CHECK(summary.status == 200);
  CHECK(summary.body == R"({"count":2,"places":20})");
  CHECK(own.client().get("/api/v1/clubs/summary").status == 401);
  // Its page stands in the session of who may open it, and lies where the session says.
  const auto pages = administrator.get("/api/v1/session").json().at("pages").as_array();
  REQUIRE(pages.size() == 1);
  CHECK(pages[0].at("element").as_string() == "es-clubs-summary");
  const auto module = own.client().get(std::string(pages[0].at("module").as_string()));
  CHECK(module.status == 200);
  CHECK(module.header("cache-control").find("immutable") != std::string::npos);
  CHECK(module.body.find("SummaryPage") != std::string::npos);
  for (const auto* file : {"web/page.js", "guide.ru.md", "plugin.info", "clubs.so"}) {
    CAPTURE(file);
    CHECK(fs::exists(own.own_plugins() / "clubs" / file));
  }
}

}  // namespace

TEST_CASE("a stranger writes a plugin against the installed SDK") {
  Installation own;
  const auto work = own.data() / "work", log = own.data() / "log";
  fs::create_directory(work);
  must("cmake --install " + quoted(ESCHOOL_BINARY_DIR) + " --component sdk --prefix " + quoted(work / "sdk"), log);
  must(quoted(work / "sdk/bin/eschool-new-plugin") + " clubs --registry circle --label Кружки --outside " +
           quoted(work / "clubs"),
       log);
  must("cmake -G Ninja -S " + quoted(work / "clubs") + " -B " + quoted(work / "build") +
           " -DCMAKE_PREFIX_PATH=" + quoted(work / "sdk"),
       log);
  must("cmake --build " + quoted(work / "build"), log);
  must("ctest --test-dir " + quoted(work / "build") + " --no-tests=error", log);
  // Nothing came from the tree that the SDK was installed from.
  CHECK(build_files(work / "build").find(tree.string() + "/") == std::string::npos);
  CHECK(build_files(work / "build").find((work / "sdk").string()) != std::string::npos);

  own.own_settings({}, {"clubs.circle"});
  must("cmake --install " + quoted(work / "build") + " --prefix " + quoted(own.own_plugins().parent_path()), log);
  prepare(own);
  use(own);
  // An SDK of another major version is not taken.
  std::ofstream(work / "clubs/CMakeLists.txt") << "cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES CXX)\n"
                                                  "find_package(eschool 2.0 REQUIRED)\n";
  CHECK(std::system(("cmake -G Ninja -S " + quoted(work / "clubs") + " -B " + quoted(work / "other") +
                     " -DCMAKE_PREFIX_PATH=" + quoted(work / "sdk") + " >" + quoted(log) + " 2>&1")
                        .c_str()) != 0);
}

TEST_CASE("a plugin of the house is made by one command") {
  Installation own;
  const auto work = own.data() / "tree", log = own.data() / "log";
  fs::create_directory(work);
  for (const auto* part :
       {"CMakeLists.txt", "kernel", "modules", "plugins", "schemas", "etc", "tests", "tools", ".clang-format"})
    fs::copy(tree / part, work / part, fs::copy_options::recursive);
  must(quoted(work / "tools/new-plugin") + " clubs --registry circle --label Кружки", log);
  CHECK(std::system((quoted(work / "tools/new-plugin") + " clubs >/dev/null 2>&1").c_str()) != 0);
  must("cmake -G Ninja -S " + quoted(work) + " -B " + quoted(work / "build") +
           " -DESCHOOL_BENCH=OFF -DESCHOOL_WERROR=ON -DCMAKE_CXX_FLAGS=-O0",
       log);
  must("cmake --build " + quoted(work / "build") + " --target plugin_clubs test_plugins", log);
  must("ctest --test-dir " + quoted(work / "build") + " -R '^plugins$' --no-tests=error", log);
  must("clang-format --dry-run -Werror --style=file:" + quoted(tree / ".clang-format") + " " +
           quoted(work / "plugins/clubs") + "/*.?pp " + quoted(work / "tests/unit/plugins/clubs_title_rules_test.cpp"),
       log);

  own.own_settings({work / "build/plugins/clubs"}, {});
  fs::copy(work / "schemas/clubs", own.own_schemas() / "clubs");
  // The rights that the command gave to the administrator.
  fs::copy_file(work / "etc/roles.json", own.own_plugins().parent_path() / "roles.json",
                fs::copy_options::overwrite_existing);
  prepare(own);
  use(own);
}
