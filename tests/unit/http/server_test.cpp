#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "raw_client.hpp"
#include "toy_server.hpp"

using namespace eschool::http;
using namespace eschool::http::test;

namespace {

std::string post(const std::string& path, const std::string& body, const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

}  // namespace

TEST_CASE("a connection is kept and answers one request after another") {
  ToyServer server;
  RawClient client(server->port());
  for (int i = 0; i < 50; ++i) {
    client.send(post("/echo?n=" + std::to_string(i), "body " + std::to_string(i)));
    const RawReply reply = client.receive();
    REQUIRE(reply.status == 200);
    CHECK(reply.body == "body " + std::to_string(i));
    CHECK(reply.headers.at("x-query") == "n=" + std::to_string(i));
    CHECK(reply.headers.at("x-remote") == "127.0.0.1");
  }
  const ServerFigures figures = server->figures();
  CHECK(figures.connections == 1);
  CHECK(figures.requests == 50);
  CHECK(figures.open_connections == 1);
}

TEST_CASE("path and query reach the handler decoded and raw") {
  ToyServer server;
  RawClient client(server->port());
  client.send(get("/%D0%B0/b?x=%20&y"));
  const RawReply reply = client.receive();
  CHECK(reply.headers.at("x-path") == "/а/b");
  CHECK(reply.headers.at("x-query") == "x=%20&y");
  client.send(get("/a/%2e%2e/etc"));
  CHECK(client.receive().status == 400);
}

TEST_CASE("pipelined requests are answered in order, one at a time") {
  ToyServer server;
  RawClient client(server->port());
  client.send(get("/held") + post("/echo", "second") + get("/inline"));
  REQUIRE(eventually([&] { return server.held() == 1; }));
  CHECK(server->figures().requests == 1);  // the second is not looked at before the first is answered
  server.release();
  CHECK(client.receive().body == "\"held\"");
  CHECK(client.receive().body == "second");
  CHECK(client.receive().body == "\"inline\"");
  CHECK(server->figures().requests == 3);

  // The next request comes while the handler works, in a read of its own.
  client.send(get("/held"));
  REQUIRE(eventually([&] { return server.held() == 1; }));
  client.send(get("/echo"));
  server.release();
  CHECK(client.receive().body == "\"held\"");
  CHECK(client.receive().status == 200);
}

TEST_CASE("many pipelined requests in one packet, answered by both threads") {
  ToyServer server;
  RawClient client(server->port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += i % 3 == 0 ? get("/inline") : post("/echo", std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    CAPTURE(i);
    REQUIRE(client.receive().body == (i % 3 == 0 ? "\"inline\"" : std::to_string(i)));
  }
}

TEST_CASE("a request that comes byte by byte") {
  ToyServer server;
  RawClient client(server->port());
  for (const char c : post("/echo", "abc")) client.send(std::string_view(&c, 1));
  CHECK(client.receive().body == "abc");
  client.send("\r\n" + post("/echo", "after an empty line"));
  CHECK(client.receive().body == "after an empty line");
}

TEST_CASE("refusals of the gate are problems, and end the connection") {
  struct Case {
    std::string bytes;
    int status;
  };
  ToyServer server;
  const std::vector<Case> cases = {
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", 411},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a') + "\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(50'000, 'a'), 431},
      {"GET /" + std::string(50'000, 'a'), 414},
      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417},
      {"\x16\x03\x01\x02\n", 400},
  };
  for (const Case& item : cases) {
    CAPTURE(item.bytes.substr(0, 60));
    RawClient client(server->port());
    client.send(item.bytes);
    const RawReply reply = client.receive();
    CHECK(reply.status == item.status);
    CHECK(reply.headers.at("connection") == "close");
    CHECK(reply.headers.at("content-type").starts_with("application/problem+json"));
    CHECK(reply.body.find("\"code\":") != std::string::npos);
    CHECK(client.rest().empty());  // no second reply
  }
  CHECK(server->figures().requests == 0);
  CHECK(server->figures().refused == static_cast<std::int64_t>(cases.size()));
}

TEST_CASE("a refused client that is still sending gets the reply all the same") {
  ToyServer server;
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + std::string(600'000, 'x'));
  CHECK(client.receive().status == 413);
  client.send(std::string(100'000, 'x'));
  client.end_sending();
  CHECK(client.rest().empty());
  CHECK_FALSE(client.reset());  // a reset may overtake the reply on its way through a network
}

TEST_CASE("uploads have their own limit") {
  ToyServer server;
  const std::string file(3'000'000, 'x');
  RawClient client(server->port());
  client.send(post("/api/v1/records/people.person/import", file));
  const RawReply reply = client.receive();
  CHECK(reply.status == 200);
  CHECK(reply.body == file);
  RawClient other(server->port());
  other.send("POST /control/import-file HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  CHECK(other.receive().status == 413);  // that path is the control socket's
}

TEST_CASE("bodies being received share one budget") {
  ServerOptions options;
  options.limits.bodies_bytes = 300'000;
  ToyServer server(options);
  RawClient first(server->port()), second(server->port());
  first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 250000\r\n\r\n" + std::string(200'000, 'x'));
  second.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 250000\r\n\r\n" + std::string(200'000, 'x'));
  // Together they go over: at least one is told so, and its share is given back.
  REQUIRE(eventually([&] { return server->figures().refused > 0; }));
  first.send(std::string(50'000, 'x'));
  second.send(std::string(50'000, 'x'));
  const int a = first.receive().status, b = second.receive().status;
  CHECK((a == 503 || b == 503));
  CHECK((a == 200 || a == 503));
  CHECK((b == 200 || b == 503));
  std::vector<std::unique_ptr<RawClient>>
      later;  // all open at once, so that each is out of its body, not out of the door
  for (int i = 0; i < 3; ++i) {
    later.push_back(std::make_unique<RawClient>(server->port()));
    later.back()->send(post("/echo", std::string(250'000, 'x')));
    CHECK(later.back()->receive().status == 200);
  }
}

TEST_CASE("Expect: 100-continue is answered before the body is sent") {
  ToyServer server;
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive().status == 100);
  client.send("hello");
  CHECK(client.receive().body == "hello");
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive().status == 413);
}

TEST_CASE("HEAD, 304, gzip over the wire") {
  ToyServer server;
  RawClient client(server->port());
  client.send("HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n" + get("/big", "Accept-Encoding: gzip\r\n"));
  const RawReply head = client.receive(true);
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == "200002");
  const RawReply packed = client.receive();
  CHECK(packed.headers.at("content-encoding") == "gzip");
  CHECK(packed.body.size() < 2000);

  client.send(get("/tagged"));
  const std::string tag = client.receive().headers.at("etag");
  client.send(get("/tagged", "If-None-Match: " + tag + "\r\n"));
  const RawReply unchanged = client.receive();
  CHECK(unchanged.status == 304);
  CHECK(unchanged.headers.at("etag") == tag);
  client.send(get("/echo"));
  CHECK(client.receive().status == 200);
}

TEST_CASE("a big reply arrives whole though the socket takes it in parts") {
  ToyServer server;
  RawClient client(server->port());
  client.send(get("/huge") + get("/inline"));
  const RawReply reply = client.receive();
  CHECK(reply.status == 200);
  CHECK(reply.body == std::string(32 * 1024 * 1024, 'x'));
  CHECK(client.receive().body == "\"inline\"");
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the reply") {
  ToyServer server;
  for (const char* request : {"GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                              "GET /echo HTTP/1.0\r\n\r\n", "GET /inline HTTP/1.0\r\n\r\n"}) {
    RawClient client(server->port());
    client.send(request);
    const RawReply reply = client.receive();
    CHECK(reply.status == 200);
    CHECK(reply.headers.at("connection") == "close");
    CHECK(client.rest().empty());
  }
}

TEST_CASE("a client that has ended its sending side is still answered") {
  ToyServer server;
  RawClient one(server->port());
  one.send(get("/held"));
  REQUIRE(eventually([&] { return server.held() == 1; }));
  one.end_sending();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the server sees the end while the handler works
  server.release();
  CHECK(one.receive().status == 200);
  CHECK(one.rest().empty());

  RawClient client(server->port());
  client.send(get("/delayed") + get("/echo"));
  client.end_sending();
  CHECK(client.receive().status == 200);
  CHECK(client.receive().status == 200);
  CHECK(client.rest().empty());
}

TEST_CASE("a reply that nobody gives becomes 500, and the connection lives on") {
  ToyServer server;
  RawClient client(server->port());
  client.send(get("/lost") + get("/throws") + get("/inline"));
  CHECK(client.receive().status == 500);
  CHECK(client.receive().status == 500);
  CHECK(client.receive().status == 200);
}

TEST_CASE("the client may be gone before the reply") {
  ToyServer server;
  for (int i = 0; i < 20; ++i) {
    RawClient client(server->port());
    client.send(get("/held"));
    REQUIRE(eventually([&] { return server.held() == 1; }));
    client.close();
    if (i % 2 == 0) {
      // Another client comes meanwhile: it must not get the reply of the one that left.
      RawClient other(server->port());
      server.release();
      other.send(get("/echo"));
      CHECK(other.receive().headers.contains("x-path"));
    } else {
      server.release();
    }
  }
  CHECK(eventually([&] { return server->figures().open_connections == 0; }));
}

TEST_CASE("connections over the cap are told so") {
  ServerOptions options;
  options.limits.connections = 3;
  ToyServer server(options);
  RawClient a(server->port()), b(server->port()), c(server->port());
  for (RawClient* client : {&a, &b, &c}) {
    client->send(get("/inline"));
    CHECK(client->receive().status == 200);
  }
  {
    RawClient over(server->port());
    over.send(get("/inline"));
    const RawReply reply = over.receive();
    CHECK(reply.status == 503);
    CHECK(reply.headers.at("retry-after") == "5");
  }
  a.close();
  REQUIRE(eventually([&] { return server->figures().open_connections == 2; }));
  RawClient again(server->port());
  again.send(get("/inline"));
  CHECK(again.receive().status == 200);
}

TEST_CASE("many clients at once") {
  ToyServer server;
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int k = 0; k < 8; ++k) {
    clients.emplace_back([&, k] {
      RawClient client(server->port());
      for (int i = 0; i < 200; ++i) {
        const std::string body = std::to_string(k * 1000 + i);
        client.send(i % 4 == 0 ? get("/inline") : post("/echo", body));
        if (client.receive().body == (i % 4 == 0 ? "\"inline\"" : body)) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  CHECK(good == 1600);
  CHECK(server->figures().requests == 1600);
}
