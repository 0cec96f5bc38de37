// The real server under attack: what each shape is answered, how the connection ends, and that others are served
// meanwhile. The shapes one by one are in tests/unit/http; here is the whole program, from the socket to the school.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "attacker.hpp"
#include "installation.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

using Clock = std::chrono::steady_clock;

// Of the server under attack: small, so that what is cut for being slow is cut within the patience of a test.
constexpr int header_seconds = 2;
/// Within this others are answered while an attack goes on. A quiet server takes a hundredth of it.
constexpr double quickly = 2.0;
/// Within this a connection that is over its time is closed, on a machine that has other work too.
constexpr double overdue = header_seconds + 8.0;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Besieged {
  Besieged() {
    installation.own_settings({}, {},
                              fmt::format("limits {{\n header_seconds {}\n body_bytes_per_second 1000\n "
                                          "keep_alive_seconds 60\n connections 12000\n}}",
                                          header_seconds));
    installation.fill();
    installation.start();
    director = installation.as("director");
    list_body = director.get(list).body;
  }

  static constexpr const char* list = "/api/v1/records/people.student?limit=20&sort=id";
  Installation installation;
  Client director{0};
  std::string list_body;
};

Besieged& besieged() {
  static Besieged all;
  return all;
}

std::uint16_t port() { return besieged().installation.client().port(); }

/// The service answers, rightly and quickly, others than the attacker.
void check_served() {
  auto start = Clock::now();
  CHECK(besieged().installation.client().get("/healthz").status == 200);
  CHECK(seconds_since(start) < quickly);
  start = Clock::now();
  const auto students = besieged().director.get(Besieged::list);
  CHECK(students.status == 200);
  CHECK(students.body == besieged().list_body);
  CHECK(seconds_since(start) < quickly);
}

/// Resident memory of the server in KiB.
std::size_t memory() {
  std::ifstream file(fmt::format("/proc/{}/status", besieged().installation.process()));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  return 0;
}

constexpr std::string_view smuggled = "GET /api/v1/session HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("a request that two programs could read differently is refused, and nothing after it is read") {
  struct Shape {
    std::string name, bytes;
    int status;
  };
  const std::string post = "POST /api/v1/session HTTP/1.1\r\nHost: a\r\n";
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: a\r\n";
  const auto te = [&](const std::string& field) { return post + field + "\r\n\r\n0\r\n\r\n"; };
  const std::vector<Shape> shapes = {
      {"two different lengths", post + "Content-Length: 0\r\nContent-Length: 42\r\n\r\n", 400},
      {"two equal lengths", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400},
      {"a list of lengths", post + "Content-Length: 2, 2\r\n\r\n{}", 400},
      {"a signed length", post + "Content-Length: +2\r\n\r\n{}", 400},
      {"a negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"a hexadecimal length", post + "Content-Length: 0x2\r\n\r\n{}", 400},
      {"a length beyond 64 bits", post + "Content-Length: 18446744073709551618\r\n\r\n{}", 400},
      {"an empty length", post + "Content-Length:\r\n\r\n", 400},
      {"a length with a NUL", post + std::string("Content-Length: 2\0\r\n\r\n", 22), 400},
      {"CL.TE", post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG", 400},
      {"TE.CL", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", 400},
      {"TE alone", te("Transfer-Encoding: chunked"), 411},
      {"TE in capitals", te("TRANSFER-ENCODING: CHUNKED"), 411},
      {"TE unknown", te("Transfer-Encoding: xchunked"), 411},
      {"TE twice", te("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), 411},
      {"TE as a list", te("Transfer-Encoding: identity, chunked"), 411},
      {"TE behind a tab", te("Transfer-Encoding:\tchunked"), 411},
      {"TE without a space", te("Transfer-Encoding:chunked"), 411},
      {"TE in quotes", te("Transfer-Encoding: \"chunked\""), 411},
      {"TE, a space before the colon", te("Transfer-Encoding : chunked"), 400},
      {"TE, a tab before the colon", te("Transfer-Encoding\t: chunked"), 400},
      {"TE behind a vertical tab", te("Transfer-Encoding: \vchunked"), 400},
      {"TE on a folded line", te("Transfer-Encoding:\r\n chunked"), 400},
      {"TE behind a folded line", te("X: a\r\n Transfer-Encoding: chunked"), 400},
      {"TE behind a bare LF", te("X: a\nTransfer-Encoding: chunked"), 400},
      {"TE behind a bare CR", te("X: a\rTransfer-Encoding: chunked"), 400},
      {"TE in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"lines ended by LF", "GET /healthz HTTP/1.1\nHost: a\n\n", 400},
      {"the first field folded", "GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"a space before the colon", get + "X : a\r\n\r\n", 400},
      {"no name", get + ": a\r\n\r\n", 400},
      {"no colon", get + "X\r\n\r\n", 400},
      {"NUL in a name", get + std::string("X\0Y: a\r\n\r\n", 10), 400},
      {"NUL in a value", get + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"NUL in the path", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28), 400},
      {"an encoded NUL", "GET /healthz%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two Hosts", get + "Host: b\r\n\r\n", 400},
      {"no Host", "GET /healthz HTTP/1.1\r\n\r\n", 400},
      {"Host with an account", "GET /healthz HTTP/1.1\r\nHost: b@a\r\n\r\n", 400},
      {"Host with a path", "GET /healthz HTTP/1.1\r\nHost: a/healthz\r\n\r\n", 400},
      {"another host in an absolute target", "GET http://b/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"the same host in an absolute target", "GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces in the request line", "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a tab in the request line", "GET\t/healthz\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a request in the target", "GET /healthz HTTP/1.1\rX: /x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"HTTP/0.9", "GET /healthz\r\n\r\n", 400},
      {"HTTP/1.2", "GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"a tunnel", "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n", 405},
      {"TRACE", "TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"a method in small letters", "get /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"another expectation", post + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", 417},
  };
  for (const auto& shape : shapes) {
    CAPTURE(shape.name);
    Attacker attacker(port());
    const auto bytes = shape.bytes + std::string(smuggled);
    REQUIRE(attacker.send(bytes) == bytes.size());
    attacker.read(overdue);
    CAPTURE(attacker.received());
    CHECK(attacker.status() == shape.status);
    CHECK(attacker.replies() == 1);  // the request behind it was not one
    CHECK(attacker.closed());
    CHECK_FALSE(attacker.broken());  // the reply was not lost to a reset
    CHECK(attacker.received().find("Connection: close") != std::string::npos);
  }
  check_served();
}

TEST_CASE("what looks like a request inside a body is a body") {
  Attacker attacker(port());
  const std::string inside = "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n";
  attacker.send(fmt::format("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", inside.size(), inside) +
                "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  attacker.read(overdue);
  CHECK(attacker.replies() == 2);
  CHECK(attacker.status() == 200);
  CHECK(attacker.received().find("HTTP/1.1 404 ") != std::string::npos);
  CHECK(attacker.received().find("ready") == std::string::npos);
}

TEST_CASE("bytes that are no UTF-8 are refused in the path, the query and the body") {
  const auto& director = besieged().director;
  // The head can not be trusted: the connection ends.
  for (const auto* path : {"/api/v1/records/%ff", "/%c0%af", "/%ed%a0%80", "/%f4%90%80%80", "/%d0", "/a%2f..", "/%zz",
                           "/api/../healthz", "/\xD0\xB0"}) {
    CAPTURE(path);
    Attacker attacker(port());
    attacker.send(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
    attacker.read(overdue);
    CHECK(attacker.status() == 400);
    CHECK(attacker.closed());
  }
  // The head was sound: the next request on the connection is answered.
  for (const auto* query : {"?filter=%ff", "?q=%c0%80", "?%ed%a0%80=1", "?sort=%", "?fields=%0", "?q=a%00b"}) {
    CAPTURE(query);
    Attacker attacker(port());
    attacker.send(
        fmt::format("GET /api/v1/records/people.student{} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                    "{}\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                    query, director.token()));
    attacker.read(overdue, 2);
    CHECK(attacker.status() == 400);
    CHECK(attacker.replies() == 2);
    CHECK(attacker.received().find("HTTP/1.1 200 ") != std::string::npos);
    CHECK_FALSE(attacker.closed());
  }
  for (const auto* body : {"{\"login\": \"\xFF\", \"password\": \"x\"}", "{\"login\": \"\xC0\xAF\"}",
                           "{\"login\": \"\xED\xA0\x80\"}", "{\"login\": \"\\ud800\"}", "{\"\xFF\": 1}"}) {
    const auto reply = besieged().installation.client().post("/api/v1/session", body);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "malformed_json");
  }
  check_served();
}

TEST_CASE("JSON that is deep, wide or large costs no more than its bytes") {
  const auto client = besieged().installation.client();
  const auto check = [&](const std::string& name, const std::string& body) {
    CAPTURE(name);
    const auto start = Clock::now();
    const auto reply = client.post("/api/v1/session", body);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "malformed_json");
    CHECK(seconds_since(start) < quickly);
    check_served();
  };
  const auto repeat = [](std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  check("a million arrays", std::string(1'000'000, '['));
  check("objects in objects", repeat("{\"a\":", 150'000));
  check("closed arrays, 33 deep", repeat("[", 33) + repeat("]", 33));
  check("text that never ends", "{\"login\": \"" + std::string(1'000'000, 'a'));

  // Well formed, though no login: 80,000 keys, and a number of a million digits.
  std::string keys = "{";
  for (int i = 0; i < 80'000; ++i) keys += fmt::format("\"k{}\":1,", i);
  for (const auto& body : {keys + "\"k\":1}", "{\"login\": " + std::string(1'000'000, '9') + "}"}) {
    const auto start = Clock::now();
    const auto status = client.post("/api/v1/session", body).status;
    CHECK((status >= 400 && status < 500));
    CHECK(seconds_since(start) < quickly);
    check_served();
  }

  Attacker attacker(port());  // a length is refused before its bytes come
  attacker.send("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
  attacker.read(overdue);
  CHECK(attacker.status() == 413);
  CHECK(attacker.closed());
}

TEST_CASE("300 headers and 300 bodies that trickle are cut, and others are served meanwhile") {
  std::vector<Attacker> headers, bodies;
  for (int i = 0; i < 300; ++i) {
    headers.emplace_back(port()).send("GET /healthz HTTP/1.1\r\nHost: a\r\n");
    bodies.emplace_back(port()).send(
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "100000\r\n\r\n{");
  }
  const auto start = Clock::now();
  while (seconds_since(start) < header_seconds - 0.5) {
    for (auto& attacker : headers) attacker.send("X: a\r\n");
    for (auto& attacker : bodies) attacker.send(" ");
    check_served();
    std::this_thread::sleep_for(50ms);
  }
  for (auto* attackers : {&headers, &bodies})
    for (auto& attacker : *attackers) {
      attacker.read(overdue);
      REQUIRE(attacker.closed());
      CHECK(attacker.replies() == 1);
      CHECK(attacker.status() == 408);
    }
  CHECK(seconds_since(start) < 2 * overdue);
  check_served();
}

TEST_CASE("1,000 connections that say nothing are closed without a word") {
  std::vector<Attacker> silent;
  for (int i = 0; i < 1000; ++i) silent.emplace_back(port());
  check_served();
  for (auto& attacker : silent) {
    attacker.read(overdue);
    REQUIRE(attacker.closed());
    CHECK(attacker.received().empty());
  }
}

TEST_CASE("a flood of pipelined requests is answered in order, and held back while nobody reads the answers") {
  const std::string pair = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string flood;
  for (int i = 0; i < 500; ++i) flood += pair;

  std::vector<Attacker> readers;
  for (int i = 0; i < 40; ++i) REQUIRE(readers.emplace_back(port()).send(flood) == flood.size());
  check_served();
  for (auto& reader : readers) {
    reader.read(60, 1000);
    REQUIRE(reader.replies() == 1000);
    const auto& text = reader.received();
    std::size_t at = 0;
    for (int i = 0; i < 1000; ++i, at += 9) {
      at = text.find("HTTP/1.1 ", at);
      REQUIRE(text.compare(at + 9, 3, i % 2 == 0 ? "200" : "404") == 0);
    }
  }
  readers.clear();

  const auto before = memory();
  std::vector<Attacker> deaf;
  for (int i = 0; i < 100; ++i) deaf.emplace_back(port());
  const auto start = Clock::now();
  std::size_t sent = 0;
  while (seconds_since(start) < 1.5) {
    for (auto& attacker : deaf) sent += attacker.send(flood);
    check_served();
  }
  MESSAGE("unread: answers to ", sent / pair.size() * 2, " requests, the server grew by ",
          (static_cast<long>(memory()) - static_cast<long>(before)) / 1024, " MiB");
  CHECK(memory() < before + 64 * 1024);
  check_served();
  deaf.clear();
  check_served();
}

TEST_CASE("10,000 idle connections cost memory by the kilobyte and nobody's time") {
  // The server needs as many as we do, and both need some for themselves.
  const auto count = std::min<std::size_t>(10'000, raise_descriptor_limit() - 500);
  const auto before = memory();
  std::vector<Attacker> idle;
  idle.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    idle.emplace_back(port()).send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    if (i % 1000 == 999) check_served();
  }
  for (auto& attacker : idle) {
    attacker.read(overdue, 1);
    REQUIRE(attacker.status() == 200);
  }
  const auto grown = memory() - before;
  MESSAGE(count, " idle connections, ", grown / 1024, " MiB of the server's memory");
  CHECK(grown < count * 16);  // KiB
  for (int i = 0; i < 5; ++i) check_served();
  const auto open = std::count_if(idle.begin(), idle.end(), [](Attacker& attacker) {
    attacker.read(0.001);
    return !attacker.closed();
  });
  CHECK(static_cast<std::size_t>(open) == count);  // they were there all the time
  idle.clear();
  check_served();
}

TEST_CASE("over the cap of connections the next one is told so, and served when another leaves") {
  Installation small;
  small.own_settings({}, {}, "limits {\n connections 50\n header_seconds 3\n}");
  REQUIRE(small.run({"school", "create", "--id", "test", "--name", "Школа"}).code == 0);
  small.start();
  std::vector<Attacker> taken;
  for (int i = 0; i < 50; ++i) {
    taken.emplace_back(small.client().port()).send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    taken.back().read(overdue, 1);
    REQUIRE(taken.back().status() == 200);
  }
  const auto refused = small.client().get("/healthz");
  CHECK(refused.status == 503);
  CHECK(refused.code() == "too_many_connections");
  CHECK(refused.header("retry-after") == "5");
  taken.clear();
  const auto start = Clock::now();
  while (small.client().get("/healthz").status != 200 && seconds_since(start) < overdue)
    std::this_thread::sleep_for(50ms);
  CHECK(small.client().get("/healthz").status == 200);
  CHECK(small.stop() == 0);
}

TEST_CASE("a limit that can not be is refused by name") {
  Installation wrong;
  wrong.own_settings({}, {}, "limits {\n header_seconds 0\n}");
  const auto output = wrong.run({"school", "create", "--id", "test", "--name", "Школа"});
  CHECK(output.code != 0);
  CHECK(output.error.find("limits.header_seconds") != std::string::npos);
}

TEST_CASE("after all of it the server stops in order") {
  check_served();
  CHECK(besieged().installation.stop() == 0);
}
