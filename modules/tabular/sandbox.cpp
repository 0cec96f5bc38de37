#include "tabular/sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "tabular/exit_status.hpp"
#include "tabular/problem.hpp"
#include "tabular/wire.hpp"

namespace eschool::tabular {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

/// A started child; killed and reaped at the latest with this object.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The wait status, once it has ended by itself before the deadline.
  std::optional<int> status_until(Clock::time_point deadline) {
    for (;;) {
      int status = 0;
      const auto reaped = waitpid(pid_, &status, WNOHANG);
      if (reaped == 0) {
        if (Clock::now() >= deadline) return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      } else if (reaped == pid_) {
        pid_ = -1;
        return status;
      } else if (errno != EINTR) {
        pid_ = -1;  // someone else reaps the children of this process
        return std::nullopt;
      }
    }
  }

 private:
  pid_t pid_;
};

ReadProblem time_problem(const Caps& caps) {
  return problem_of_file("time_limit", "Чтение файла не уложилось в " + std::to_string(caps.wall_seconds) +
                                           " с и остановлено. Повторите попытку позже или разделите файл на части.");
}

ReadProblem system_problem(const char* what, int error) {
  return problem_of_file("reader_failed",
                         std::string("Чтение таблиц сейчас невозможно: ") + what + " — " + std::strerror(error) +
                             ". Повторите попытку позже; если не поможет, обратитесь к администратору.");
}

ReadProblem problem_of_end(std::optional<int> status, const Caps& caps) {
  if (status && WIFEXITED(*status)) {
    if (WEXITSTATUS(*status) == kExitMemory) return memory_exhausted();
    if (WEXITSTATUS(*status) == kExitUnconfined)
      return problem_of_file(
          "reader_failed",
          "Чтение таблиц невозможно: система не дала изолировать программу чтения (seccomp, ограничения "
          "ресурсов). Обратитесь к администратору сервера.");
  }
  if (status && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGXCPU) return cpu_limit_passed(caps);
  std::string detail;
  if (status && WIFSIGNALED(*status)) detail = " (сигнал " + std::to_string(WTERMSIG(*status)) + ")";
  if (status && WIFEXITED(*status)) detail = " (код " + std::to_string(WEXITSTATUS(*status)) + ")";
  return problem_of_file(
      "reader_failed",
      "Файл не удалось прочитать: программа чтения остановлена" + detail +
          ". Скорее всего, файл повреждён. Откройте его в Excel, сохраните заново как «Книга Excel (.xlsx)» и "
          "загрузите ещё раз.");
}

/// A file in memory with the bytes, at its start; -1 and errno on failure.
int memory_file(std::string_view bytes) {
  const int fd = memfd_create("eschool-table", MFD_CLOEXEC);
  if (fd < 0) return -1;
  while (!bytes.empty()) {
    const auto written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = errno;
      close(fd);
      errno = error;
      return -1;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}

/// 0 and the child, or an errno.
int spawn(const std::filesystem::path& program, const Caps& caps, int input, int output, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  // Above the standard three first, lest a descriptor that is one of them be overwritten before it is used.
  const int in = fcntl(input, F_DUPFD_CLOEXEC, 3);
  const int out = fcntl(output, F_DUPFD_CLOEXEC, 3);
  posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);  // a descriptor that some library left inheritable
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::string name = program.string();
  std::string argument = encode_caps(caps);
  char zone[] = "TZ=UTC0";
  char* const arguments[] = {name.data(), argument.data(), nullptr};
  char* const environment[] = {zone, nullptr};
  const int error =
      in < 0 || out < 0 ? EMFILE : posix_spawn(&pid, name.c_str(), &files, &attributes, arguments, environment);
  if (in >= 0) close(in);
  if (out >= 0) close(out);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

enum class Received { whole, late, too_much };

Received receive(int pipe, Clock::time_point deadline, std::size_t most, std::string& bytes) {
  constexpr std::size_t piece = 64U << 10;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Received::late;
    pollfd waiting{pipe, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return Received::late;
    const auto filled = bytes.size();
    bytes.resize(filled + piece);
    const auto got = ::read(pipe, bytes.data() + filled, piece);
    bytes.resize(filled + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Received::whole;
    if (bytes.size() > most) return Received::too_much;
  }
}

}  // namespace

SandboxedReader::SandboxedReader(std::filesystem::path program) : program_(std::move(program)) {}

std::variant<Workbook, ReadProblem> SandboxedReader::read(std::string_view bytes, const Caps& caps) const {
  // Checked here as well: a file beyond the cap need not be copied to be refused.
  if (bytes.size() > caps.file_bytes) return file_too_large(caps);
  const auto deadline = Clock::now() + std::chrono::seconds(caps.wall_seconds);
  const Descriptor input(memory_file(bytes));
  if (!input.open()) return system_problem("нет временной памяти для файла", errno);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return system_problem("нет канала к программе чтения", errno);
  const Descriptor answer(ends[0]);
  Descriptor answer_of_child(ends[1]);

  pid_t pid = -1;
  if (const int error = spawn(program_, caps, input.get(), answer_of_child.get(), pid); error != 0) {
    if (error != ENOENT && error != EACCES && error != ENOEXEC)
      return system_problem("программа чтения не запущена", error);
    return problem_of_file("reader_missing",
                           "Чтение таблиц невозможно: нет программы чтения «" + program_.string() +
                               "» или её нельзя запустить. Обратитесь к администратору: переустановите "
                               "сервер.");
  }
  Child child(pid);
  answer_of_child.reset();

  std::string result;
  const auto received = receive(answer.get(), deadline, caps.content_bytes * 2, result);
  if (received == Received::late) return time_problem(caps);
  if (received == Received::whole) {
    if (auto decoded = decode_result(result, caps)) return std::move(*decoded);
    result = {};
    return problem_of_end(child.status_until(deadline), caps);
  }
  return problem_of_end(std::nullopt, caps);
}

std::filesystem::path reader_beside_executable() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return self.parent_path() / "eschool-tabular-reader";
}

}  // namespace eschool::tabular
