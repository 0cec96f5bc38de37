#include "installation.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "cluster.hpp"
#include "kernel/storage/database.hpp"
#include "place.hpp"

extern char** environ;

namespace eschool::test {
namespace {

const std::string binary = std::string(ESCHOOL_BINARY_DIR) + "/bin/eschool";

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  void close(std::size_t end) { ::close(std::exchange(ends[end], -1)); }
  std::array<int, 2> ends{};
};

pid_t spawn(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, int in, int out,
            int error) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (in >= 0) posix_spawn_file_actions_adddup2(&actions, in, 0);
  if (out >= 0) posix_spawn_file_actions_adddup2(&actions, out, 1);
  if (error >= 0) posix_spawn_file_actions_adddup2(&actions, error, 2);
  std::vector<char*> list{const_cast<char*>(binary.c_str())};
  for (const auto& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  std::vector<char*> variables;
  for (const auto& added : environment) variables.push_back(const_cast<char*>(added.c_str()));
  for (char** inherited = environ; *inherited; ++inherited) variables.push_back(*inherited);
  variables.push_back(nullptr);
  pid_t child = 0;
  const int failure = ::posix_spawn(&child, binary.c_str(), &actions, nullptr, list.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure) throw std::runtime_error("cannot start " + binary);
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

CommandOutput run_eschool(const std::vector<std::string>& arguments, const std::string& input,
                          const std::vector<std::string>& environment) {
  Pipe in, out, error;
  const auto child = spawn(arguments, environment, in.ends[0], out.ends[1], error.ends[1]);
  in.close(0), out.close(1), error.close(1);
  // A password fits the pipe's buffer: written whole before anything is read.
  if (!input.empty() && ::write(in.ends[1], input.data(), input.size()) < 0) throw std::runtime_error("write");
  in.close(1);
  CommandOutput output;
  std::array<pollfd, 2> streams{pollfd{out.ends[0], POLLIN, 0}, pollfd{error.ends[0], POLLIN, 0}};
  std::array<std::string*, 2> texts{&output.out, &output.error};
  for (int open = 2; open > 0;) {
    ::poll(streams.data(), streams.size(), -1);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (streams[i].fd < 0 || !streams[i].revents) continue;
      char buffer[65536];
      const auto got = ::read(streams[i].fd, buffer, sizeof buffer);
      if (got > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(got));
      } else {
        streams[i].fd = -1;
        --open;
      }
    }
  }
  output.code = wait_for(child);
  return output;
}

std::string login_of(const std::string& role) { return "the-" + role; }

std::string sample(const std::string& name) {
  return std::string(ESCHOOL_SOURCE_DIR) + "/tests/fixtures/excel/" + name;
}

const std::filesystem::path tree_config = std::string(ESCHOOL_SOURCE_DIR) + "/etc/eschool.info";

Installation::Installation(std::filesystem::path data)
    : data_(std::move(data)), config_(tree_config), own_folder_(false) {}

Installation::Installation() : config_(tree_config) {
  auto pattern = (std::filesystem::temp_directory_path() / "eschool-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  data_ = pattern;
  if (engine_under_test() == storage::Engine::sqlite) return;
  auto name = data_.filename().string();
  shared_cluster().create_database(name);
  connection_ = shared_cluster().connection(name);
  set("ESCHOOL_STORAGE_ENGINE=postgresql");
  set("ESCHOOL_STORAGE_CONNECTION=" + connection_);
}

Installation::Installation(SameDatabase, const Installation& other)
    : config_(other.config_), connection_(other.connection_), environment_(other.environment_) {
  auto pattern = (std::filesystem::temp_directory_path() / "eschool-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  data_ = pattern;
  for (const auto& school : std::filesystem::directory_iterator(other.data_ / "schools")) {
    const auto folder = data_ / "schools" / school.path().filename();
    std::filesystem::create_directories(folder);
    std::filesystem::copy(school.path() / "storage.info", folder / "storage.info");
  }
}

Installation::~Installation() {
  if (server_) kill();
  std::error_code ignored;
  if (own_folder_) {
    std::filesystem::remove_all(data_, ignored);
  } else {
    for (const auto& entry : std::filesystem::directory_iterator(data_, ignored))
      std::filesystem::remove_all(entry.path(), ignored);
  }
}

CommandOutput Installation::run(std::vector<std::string> arguments, const std::string& input) const {
  for (const auto& part : {std::string("--config"), config_.string(), std::string("--data"), data_.string()})
    arguments.push_back(part);
  return run_eschool(arguments, input, environment_);
}

void Installation::create_school(const std::string& id) {
  for (const auto& arguments : {std::vector<std::string>{"school", "create", "--id", id, "--name", "Школа " + id},
                                {"user", "create", "--school", id, "--login", login_of("administrator"), "--role",
                                 "administrator", "--password-stdin"}}) {
    const auto output = run(arguments, arguments[0] == "user" ? std::string(password) + "\n" : "");
    if (output.code != 0) throw std::runtime_error(arguments[0] + ": " + output.out + output.error);
  }
}

void Installation::fill() {
  const auto must = [&](std::vector<std::string> arguments, const std::string& input = {}) {
    const auto name = arguments[0] + " " + arguments[1];
    const auto output = run(std::move(arguments), input);
    if (output.code != 0) throw std::runtime_error(name + ": " + output.out + output.error);
  };
  must({"school", "create", "--id", "test", "--name", "Проверочный лицей"});
  for (const auto& [registry, file] : {std::pair{"school.institution", "Учреждение.xlsx"},
                                       {"people.employee", "Сотрудники.xlsx"},
                                       {"people.student", "Ученики.xlsx"},
                                       {"people.guardian", "Родители.xlsx"}})
    must({"import", registry, sample(file)});
  for (const auto& [role, person] : {std::pair{"administrator", ""},
                                     {"sysadmin", ""},
                                     {"operator", ""},
                                     {"hr", ""},
                                     {"director", "Позднякова Эльвира Никитична"},
                                     {"deputy", "Бондаренко Евгения Глебовна"},
                                     {"homeroom_teacher", "Маслова Вера Геннадьевна"},
                                     {"teacher", "Барсукова Елена Вячеславовна"},
                                     {"student", "Глушко Роман Артёмович"},
                                     {"guardian", "Глушко Екатерина Львовна"}}) {
    std::vector<std::string> arguments{"user", "create", "--login", login_of(role), "--role", role, "--password-stdin"};
    if (*person) arguments.insert(arguments.end(), {"--person", person});
    must(std::move(arguments), std::string(password) + "\n");
  }
}

pid_t Installation::spawn_server(int out) const {
  return spawn({"serve", "--config", config_.string(), "--data", data_.string(), "--listen", "127.0.0.1:0"},
               environment_, -1, out, -1);
}

void Installation::start_and_kill(std::chrono::milliseconds after) {
  Pipe out;
  server_ = spawn_server(out.ends[1]);
  std::this_thread::sleep_for(after);
  kill();
}

void Installation::start() {
  Pipe out;
  server_ = spawn_server(out.ends[1]);
  out.close(1);
  std::string text;
  char buffer[256];
  while (text.find('\n') == std::string::npos) {
    const auto got = ::read(out.ends[0], buffer, sizeof buffer);
    if (got <= 0) throw std::runtime_error("the server did not start");
    text.append(buffer, static_cast<std::size_t>(got));
  }
  port_ = static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
}

int Installation::wait() { return wait_for(std::exchange(server_, 0)); }

void Installation::own_settings(const std::vector<std::filesystem::path>& plugins,
                                const std::vector<std::string>& registries, const std::string& more) {
  namespace fs = std::filesystem;
  const fs::path tree = ESCHOOL_SOURCE_DIR, own = data_ / "own";
  fs::create_directories(own_plugins());
  for (const auto* id : {"school", "people"})
    fs::copy(fs::path(ESCHOOL_BINARY_DIR) / "plugins" / id, own_plugins() / id, fs::copy_options::recursive);
  for (const auto& folder : plugins) fs::copy(folder, own_plugins() / folder.filename(), fs::copy_options::recursive);
  fs::copy(tree / "schemas", own_schemas(), fs::copy_options::recursive);

  std::ifstream stream(tree / "etc/roles.json");
  auto roles = boost::json::parse(std::string{std::istreambuf_iterator<char>(stream), {}});
  auto& rights = roles.at("roles").as_array().at(0).at("rights").as_object();
  const boost::json::array all{"all"};
  for (const auto& registry : registries)
    rights[registry] = {{"read", all}, {"create", all}, {"update", all}, {"archive", all}, {"reads", "special"}};
  std::ofstream(own / "roles.json") << boost::json::serialize(roles);
  config_ = own / "eschool.info";
  std::ofstream(config_) << "plugins plugins\nschemas schemas\nroles roles.json\n" << more << "\n";
}

std::int64_t Installation::touch(const std::string& sql, const std::string& school) const {
  const auto place = connection_.empty() ? storage::Location(data_ / "schools" / school / "school.db")
                                         : storage::Location(connection_, "eschool_" + school);
  std::int64_t rows = 0;
  storage::Database::open(place)->write([&](storage::Session& session) { rows = session.execute(sql); });
  return rows;
}

int Installation::stop() {
  ::kill(server_, SIGTERM);
  return wait_for(std::exchange(server_, 0));
}

void Installation::kill() {
  ::kill(server_, SIGKILL);
  wait_for(std::exchange(server_, 0));
}

Client Installation::as(const std::string& role) const {
  auto client = this->client();
  const auto reply = client.login(login_of(role), password);
  if (reply.status != 200) throw std::runtime_error("login of " + role + ": " + reply.body);
  return client;
}

Installation& shared_installation() {
  static Installation installation;
  static const bool ready = [] {
    installation.fill();
    installation.start();
    return true;
  }();
  static_cast<void>(ready);
  return installation;
}

}  // namespace eschool::test
