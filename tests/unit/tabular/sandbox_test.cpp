#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "package.hpp"
#include "tabular/confinement.hpp"
#include "tabular/reader.hpp"
#include "tabular/sandbox.hpp"

using namespace eschool::tabular;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

std::string code_of(const std::variant<Workbook, ReadProblem>& result) {
  const auto* problem = std::get_if<ReadProblem>(&result);
  return problem == nullptr ? "read" : problem->code;
}

/// A program that stands in for the reader, as a shell script in the build folder.
std::filesystem::path script(const std::string& name, const std::string& body) {
  const auto path = std::filesystem::path(ESCHOOL_BINARY_DIR) / ("tabular-test-" + name);
  std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
  chmod(path.c_str(), 0700);
  return path;
}

const SandboxedReader kReader(ESCHOOL_TABULAR_READER);

}  // namespace

TEST_CASE("the sandbox gives what reading in process gives") {
  for (const auto* name : {"Учреждение.xlsx", "Сотрудники.xlsx", "Ученики.xlsx", "Родители.xlsx", "КТП_алгебра_8.xlsx",
                           "КТП_русский_5.xlsx"}) {
    const auto bytes = test::sample(name);
    const auto here = read(bytes);
    const auto there = kReader.read(bytes);
    REQUIRE(code_of(there) == "read");
    CHECK(std::get<Workbook>(here) == std::get<Workbook>(there));
  }
  const auto csv = kReader.read("Фамилия;Имя\n\xEF\xBB\xBF;x\n");
  CHECK(std::get<Workbook>(csv).format == Format::csv);
}

TEST_CASE("problems of the file come through whole") {
  const auto result = kReader.read(test::workbook_of_rows("<row r='4'><c r='B4' t='s'><v>9</v></c></row>"));
  REQUIRE(std::holds_alternative<ReadProblem>(result));
  const auto& problem = std::get<ReadProblem>(result);
  CHECK(problem.code == "damaged");
  CHECK(problem.sheet == "Лист");
  CHECK(problem.row == 4);
  CHECK(problem.column == "B");
  CHECK(code_of(kReader.read("")) == "empty_file");
}

TEST_CASE("a broken archive is handled inside the filter, without a forbidden call") {
  const auto whole = test::sample("Ученики.xlsx");
  CHECK(code_of(kReader.read(whole.substr(0, whole.size() / 2))) == "damaged");
  CHECK(code_of(kReader.read(test::zip(test::workbook_members("<sheetData/>"), "пароль"))) == "encrypted");
}

TEST_CASE("memory is bounded") {
  if (kSanitized) return;
  Caps caps;
  caps.memory_bytes = 32U << 20;
  std::string csv;
  for (int row = 0; row < 15'000; ++row)
    csv += "1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29\n";
  CHECK(code_of(kReader.read(csv)) == "read");
  CHECK(code_of(kReader.read(csv, caps)) == "memory_limit");
}

TEST_CASE("processor time is bounded") {
  Caps caps;
  caps.cpu_seconds = 0;
  const auto code = code_of(kReader.read(test::sample("Ученики.xlsx"), caps));
  CHECK(code == "cpu_limit");
}

TEST_CASE("a reader that hangs, with the pipe open or closed, is stopped at the deadline") {
  Caps caps;
  caps.wall_seconds = 1;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(code_of(SandboxedReader(script("hangs", "exec sleep 30")).read("a;b", caps)) == "time_limit");
  CHECK(code_of(SandboxedReader(script("closes", "exec >/dev/null; exec sleep 30")).read("a;b", caps)) ==
        "reader_failed");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("a reader that floods, crashes or lies is a problem, not a workbook") {
  Caps caps;
  caps.content_bytes = 1U << 20;
  CHECK(code_of(SandboxedReader(script("floods", "exec cat /dev/zero")).read("a;b", caps)) == "reader_failed");
  CHECK(code_of(SandboxedReader(script("crashes", "kill -SEGV $$")).read("a;b")) == "reader_failed");
  CHECK(code_of(SandboxedReader(script("lies", "printf ETB1garbage")).read("a;b")) == "reader_failed");
  CHECK(code_of(SandboxedReader(script("silent", "exit 0")).read("a;b")) == "reader_failed");
}

TEST_CASE("the child has no environment and no descriptor beyond the standard three") {
  const auto path = std::filesystem::path(ESCHOOL_BINARY_DIR) / "tabular-test-seen";
  std::filesystem::remove(path);
  std::ofstream open_in_parent(path.string() + "-parent");
  const SandboxedReader spy(
      script("spies", "env > '" + path.string() + "'; ls /proc/$$/fd >> '" + path.string() + "'"));
  CHECK(code_of(spy.read("a;b")) == "reader_failed");
  std::ifstream seen(path);
  const std::string text{std::istreambuf_iterator<char>(seen), {}};
  CHECK(text.find("HOME=") == std::string::npos);
  CHECK(text.find("TZ=UTC0") != std::string::npos);
  CHECK(text.find("\n3\n") == std::string::npos);
}

TEST_CASE("a missing reader is told to the administrator") {
  const auto result = SandboxedReader("/nonexistent/eschool-tabular-reader").read("a;b");
  REQUIRE(code_of(result) == "reader_missing");
  CHECK(std::get<ReadProblem>(result).message.find("/nonexistent/eschool-tabular-reader") != std::string::npos);
}

TEST_CASE("the reader stands beside the executable of this build") {
  CHECK(std::filesystem::exists(reader_beside_executable()));
}

TEST_CASE("several threads read at a time") {
  const auto bytes = test::sample("Сотрудники.xlsx");
  std::vector<std::string> codes(4);
  {
    std::vector<std::jthread> threads;
    for (auto& code : codes) threads.emplace_back([&code, &bytes] { code = code_of(kReader.read(bytes)); });
  }
  for (const auto& code : codes) CHECK(code == "read");
}

TEST_CASE("a confined process is killed at the first forbidden call") {
  if (kSanitized) return;
  const auto end_of = [](void (*action)()) {
    const pid_t pid = fork();
    if (pid == 0) {
      if (!confine_this_process({})) _exit(1);
      action();
      _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
  };
  CHECK(end_of([] {}) == 0);
  CHECK(end_of([] { (void)open("/etc/passwd", O_RDONLY); }) == SIGSYS);
  CHECK(end_of([] { (void)socket(AF_INET, SOCK_STREAM, 0); }) == SIGSYS);
  CHECK(end_of([] { (void)fork(); }) == SIGSYS);
  CHECK(end_of([] { (void)unlink("/nonexistent"); }) == SIGSYS);
}
