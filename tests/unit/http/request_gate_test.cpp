#include "kernel/http/request_gate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace eschool::http;

namespace {

int status_of(const std::string& block, const Limits& limits = {}) {
  const GateResult result = check_header_block(block, limits);
  const auto* refusal = std::get_if<GateRefusal>(&result);
  if (refusal == nullptr) return 200;
  CHECK(!refusal->code.empty());
  CHECK(!refusal->message.empty());
  return refusal->status;
}

/// A GET with the given lines after a good Host.
int with_fields(const std::string& lines) { return status_of("POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"); }

}  // namespace

TEST_CASE("the gate's table (trust-and-ux §2.3)") {
  CHECK(status_of("GET / HTTP/1.1\r\nHost: school.ru\r\n\r\n") == 200);
  SUBCASE("Host") {
    CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHOST: b\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n") == 200);
    CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 200);
  }
  SUBCASE("Transfer-Encoding") {
    for (const char* coding : {"chunked", "gzip", "xchunked", "chunked, gzip", "identity", "\tchunked", ""}) {
      CAPTURE(coding);
      CHECK(with_fields(std::string("Transfer-Encoding: ") + coding + "\r\n") == 411);
    }
    CHECK(with_fields("transfer-ENCODING: chunked\r\n") == 411);
    CHECK(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") == 400);
    CHECK(with_fields("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_of("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  }
  SUBCASE("smuggled names of Transfer-Encoding") {
    CHECK(with_fields("Transfer-Encoding : chunked\r\n") == 400);
    CHECK(with_fields("Transfer-Encoding\t: chunked\r\n") == 400);
    CHECK(with_fields(" Transfer-Encoding: chunked\r\n") == 400);
    CHECK(with_fields("X: a\r\n Transfer-Encoding: chunked\r\n") == 400);
    CHECK(with_fields("X: a\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(with_fields("X: a\rTransfer-Encoding: chunked\r\n") == 400);
    CHECK(with_fields(std::string("Transfer-Encoding: chunked\0\r\n", 28)) == 400);
  }
  SUBCASE("Content-Length") {
    CHECK(with_fields("Content-Length: 5\r\n") == 200);
    CHECK(with_fields("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
    CHECK(with_fields("Content-Length: 5\r\nContent-Length: 6\r\n") == 400);
    for (const char* value : {"+5", "-5", "5, 5", "0x5", "5 5", "", "5;", "1e3", "99999999999999999999", "٥"}) {
      CAPTURE(value);
      CHECK(with_fields(std::string("Content-Length: ") + value + "\r\n") == 400);
    }
  }
  SUBCASE("lines") {
    CHECK(with_fields("X: a\r\n b\r\n") == 400);  // obs-fold
    CHECK(with_fields("X: a\r\n\tb\r\n") == 400);
    CHECK(with_fields("X a\r\n") == 400);  // no colon
    CHECK(with_fields(": a\r\n") == 400);  // no name
    CHECK(with_fields("X(: a\r\n") == 400);
    CHECK(with_fields("Имя: a\r\n") == 400);
    CHECK(with_fields("X: a\x01\r\n") == 400);
    CHECK(with_fields("X: a\x7f\r\n") == 400);
    CHECK(with_fields("X: a\tb \r\n") == 200);
    CHECK(with_fields("X:\r\n") == 200);
    CHECK(status_of("GET / HTTP/1.1\nHost: a\n\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\n\r\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\n\n") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\n") == 400);
    CHECK(status_of("") == 400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest") == 400);
  }
  SUBCASE("method") {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      CHECK(status_of(std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
    }
    CHECK(status_of("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n") == 405);
    CHECK(status_of("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n") == 405);
    CHECK(status_of("get / HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
    CHECK(status_of("BREW / HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
    CHECK(status_of("G@T / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of(" GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  }
  SUBCASE("target") {
    CHECK(status_of("GET /?q=%D1%91 HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
    CHECK(status_of("GET /ё HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET  / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /" + std::string(4095, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
    CHECK(status_of("GET /" + std::string(4096, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  }
  SUBCASE("version") {
    CHECK(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
    CHECK(status_of("GET / HTTP/1.2\r\nHost: a\r\n\r\n") == 505);
    CHECK(status_of("GET / http/1.1\r\nHost: a\r\n\r\n") == 400);
    CHECK(status_of("GET /\r\nHost: a\r\n\r\n") == 400);
  }
  SUBCASE("Expect") {
    CHECK(with_fields("Expect: 100-continue\r\nContent-Length: 1\r\n") == 200);
    CHECK(with_fields("Expect: 100-Continue\r\n") == 200);
    CHECK(with_fields("Expect: 200-ok\r\n") == 417);
    CHECK(with_fields("Expect: 100-continue\r\nExpect: 100-continue\r\n") == 417);
  }
  SUBCASE("size") {
    CHECK(with_fields("X: " + std::string(7000, 'a') + "\r\n") == 200);
    CHECK(with_fields("X: " + std::string(9000, 'a') + "\r\n") == 431);
    CHECK(status_of("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
    std::string fields;
    for (int i = 0; i < 63; ++i) fields += "X: a\r\n";
    CHECK(with_fields(fields) == 200);
    CHECK(with_fields(fields + "X: a\r\n") == 431);
  }
}

TEST_CASE("what the gate passes on") {
  const auto pass = [](const std::string& block) { return std::get<GatePass>(check_header_block(block, {})); };
  CHECK(pass("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0042\r\n\r\n").content_length == 42);
  CHECK_FALSE(pass("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").close);
  CHECK(pass("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo , CLOSE\r\n\r\n").close);
  CHECK(pass("GET / HTTP/1.0\r\n\r\n").close);
  CHECK(pass("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").expect_continue);
  CHECK_FALSE(pass("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expect_continue);
}

TEST_CASE("the end of a header block, whole or in pieces") {
  const std::string whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET";
  CHECK(find_header_end(whole, 0) == whole.size() - 3);
  for (std::size_t cut = 0; cut < whole.size() - 3; ++cut) {
    CAPTURE(cut);
    CHECK(find_header_end(std::string_view(whole).substr(0, cut), 0) == std::string_view::npos);
    CHECK(find_header_end(whole, cut) == whole.size() - 3);
  }
  CHECK(find_header_end("GET / HTTP/1.1\nHost", 0) == 15);  // a bare LF ends the waiting
}
