#include "tabular/budget.hpp"

#include <ctime>

namespace eschool::tabular {
namespace {

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

Budget::Budget(const Caps& caps) : caps_(caps), cpu_start_(thread_cpu_seconds()) {}

void Budget::unpacked(std::size_t bytes) {
  unpacked_ += bytes;
  if (unpacked_ > caps_.unpacked_bytes)
    fail("unpacked_too_large", "Файл после распаковки больше " + std::to_string(caps_.unpacked_bytes >> 20) +
                                   " МиБ. Удалите из него лишние листы и строки или разделите на несколько файлов.");
}

void Budget::hold(std::size_t bytes) {
  held_ += bytes;
  if (held_ > caps_.content_bytes)
    fail("too_much_data",
         "В файле слишком много данных. Оставьте в нём только нужные столбцы и строки или разделите на несколько "
         "файлов.");
}

void Budget::hold_text(const std::string& text) {
  if (text.size() > 15) hold(text.capacity() + 1);  // shorter ones live inside the std::string itself
}

void Budget::check_cpu() const {
  if (thread_cpu_seconds() - cpu_start_ > caps_.cpu_seconds) throw Failure{cpu_limit_passed(caps_)};
}

}  // namespace eschool::tabular
