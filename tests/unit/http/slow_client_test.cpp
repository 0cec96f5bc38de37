#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

#include "raw_client.hpp"
#include "toy_server.hpp"

using namespace eschool::http;
using namespace eschool::http::test;
using namespace std::chrono_literals;

namespace {

ServerOptions hasty() {
  ServerOptions options;
  options.limits.header_seconds = 1;
  options.limits.keep_alive_seconds = 1;
  options.limits.body_bytes_per_second = 100'000;
  return options;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("a header that trickles is cut at its deadline, however lively the trickle") {
  ToyServer server(hasty());
  RawClient client(server->port());
  const auto start = std::chrono::steady_clock::now();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < 40 && server->figures().timeouts == 0; ++i) {
    client.send("X: a\r\n");
    std::this_thread::sleep_for(100ms);
  }
  const RawReply reply = client.receive();
  CHECK(reply.status == 408);
  CHECK(seconds_since(start) > 0.9);
  CHECK(seconds_since(start) < 3.0);
  CHECK(server->figures().timeouts == 1);
}

TEST_CASE("empty lines do not wind the clock up") {
  ToyServer server(hasty());
  RawClient client(server->port());
  // Two lines at a time, out of step: each read ends in half an empty line.
  REQUIRE(client.send("\r"));
  for (int i = 0; i < 25; ++i) {
    client.send("\n\r");
    std::this_thread::sleep_for(100ms);
  }
  CHECK(server->figures().refused == 1);
  CHECK(eventually([&] { return server->figures().open_connections == 0; }));
}

TEST_CASE("a connection that says nothing, or nothing more, is closed") {
  ToyServer server(hasty());
  RawClient silent(server->port()), idle(server->port());
  const auto start = std::chrono::steady_clock::now();
  idle.send(get("/inline"));
  CHECK(idle.receive().status == 200);
  CHECK(idle.rest().empty());
  CHECK(silent.rest().empty());
  CHECK(seconds_since(start) < 3.0);
  CHECK(eventually([&] { return server->figures().open_connections == 0; }));
  CHECK(server->figures().timeouts == 0);  // nobody waited for anything
}

TEST_CASE("a body slower than the rate is cut, one at the rate is not") {
  ToyServer server(hasty());
  RawClient slow(server->port());
  slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
  for (int i = 0; i < 30 && server->figures().timeouts == 0; ++i) {
    slow.send("x");
    std::this_thread::sleep_for(100ms);
  }
  CHECK(slow.receive().status == 408);

  RawClient steady(server->port());
  const std::string part(30'000, 'x');
  steady.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\n");
  for (int i = 0; i < 20; ++i) {
    steady.send(part);
    std::this_thread::sleep_for(100ms);  // twice as long as header_seconds, three times the rate
  }
  CHECK(steady.receive().body.size() == 600'000);
}

TEST_CASE("a client that does not read its reply is cut") {
  ServerOptions options = hasty();
  options.limits.body_bytes_per_second = 100'000'000;
  ToyServer server(options);
  RawClient client(server->port());
  client.send(get("/huge"));
  CHECK(eventually([&] { return server->figures().timeouts == 1; }));
  CHECK(eventually([&] { return server->figures().open_connections == 0; }));
}

TEST_CASE("a slow handler is waited for: that is not the client's fault") {
  ToyServer server(hasty());
  RawClient client(server->port());
  client.send(get("/held"));
  REQUIRE(eventually([&] { return server.held() == 1; }));
  std::this_thread::sleep_for(1800ms);
  server.release();
  CHECK(client.receive().status == 200);
}
