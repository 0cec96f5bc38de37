#include "kernel/http/forwarded.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace eschool::http;

TEST_CASE("only a listed proxy is believed") {
  const std::vector<std::string> proxies = {"10.0.0.1", "10.0.0.2"};
  const auto remote = [&](const char* peer, std::vector<std::string> chain) {
    Request request;
    for (auto& value : chain) request.headers.emplace_back("x-forwarded-for", value);
    apply_forwarded(request, peer, false, proxies);
    return request.remote;
  };
  CHECK(remote("192.0.2.9", {"1.1.1.1"}) == "192.0.2.9");
  CHECK(remote("10.0.0.1", {}) == "10.0.0.1");
  CHECK(remote("10.0.0.1", {"1.1.1.1"}) == "1.1.1.1");
  CHECK(remote("10.0.0.1", {"6.6.6.6, 1.1.1.1"}) == "1.1.1.1");  // what the client wrote itself does not count
  CHECK(remote("10.0.0.1", {"6.6.6.6, 1.1.1.1, 10.0.0.2"}) == "1.1.1.1");
  CHECK(remote("10.0.0.1", {"6.6.6.6", "1.1.1.1"}) == "1.1.1.1");
  CHECK(remote("10.0.0.1", {"6.6.6.6, junk"}) == "10.0.0.1");
  CHECK(remote("10.0.0.1", {"::ffff:1.2.3.4"}) == "1.2.3.4");

  const auto secure = [&](const char* peer, const char* proto) {
    Request request;
    request.headers.emplace_back("x-forwarded-proto", proto);
    apply_forwarded(request, peer, false, proxies);
    return request.secure;
  };
  CHECK(secure("10.0.0.1", "https"));
  CHECK(secure("10.0.0.1", "http, https"));
  CHECK_FALSE(secure("10.0.0.1", "https, http"));
  CHECK_FALSE(secure("192.0.2.9", "https"));
}
