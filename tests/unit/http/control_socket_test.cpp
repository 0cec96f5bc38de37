#include "kernel/http/control_socket.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "raw_client.hpp"
#include "toy_server.hpp"

using namespace eschool::http;
using namespace eschool::http::test;

namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "eschool-http-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("the control socket marks its requests and admits only its owner") {
  const Folder folder;
  ServerOptions options;
  options.control_socket = folder.path / "control";
  {
    ToyServer server(options);
    struct stat status {};
    REQUIRE(::stat(options.control_socket.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);

    RawClient control(options.control_socket.string());
    control.send("POST /control/echo HTTP/1.1\r\nHost: control\r\nContent-Length: 2000000\r\n\r\n" +
                 std::string(2'000'000, 'x'));
    const RawReply reply = control.receive();
    CHECK(reply.status == 200);
    CHECK(reply.headers.at("x-control") == "1");
    CHECK(reply.headers.at("x-remote") == "control");
    CHECK(reply.body.size() == 2'000'000);

    RawClient outside(server->port());
    outside.send(get("/control/echo"));
    CHECK(outside.receive().headers.at("x-control") == "0");

    ServerOptions again = options;
    again.port = 0;
    Server second(again, [](auto, Send) {});
    CHECK_THROWS_AS(second.start(), std::runtime_error);  // somebody listens there
    control.send(get("/echo"));
    CHECK(control.receive().status == 200);
    server->stop(1);
    CHECK_FALSE(std::filesystem::exists(options.control_socket));
  }
}

TEST_CASE("a socket left by a dead server is replaced, anything else is not") {
  const Folder folder;
  const auto path = folder.path / "control";
  ::close(listen_control_socket(path));
  REQUIRE(std::filesystem::exists(path));
  const int again = listen_control_socket(path);
  CHECK(again >= 0);
  ::close(again);
  std::filesystem::remove(path);

  std::ofstream(path) << "a file";
  CHECK_THROWS_AS(listen_control_socket(path), std::runtime_error);
  CHECK(std::filesystem::file_size(path) == 6);
  CHECK_THROWS_AS(listen_control_socket(folder.path / std::string(200, 'x')), std::runtime_error);
}

TEST_CASE("the process at the other end is known by its user") {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(control_peer_allowed(pair[0]));
  ::close(pair[0]);
  ::close(pair[1]);
  CHECK_FALSE(control_peer_allowed(-1));
}
