#include "kernel/registry/display.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace eschool::registry;

namespace {

std::string shown(std::string_view pattern, const std::map<std::string, std::string>& values) {
  const auto parts = parse_display(pattern);
  std::string out = "> ";
  write_display(out, parts, [&](std::size_t part) -> std::string_view { return values.at(parts[part].field); });
  return out.substr(2);
}

}  // namespace

TEST_CASE("a display leaves no trace of what has no value") {
  CHECK(shown("{a} {b}", {{"a", "Ёлкина"}, {"b", "Анна"}}) == "Ёлкина Анна");
  CHECK(shown("{a} {b}", {{"a", ""}, {"b", "Анна"}}) == "Анна");
  CHECK(shown("{a} ({b})", {{"a", "201"}, {"b", "Главный"}}) == "201 (Главный)");
  CHECK(shown("{a} ({b})", {{"a", "201"}, {"b", ""}}) == "201");
  CHECK(shown("№ {a}", {{"a", "7"}}) == "№ 7");
  CHECK(shown("класс", {}) == "класс");
}
