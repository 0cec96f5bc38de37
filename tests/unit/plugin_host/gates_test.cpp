#include "kernel/plugin_host/gates.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "kernel/plugin_host/host.hpp"

using namespace eschool::plugin_host;
namespace fs = std::filesystem;

namespace {

/// A folder of plugins of its own, made of copies.
struct Folder {
  fs::path root = fs::temp_directory_path() / ("eschool-gates-" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(root);
    fs::create_directories(root);
    ::chmod(root.c_str(), 0755);
  }
  ~Folder() { fs::remove_all(root); }
  fs::path add(const std::string& name, const std::string& id = "data_only") {
    const auto from = fs::path(ABI_PLUGINS) / id, to = root / name;
    fs::create_directory(to);
    ::chmod(to.c_str(), 0755);
    for (const auto& file : {"plugin.info", "good.so", "data_only.so"})
      if (fs::exists(from / file)) {
        fs::copy_file(from / file, to / file);
        ::chmod((to / file).c_str(), 0644);
      }
    return to;
  }
};

std::string code(const std::optional<Refusal>& refusal) { return refusal ? refusal->code : ""; }

}  // namespace

TEST_CASE("files that others may change are refused") {
  Folder folder;
  const auto plugin = folder.add("data_only");
  CHECK(code(check_files(plugin, "data_only")) == "");
  for (const auto& path : {folder.root, plugin, plugin / "plugin.info", plugin / "data_only.so"}) {
    CAPTURE(path.string());
    const auto mode = fs::status(path).permissions();
    fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
    const auto refusal = check_files(plugin, "data_only");
    CHECK(code(refusal) == "writable");
    if (refusal) CHECK(refusal->reason.find("chmod go-w") != std::string::npos);
    fs::permissions(path, mode);
  }
  // umask 002: the group of the account itself is no stranger.
  fs::permissions(plugin, fs::perms::group_write, fs::perm_options::add);
  CHECK(code(check_files(plugin, "data_only")) == "");
  if (::geteuid() == 0) {
    REQUIRE(::chown(plugin.c_str(), 65534, 65534) == 0);
    CHECK(code(check_files(plugin, "data_only")) == "foreign_owner");
    REQUIRE(::chown(plugin.c_str(), 0, 65534) == 0);
    CHECK(code(check_files(plugin, "data_only")) == "writable");
  }
}

TEST_CASE("a cut library and a text file are refused before loading") {
  Folder folder;
  const auto library = folder.add("data_only") / "data_only.so";
  const auto size = fs::file_size(library);
  for (const auto part : {std::uintmax_t{0}, std::uintmax_t{10}, std::uintmax_t{64}, size / 2, size - 1}) {
    CAPTURE(part);
    fs::copy_file(fs::path(ABI_PLUGINS) / "data_only/data_only.so", library, fs::copy_options::overwrite_existing);
    CHECK(code(check_symbol(library)) == "");
    fs::resize_file(library, part);
    CHECK(code(check_symbol(library)) == "not_loadable");
  }
  std::ofstream(library) << "#!/bin/sh\nexit 0\n# long enough to hold a header of sixty-four bytes, and a few more\n";
  CHECK(code(check_symbol(library)) == "not_loadable");
}

TEST_CASE("of two copies the folder named as the plugin is loaded") {
  Folder folder;
  folder.add("a_backup", "good");
  folder.add("good", "good");
  PluginHost host(folder.root, [](auto...) {});
  host.load_all();
  REQUIRE(host.plugins().size() == 2);
  CHECK(host.plugins()[0].state == State::running);
  CHECK(host.plugins()[1].state == State::refused);
  CHECK(host.plugins()[1].code == "duplicate");
  CHECK(host.plugins()[1].reason ==
        "модуль «good» лежит и в папке good, и в папке a_backup: уберите одну из них, вторая не загружена");
}

TEST_CASE("an empty or absent folder is a server without plugins") {
  Folder folder;
  fs::create_directory(folder.root / "CMakeFiles");
  PluginHost host(folder.root, [](auto...) {});
  host.load_all();
  CHECK(host.plugins().empty());
  PluginHost nowhere(folder.root / "absent", [](auto...) {});
  nowhere.load_all();
  CHECK(nowhere.plugins().empty());
}

TEST_CASE("a library without plugin.info is told what it lacks") {
  Folder folder;
  fs::remove(folder.add("data_only") / "plugin.info");
  PluginHost host(folder.root, [](auto...) {});
  host.load_all();
  REQUIRE(host.plugins().size() == 1);
  CHECK(host.plugins()[0].code == "bad_info");
  CHECK(host.plugins()[0].reason == "plugin.info: файла нет, или он не читается: установите модуль заново");
}
