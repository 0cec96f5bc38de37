/// eschool-tabular-reader CAPS: reads one table file from standard input, confined, and writes the result of
/// tabular/wire.hpp to standard output. Started by SandboxedReader only.
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <new>
#include <string>

#include "tabular/confinement.hpp"
#include "tabular/exit_status.hpp"
#include "tabular/reader.hpp"
#include "tabular/wire.hpp"

namespace {

using namespace eschool::tabular;

// _exit, here and below: nothing is left to be cleaned up, and the destructors of a large workbook take time.
void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(kExitProtocol);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_input() {
  // By lseek: fstat of glibc is a call that could ask about any path, so the filter does not allow it.
  const auto size = lseek(STDIN_FILENO, 0, SEEK_END);
  if (size < 0 || lseek(STDIN_FILENO, 0, SEEK_SET) != 0) _exit(kExitProtocol);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto got = ::read(STDIN_FILENO, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(kExitProtocol);
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  const auto caps = argc == 2 ? decode_caps(argv[1]) : std::nullopt;
  if (!caps) return kExitProtocol;
  // libzip turns DOS times into time_t; the time zone must be known before files may no longer be opened.
  tzset();
  if (!confine_this_process(*caps)) return kExitUnconfined;
  try {
    const std::string bytes = read_input();
    encode_result(eschool::tabular::read(bytes, *caps), write_all);
  } catch (const std::bad_alloc&) {
    _exit(kExitMemory);
  }
  _exit(0);
}
