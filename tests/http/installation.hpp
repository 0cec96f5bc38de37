/// A whole installation in a folder of its own: the real binary, the real plugins, a school filled from the sample
/// files.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "client.hpp"
#include "kernel/storage/location.hpp"

namespace eschool::test {

struct CommandOutput {
  int code = 0;
  std::string out, error;
};

/// Runs the built executable to its end, `input` on its standard input, with "NAME=value" of `environment` added.
CommandOutput run_eschool(const std::vector<std::string>& arguments, const std::string& input = {},
                          const std::vector<std::string>& environment = {});

/// The login of the account that has the role: "the-hr".
std::string login_of(const std::string& role);

/// Path of a file of the public sample: sample("Ученики.xlsx").
std::string sample(const std::string& name);

/// Says that an installation is a second node of another one.
struct SameDatabase {};

class Installation {
 public:
  /// An empty data folder under the system's temporary one; schools are made on the engine under test, in a database
  /// of PostgreSQL that is this installation's alone.
  Installation();
  /// On an empty folder that somebody else made; what it holds is removed at the end, the folder stays.
  explicit Installation(std::filesystem::path data);
  /// A second node on the database of PostgreSQL that the other one uses, with a data folder of its own.
  Installation(SameDatabase, const Installation& other);
  ~Installation();  ///< stops the server, removes the folder
  Installation(const Installation&) = delete;

  /// A command with --config and --data of this installation.
  CommandOutput run(std::vector<std::string> arguments, const std::string& input = {}) const;
  /// Another eschool.info than that of the tree.
  void use_config(std::filesystem::path file) { config_ = std::move(file); }
  /// A school without records, and its administrator, see login_of().
  void create_school(const std::string& id = "test");
  /// A school, the four sample files, one account of each role, see login_of().
  void fill();
  /// From now on with settings of its own: the plugins of the tree and the given folders beside them, a copy of the
  /// schemas, and for the administrator every right on `registries`. `more`: lines for eschool.info.
  void own_settings(const std::vector<std::filesystem::path>& plugins, const std::vector<std::string>& registries = {},
                    const std::string& more = {});
  std::filesystem::path own_plugins() const { return data_ / "own/plugins"; }
  std::filesystem::path own_schemas() const { return data_ / "own/schemas"; }
  void start();
  /// Waits for a server that ends by itself; answers the exit code, or 128 and the signal.
  int wait();
  /// SIGTERM and wait; answers the exit code.
  int stop();
  void kill();  ///< SIGKILL
  /// Starts the server and kills it so long after, whether it listens by then or not.
  void start_and_kill(std::chrono::milliseconds after);

  Client client() const { return Client(port_); }
  /// A client logged in as the role's account.
  Client as(const std::string& role) const;
  const std::filesystem::path& data() const { return data_; }
  pid_t process() const { return server_; }  ///< of the running server; 0 when there is none

  /// Settings by the environment, for what is started from then on: "ESCHOOL_STORAGE_ENGINE=sqlite".
  void set(const std::string& variable) { environment_.push_back(variable); }
  /// Changes a school's database behind the program's back, which must not be running; answers how many rows.
  std::int64_t touch(const std::string& sql, const std::string& school = "test") const;

  static constexpr const char* password = "правильный пароль 7";

 private:
  pid_t spawn_server(int out) const;
  std::filesystem::path data_;
  std::filesystem::path config_;
  std::string connection_;  ///< empty on SQLite
  std::vector<std::string> environment_;
  bool own_folder_ = true;
  pid_t server_ = 0;
  std::uint16_t port_ = 0;
};

/// The filled installation that the read-mostly tests of one program share, with its server running.
Installation& shared_installation();

}  // namespace eschool::test
