#include "kernel/cli/serve.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <type_traits>

#include "kernel/api/application.hpp"
#include "kernel/cli/commands.hpp"
#include "kernel/http/server.hpp"

namespace eschool::cli {

namespace {

void apply(const config::ListenerLimits& configured, http::Limits& limits) {
  const auto set = [](auto& limit, const std::optional<int>& value) {
    if (value) limit = static_cast<std::decay_t<decltype(limit)>>(*value);
  };
  set(limits.header_seconds, configured.header_seconds);
  set(limits.body_bytes_per_second, configured.body_bytes_per_second);
  set(limits.keep_alive_seconds, configured.keep_alive_seconds);
  set(limits.connections, configured.connections);
  set(limits.connections_per_address, configured.connections_per_address);
}

/// A connection is a descriptor, and what a shell or systemd gives by default (1,024) is fewer than the limit.
void raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int serve(const config::Config& config) {
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  // A page of records takes and frees some hundred kilobytes: by default glibc gives them back to the kernel after each
  // request and faults them in again for the next, which took more than half of a list's time.
  mallopt(M_TRIM_THRESHOLD, 32 * 1024 * 1024);
  mallopt(M_TOP_PAD, 1024 * 1024);
  mallopt(M_ARENA_MAX, 4);

  raise_descriptor_limit();

  api::Application application(config);
  for (const auto& error : application.load_errors()) fmt::print(stderr, "{}\n", error.text());
  for (const auto& plugin : application.plugins().plugins())
    if (plugin.state != plugin_host::State::running) fmt::print(stderr, "plugin {}: {}\n", plugin.id, plugin.reason);

  for (const auto& [id, fault] : application.closed_schools())
    fmt::print(stderr, "school {}: {}. {}\n", id, school::text_of(fault, id).title, school::text_of(fault, id).advice);

  http::ServerOptions options;
  options.address = config.address;
  options.port = config.port;
  // A folder that nobody can write to gets no socket either; the server still says what is wrong in /readyz.
  if (::access(config.data.c_str(), W_OK) == 0)
    options.control_socket = config.data / "control.sock";
  else
    fmt::print(stderr,
               "{}: папка данных доступна только для чтения, управляющего сокета нет: когда это исправлено, "
               "перезапустите сервер, чтобы команды администратора шли через него\n",
               config.data.string());
  options.tls_certificate = config.tls_certificate;
  options.tls_key = config.tls_key;
  options.trusted_proxies = config.trusted_proxies;
  options.io_threads = config.io_threads;
  apply(config.limits, options.limits);
  http::Server server(options, [&](std::shared_ptr<const http::Request> request, http::Send send) {
    if (request->control)
      serve_control(application, std::move(request), std::move(send));
    else
      application.dispatch(std::move(request), std::move(send));
  });
  application.start_caretaker();
  server.start();
  fmt::print("listening on {}:{}\n", config.address, server.port());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  server.stop(10);
  const bool all_back = application.wait_for_workers();
  application.plugins().ended_well();
  if (!all_back) {
    // What a lost thread still uses can not be taken down in order; the databases have every answered write already.
    fmt::print(stderr, "threads are lost in plugins: ending without them\n");
    std::fflush(nullptr);
    std::_Exit(0);
  }
  return 0;
}

}  // namespace eschool::cli
