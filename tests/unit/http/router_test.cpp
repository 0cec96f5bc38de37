#include "kernel/http/router.hpp"

#include <doctest/doctest.h>

using namespace eschool::http;

namespace {

Router<int> sample() {
  Router<int> router;
  router.add("GET", "/", Policy::open, Mode::detached, 1);
  router.add("GET", "/api/v1/records/{registry}", Policy::session, Mode::read, 2);
  router.add("POST", "/api/v1/records/{registry}", Policy::session, Mode::write, 3);
  router.add("GET", "/api/v1/records/{registry}/{id}", Policy::session, Mode::read, 4);
  router.add("PATCH", "/api/v1/records/{registry}/{id}", Policy::session, Mode::write, 5);
  router.add("GET", "/api/v1/records/{registry}/export", Policy::capability, Mode::read, 6, "export");
  router.add("GET", "/ui/{path*}", Policy::open, Mode::detached, 7);
  router.add("GET", "/api/v1/{plugin}/{rest*}", Policy::session, Mode::read, 8);
  return router;
}

}  // namespace

TEST_CASE("routes are found with their parameters") {
  const Router<int> router = sample();
  const auto handler = [&](const char* method, const char* path) {
    const auto found = router.find(method, path);
    return found.route == nullptr ? 0 : found.route->handler;
  };
  CHECK(handler("GET", "/") == 1);
  CHECK(handler("GET", "/api/v1/records/people.person") == 2);
  CHECK(handler("POST", "/api/v1/records/people.person") == 3);
  CHECK(handler("PATCH", "/api/v1/records/people.person/7") == 5);
  CHECK(handler("GET", "/api/v1/records/people.person/export") == 6);
  CHECK(handler("GET", "/ui/sdk/v1/lit.js") == 7);
  CHECK(handler("GET", "/ui/") == 7);
  CHECK(handler("GET", "/api/v1/journal/grid/5") == 8);
  CHECK(handler("GET", "/nothing") == 0);
  CHECK(handler("GET", "/ui") == 0);
  CHECK(handler("GET", "") == 0);

  const std::string path = "/api/v1/records/people.person/7";
  const auto found = router.find("GET", path);
  REQUIRE(found.route != nullptr);
  CHECK(found.route->pattern == "/api/v1/records/{registry}/{id}");
  CHECK(found.route->policy == Policy::session);
  CHECK(found.route->mode == Mode::read);
  CHECK(found.parameters["registry"] == "people.person");
  CHECK(found.parameters["id"] == "7");
  CHECK(found.parameters.id("id") == 7);
  CHECK_FALSE(found.parameters.id("registry"));
  CHECK(found.parameters["none"].empty());
  CHECK(router.find("GET", "/ui/a/b").parameters["path"] == "a/b");
}

TEST_CASE("HEAD is a GET; an unknown method names the known ones") {
  Router<int> router;
  router.add("GET", "/a/{id}", Policy::open, Mode::read, 1);
  router.add("PATCH", "/a/{id}", Policy::session, Mode::write, 2);
  router.add("POST", "/b", Policy::session, Mode::write, 3);
  CHECK(router.find("HEAD", "/a/1").route->handler == 1);
  CHECK(router.find("HEAD", "/b").route == nullptr);
  CHECK(router.find("DELETE", "/a/1").route == nullptr);
  CHECK(router.find("DELETE", "/a/1").allow == "GET, HEAD, PATCH");
  CHECK(router.find("GET", "/b").allow == "POST");
  CHECK(router.find("DELETE", "/c").allow.empty());
  CHECK(router.find("GET", "/a/").route == nullptr);
}

TEST_CASE("ids are plain positive numbers") {
  Router<int> router;
  router.add("GET", "/{id}", Policy::open, Mode::read, 1);
  for (const char* path : {"/0", "/-1", "/+1", "/1x", "/99999999999999999999", "/٣"}) {
    CAPTURE(path);
    CHECK_FALSE(router.find("GET", path).parameters.id("id"));
  }
}

TEST_CASE("routes that contradict themselves or others are refused") {
  Router<int> router = sample();
  CHECK_THROWS_AS(router.add("GET", "/", Policy::open, Mode::read, 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/api/v1/records/{other}", Policy::session, Mode::read, 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/x", Policy::capability, Mode::read, 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/x", Policy::session, Mode::read, 9, "cap"), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "x", Policy::open, Mode::read, 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/{x*}/y", Policy::open, Mode::read, 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/{x", Policy::open, Mode::read, 9), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}", Policy::open, Mode::read, 9), std::logic_error);
}
