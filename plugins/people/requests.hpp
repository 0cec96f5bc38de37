/// What the plugin's routes read from a request.
#pragma once

#include <charconv>
#include <cstdint>
#include <eschool/plugin.hpp>
#include <string>
#include <string_view>

#include "text/dates.hpp"

namespace eschool::people {

/// The number that {id} names; ends the call as not found when it is none.
inline std::int64_t record_id(const plugin::Call& call, const plugin::Request& request) {
  const auto text = request.parameter("id");
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc{} || end != text.data() + text.size() || id <= 0)
    call.fail(ES_NOT_FOUND, "not_found", "Такой записи нет, или она вам не видна.");
  return id;
}

/// ?name=2026-09-01, also 01.09.2026; the school's day when it is absent. Ends the call when it is no date.
inline std::string day_asked(const plugin::Call& call, const plugin::Request& request, const char* name) {
  const auto given = request.query()[name].text();
  if (given.empty()) return std::string(call.today());
  const auto day = text::parse_date(given);
  if (!day) call.fail(ES_INVALID, "date", "нужна дата вида 2026-09-01", name);
  return *day;
}

/// ?name=60 between the limits; `otherwise` when it is absent. Ends the call when it is no such number.
inline int number_asked(const plugin::Call& call, const plugin::Request& request, const char* name, int least, int most,
                        int otherwise) {
  const auto given = request.query()[name].text();
  if (given.empty()) return otherwise;
  int value = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failure != std::errc{} || end != given.data() + given.size() || value < least || value > most)
    call.fail(ES_INVALID, "number", "нужно целое число от " + std::to_string(least) + " до " + std::to_string(most),
              name);
  return value;
}

}  // namespace eschool::people
