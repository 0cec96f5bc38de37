#include "kernel/school/clock_check.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "kernel/auth/instant.hpp"

namespace eschool::school {

namespace {

// Time servers move a clock by less than this; a school would not notice it either.
constexpr std::int64_t tolerated = 300;

std::string span(std::int64_t seconds) {
  if (seconds >= 2 * 86400) return fmt::format("{} дн.", seconds / 86400);
  if (seconds >= 2 * 3600) return fmt::format("{} ч", seconds / 3600);
  return fmt::format("{} мин", seconds / 60);
}

}  // namespace

std::optional<std::string> clock_fault(std::int64_t now, std::int64_t last_entry, std::int64_t elapsed,
                                       std::int64_t elapsed_monotonic) {
  if (last_entry > now + tolerated)
    return fmt::format("Часы сервера отстают от последней записи истории на {} (она от {}): они были переведены",
                       span(last_entry - now), auth::instant(last_entry));
  const auto jump = elapsed - elapsed_monotonic;
  if (std::llabs(jump) > tolerated)
    return fmt::format("Часы сервера переведены {} на {}", jump > 0 ? "вперёд" : "назад", span(std::llabs(jump)));
  return {};
}

}  // namespace eschool::school
