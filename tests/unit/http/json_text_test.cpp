#include "kernel/http/json_text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <limits>

using namespace eschool;

TEST_CASE("strings are escaped where JSON asks for it, and only there") {
  const auto text = [](std::string_view value) {
    std::string out;
    json::append_string(out, value);
    return out;
  };
  CHECK(text("Ёлкина «5А» / 😀") == "\"Ёлкина «5А» / 😀\"");
  CHECK(text("a\"b\\c") == R"("a\"b\\c")");
  CHECK(text("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(text(std::string_view("\0\x1f\x7f", 3)) == "\"\\u0000\\u001f\x7f\"");
  CHECK(text("") == "\"\"");
  CHECK(text("\n") == "\"\\n\"");
}

TEST_CASE("numbers") {
  std::string out;
  json::append_int(out, std::numeric_limits<std::int64_t>::min());
  CHECK(out == "-9223372036854775808");
  for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 4.5, 100.0}) {
    out.clear();
    json::append_real(out, value);
    CHECK(std::strtod(out.c_str(), nullptr) == value);
  }
  out.clear();
  json::append_real(out, 4.5);
  CHECK(out == "4.5");
  out.clear();
  json::append_real(out, std::numeric_limits<double>::quiet_NaN());
  CHECK(out == "null");
}
