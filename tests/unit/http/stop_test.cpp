#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "raw_client.hpp"
#include "toy_server.hpp"

using namespace eschool::http;
using namespace eschool::http::test;
using namespace std::chrono_literals;

TEST_CASE("a soft stop answers what is under way and closes the rest") {
  ToyServer server;
  const auto port = server->port();
  RawClient waiting(port), idle(port);
  idle.send(get("/inline"));
  CHECK(idle.receive().status == 200);
  waiting.send(get("/held"));
  REQUIRE(eventually([&] { return server.held() == 1; }));

  std::thread stopper([&] { server->stop(5); });
  CHECK(idle.rest().empty());  // closed at once
  CHECK(eventually([&] { return !RawClient(port).connected(); }));
  server.release();
  const RawReply reply = waiting.receive();
  CHECK(reply.status == 200);
  CHECK(reply.headers.at("connection") == "close");
  waiting.close();
  const auto start = std::chrono::steady_clock::now();
  stopper.join();
  CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("a hard stop does not wait for a handler, and its late reply is harmless") {
  ToyServer server;
  RawClient client(server->port());
  client.send(get("/held"));
  REQUIRE(eventually([&] { return server.held() == 1; }));
  const auto start = std::chrono::steady_clock::now();
  server->stop(1);
  CHECK(std::chrono::steady_clock::now() - start < 3s);
  CHECK(client.receive().status == 0);
  server.release();
}

TEST_CASE("the port is free again after a stop; a taken one is an error that names it") {
  ToyServer server;
  ServerOptions options;
  options.port = server->port();
  Server second(options, [](auto, Send) {});
  try {
    second.start();
    FAIL("two servers on one port");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find(std::to_string(options.port)) != std::string::npos);
  }
  server->stop(1);
  Server third(options, [](auto, Send) {});
  CHECK_NOTHROW(third.start());
}

TEST_CASE("options that cannot be are refused") {
  const auto start = [](ServerOptions options) {
    options.port = 0;
    Server(std::move(options), [](auto, Send) {}).start();
  };
  ServerOptions address;
  address.address = "school.ru";
  CHECK_THROWS_AS(start(address), std::runtime_error);
  ServerOptions half;
  half.tls_key = "/nowhere/key.pem";
  CHECK_THROWS_AS(start(half), std::runtime_error);
  half.tls_certificate = "/nowhere/cert.pem";
  CHECK_THROWS_AS(start(half), std::runtime_error);
  ServerOptions proxy;
  proxy.trusted_proxies = {"proxy.local"};
  CHECK_THROWS_AS(start(proxy), std::runtime_error);
}
