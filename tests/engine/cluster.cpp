#include "cluster.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <grp.h>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace eschool::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* forbid_set_config =
    "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC";

const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  for (const char* name : {"postgres", "nobody"})
    if (const auto* user = ::getpwnam(name)) return user;
  throw std::runtime_error("root may not run PostgreSQL, and there is nobody else");
}

/// The newest release's programs.
fs::path programs_folder() {
  fs::path newest;
  if (fs::exists("/usr/lib/postgresql"))
    for (const auto& release : fs::directory_iterator("/usr/lib/postgresql"))
      if (fs::exists(release.path() / "bin" / "initdb") && release.path() > newest) newest = release.path();
  if (newest.empty()) throw std::runtime_error("PostgreSQL is not installed: tools/prepare");
  return newest / "bin";
}

pid_t spawn(const fs::path& program, const std::vector<std::string>& arguments, const fs::path& log) {
  std::vector<char*> list{const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  const auto* user = server_user();
  const auto parent = ::getpid();
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child > 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, 1), ::dup2(out, 2);
  if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a test that is killed leaves no server behind
  if (::getppid() != parent || ::chdir("/") != 0) ::_exit(126);
  ::execv(program.c_str(), list.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

Cluster::Cluster() : programs_(programs_folder()) {
  auto pattern = (fs::temp_directory_path() / "eschool-pg-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
  if (const auto* user = server_user())
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
  const auto made = wait_for(
      spawn(programs_ / "initdb",
            {"-D", (folder_ / "data").string(), "-U", "eschool", "-A", "trust", "--no-sync", "--no-instructions", "-E",
             "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=ru"},
            folder_ / "log"));
  if (made != 0) throw std::runtime_error("initdb: " + text_of(folder_ / "log"));
  start();
  // What etc/README.md tells the administrator to do; databases made later are copies of the first.
  for (const char* database : {"template1", "postgres"}) run_sql(database, forbid_set_config);
}

void Cluster::run_sql(const std::string& database, const std::string& sql) const {
  const auto run =
      wait_for(spawn(programs_ / "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", connection(database), "-c", sql},
                     folder_ / "log"));
  if (run != 0) throw std::runtime_error("psql: " + text_of(folder_ / "log"));
}

Cluster::~Cluster() {
  if (server_) stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Cluster::start() {
  server_ = spawn(programs_ / "postgres",
                  {"-D", (folder_ / "data").string(), "-c", "listen_addresses=", "-c",
                   "unix_socket_directories=" + folder_.string(), "-c", "fsync=off", "-c", "max_connections=100", "-c",
                   "restart_after_crash=on"},
                  folder_ / "log");
  for (int i = 0; i < 3000; ++i) {
    if (text_of(folder_ / "data" / "postmaster.pid").find("ready") != std::string::npos) return;
    int status = 0;
    if (::waitpid(server_, &status, WNOHANG) == server_) {
      server_ = 0;
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("PostgreSQL does not start: " + text_of(folder_ / "log"));
}

void Cluster::stop() {
  ::kill(server_, SIGQUIT);
  wait_for(std::exchange(server_, 0));
}

std::string Cluster::connection(const std::string& database) const {
  return "host=" + folder_.string() + " user=eschool dbname=" + database;
}

void Cluster::create_database(const std::string& name) const {
  const auto made =
      wait_for(spawn(programs_ / "createdb", {"-h", folder_.string(), "-U", "eschool", name}, folder_ / "log"));
  if (made != 0) throw std::runtime_error("createdb: " + text_of(folder_ / "log"));
}

Cluster& shared_cluster() {
  static Cluster cluster;
  return cluster;
}

}  // namespace eschool::test
