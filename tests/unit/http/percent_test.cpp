#include "kernel/http/percent.hpp"

#include <doctest/doctest.h>

using namespace eschool::http;

TEST_CASE("percent decoding") {
  CHECK(percent_decode("a%20b+c", false) == "a b+c");
  CHECK(percent_decode("a%20b+c", true) == "a b c");
  CHECK(percent_decode("%D0%81%d0%BB%D0%BA%D0%B0", false) == "Ёлка");
  for (const char* text : {"%", "%4", "%zz", "%0", "%00", "%FF", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%D0"}) {
    CAPTURE(text);
    CHECK_FALSE(percent_decode(text, false));
  }
  CHECK(percent_decode(percent_encode("Ёлка & 5А/+%"), true) == "Ёлка & 5А/+%");
}

TEST_CASE("paths") {
  CHECK(decode_path("/") == "/");
  CHECK(decode_path("/api/%D0%B0/..b/c.") == "/api/а/..b/c.");
  for (const char* path : {"", "a", "/..", "/../a", "/a/..", "/a/./b", "/%2e%2e/a", "/.%2E", "/a%2Fb", "/a%5Cb",
                           "/a\\b", "/%00", "/%0a", "/%7F", "/%FF", "/%e0%80%af"}) {
    CAPTURE(path);
    CHECK_FALSE(decode_path(path));
  }
}

TEST_CASE("UTF-8") {
  CHECK(valid_utf8("плюс ascii, € и 😀"));
  CHECK_FALSE(valid_utf8("\x80"));
  CHECK_FALSE(valid_utf8("\xE2\x82"));
  CHECK_FALSE(valid_utf8("\xF0\x80\x80\x80"));
  CHECK_FALSE(valid_utf8("\xE2\x28\xA1"));
}
