/// How long a server takes from exec to its first good answer, what a school waits for after a restart. See README.md.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace {

using Clock = std::chrono::steady_clock;

pid_t start(char** command) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&files, stream, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int failure = posix_spawn(&child, command[0], &files, nullptr, command, environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) throw std::runtime_error(std::string("cannot start ") + command[0]);
  return child;
}

/// Whether the server answered the request with 200; false also while it does not listen.
bool answers(std::uint16_t port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string reply;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    char chunk[16384];
    for (ssize_t got = 0; (got = ::recv(socket, chunk, sizeof chunk, 0)) > 0;)
      reply.append(chunk, static_cast<std::size_t>(got));
  }
  ::close(socket);
  return reply.starts_with("HTTP/1.1 200");
}

double first_answer_ms(char** command, std::uint16_t port, const std::string& request) {
  const auto begin = Clock::now();
  const pid_t child = start(command);
  bool answered = false, ended = false;
  while (!answered && !ended && Clock::now() - begin < std::chrono::seconds(30)) {
    answered = answers(port, request);
    if (!answered) std::this_thread::sleep_for(std::chrono::microseconds(500));
    ended = !answered && ::waitpid(child, nullptr, WNOHANG) == child;
  }
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  if (!ended) {
    ::kill(child, SIGTERM);
    ::waitpid(child, nullptr, 0);
  }
  if (!answered) throw std::runtime_error(std::string(command[0]) + " gave no good answer");
  return ms;
}

}  // namespace

/// bench_start PORT PATH HEADERS_FILE REPEATS COMMAND…
int main(int count, char** values) {
  try {
    if (count < 6) throw std::runtime_error("usage: bench_start PORT PATH HEADERS_FILE REPEATS COMMAND...");
    const auto port = static_cast<std::uint16_t>(std::atoi(values[1]));
    std::string request =
        std::string("GET ") + values[2] + " HTTP/1.1\r\nHost: 127.0.0.1:" + values[1] + "\r\nConnection: close\r\n";
    std::ifstream headers(values[3]);
    for (std::string line; std::getline(headers, line);) request += line + "\r\n";
    request += "\r\n";
    std::vector<double> times;
    for (int i = 0; i < std::max(1, std::atoi(values[4])); ++i)
      times.push_back(first_answer_ms(values + 5, port, request));
    std::sort(times.begin(), times.end());
    std::printf("{\"median_ms\":%.1f,\"worst_ms\":%.1f}\n", times[times.size() / 2], times.back());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "start: %s\n", error.what());
    return 1;
  }
}
