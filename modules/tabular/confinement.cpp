#include "tabular/confinement.hpp"

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <memory>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ESCHOOL_TABULAR_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ESCHOOL_TABULAR_SANITIZED 1
#endif
#endif

namespace eschool::tabular {
namespace {

#ifdef ESCHOOL_TABULAR_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

bool limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
  const rlimit bounds{soft, hard};
  return setrlimit(resource, &bounds) == 0;
}

bool filter_system_calls() {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  if (filter == nullptr) return false;
  for (const int call : {SCMP_SYS(read),           SCMP_SYS(write),        SCMP_SYS(close),     SCMP_SYS(lseek),
                         SCMP_SYS(mmap),           SCMP_SYS(munmap),       SCMP_SYS(mremap),    SCMP_SYS(mprotect),
                         SCMP_SYS(madvise),        SCMP_SYS(brk),          SCMP_SYS(futex),     SCMP_SYS(clock_gettime),
                         SCMP_SYS(gettimeofday),   SCMP_SYS(time),         SCMP_SYS(getrandom), SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(exit),      SCMP_SYS(exit_group)})
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
  return seccomp_load(filter.get()) == 0;
}

}  // namespace

bool confine_this_process(const Caps& caps) {
  const auto cpu = static_cast<rlim_t>(caps.cpu_seconds);
  // One second above the reader's own check, which gives the better message; then SIGXCPU, then SIGKILL.
  bool held = limit(RLIMIT_CPU, cpu + 1, cpu + 2) && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) &&
              limit(RLIMIT_NPROC, 0, 0);
  held = held && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
  if (kSanitized) return held;
  return held && limit(RLIMIT_NOFILE, 0, 0) && limit(RLIMIT_AS, caps.memory_bytes, caps.memory_bytes) &&
         filter_system_calls();
}

}  // namespace eschool::tabular
