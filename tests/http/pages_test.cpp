// The web shell as the server answers it: its files, its page under every address, the menu that it composes.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

Installation& shared() {
  static Installation installation;
  static const bool ready = [] {
    // A shell of three files, so that the test needs none built.
    const auto web = installation.data() / "web";
    fs::create_directories(web / "ui");
    std::ofstream(web / "index.html") << "<!doctype html><title>Школа</title>";
    std::ofstream(web / "ui/main-0123ABCD.js") << "export {};";
    std::ofstream(web / "ui/main-0123ABCD.js.gz") << "packed";
    std::ofstream(web / "ui/main-0123ABCD.js.br") << "smaller";
    std::ofstream(web / "ui/icon.svg") << "<svg/>";
    installation.set("ESCHOOL_WEB=" + web.string());
    installation.fill();
    installation.start();
    return true;
  }();
  static_cast<void>(ready);
  return installation;
}

Response page(const std::string& path) {
  return shared().client().request("GET", path, {}, {{"Accept", "text/html,application/xhtml+xml"}});
}

std::vector<std::string> registries(const json::value& menu, std::string_view group) {
  std::vector<std::string> found;
  for (const auto& one : menu.at("groups").as_array())
    if (one.at("id").as_string() == group)
      for (const auto& item : one.at("items").as_array()) found.emplace_back(item.at("registry").as_string());
  return found;
}

}  // namespace

TEST_CASE("every address that is no file is the page of the shell, to whoever asks for a page") {
  for (const auto* path : {"/", "/r/people.student", "/r/people.student/5", "/s/test/", "/s/test/r/school.room"}) {
    CAPTURE(path);
    const auto reply = page(path);
    CHECK(reply.status == 200);
    CHECK(reply.body.find("<title>Школа") != std::string::npos);
    CHECK(reply.header("content-type") == "text/html; charset=utf-8");
    CHECK(reply.header("cache-control") == "no-cache");
    const auto policy = reply.header("content-security-policy");
    for (const auto* part : {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                             "require-trusted-types-for 'script'"})
      CHECK(policy.find(part) != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
  }
  // The address that the program prints works from a terminal too; any other is nothing to a program.
  const auto program = [](const char* path) { return shared().client().request("GET", path).status; };
  for (const auto* path : {"/", "/s/test/"}) CHECK_MESSAGE(program(path) == 200, path);
  for (const auto* path : {"/r/people.student", "/s/test/r/school.room"}) CHECK_MESSAGE(program(path) == 404, path);
  // A program that loses its way is told so in its own language; the API never answers a page.
  CHECK(shared().client().get("/r/people.student").status == 404);
  CHECK(page("/api/v1/nothing").code() == "no_route");
  CHECK(page("/ui/main-FFFFFFFF.js").status == 404);
  CHECK(page("/ui/../index.html").status != 200);
  CHECK(shared().client().post("/r/people.student", "{}").status != 200);
}

TEST_CASE("files named by their hash are kept for ever, the packed form goes to who takes it") {
  const auto client = shared().client();
  const auto plain = client.get("/ui/main-0123ABCD.js");
  CHECK(plain.body == "export {};");
  CHECK(plain.header("content-type") == "text/javascript; charset=utf-8");
  CHECK(plain.header("cache-control") == "public, max-age=31536000, immutable");
  const auto packed = client.request("GET", "/ui/main-0123ABCD.js", {}, {{"Accept-Encoding", "gzip"}});
  CHECK(packed.body == "packed");
  CHECK(packed.header("content-encoding") == "gzip");
  CHECK(packed.header("vary") == "Accept-Encoding");
  CHECK(packed.header("etag") != plain.header("etag"));
  const auto smaller = client.request("GET", "/ui/main-0123ABCD.js", {}, {{"Accept-Encoding", "gzip, deflate, br"}});
  CHECK(smaller.body == "smaller");
  CHECK(smaller.header("content-encoding") == "br");
  CHECK(smaller.header("etag") != packed.header("etag"));
  CHECK(client.request("GET", "/ui/main-0123ABCD.js", {}, {{"Accept-Encoding", "gzip, br;q=0"}}).body == "packed");
  CHECK(client.get("/ui/main-0123ABCD.js.br").status == 404);
  const auto icon = client.get("/ui/icon.svg");
  CHECK(icon.header("cache-control") == "no-cache");
  CHECK(client.request("GET", "/ui/icon.svg", {}, {{"If-None-Match", icon.header("etag")}}).status == 304);
}

TEST_CASE("the menu is what the person reads, in the order of filling, without the parts of cards") {
  const auto menu = [](const std::string& role) { return shared().as(role).get("/api/v1/menu").json(); };
  const auto administrator = menu("administrator");
  CHECK(administrator.at("school") == "Проверочный лицей");
  const auto school = registries(administrator, "school"), people = registries(administrator, "people");
  REQUIRE_FALSE(school.empty());
  CHECK(school.front() == "school.institution");
  const auto has = [](const std::vector<std::string>& all, const char* one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  CHECK(has(people, "people.student"));
  CHECK_FALSE(has(people, "people.award"));  // it stands in the card of its employee
  CHECK(has(registries(administrator, "dictionaries"), "school.citizenship"));
  CHECK_FALSE(has(school, "school.citizenship"));
  const auto student = menu("student");
  for (const auto* group : {"school", "people", "dictionaries"})
    for (const auto& registry : registries(student, group)) {
      CAPTURE(registry);
      CHECK(shared().as("student").get("/api/v1/records/" + registry).status == 200);
    }
  CHECK_FALSE(has(registries(student, "people"), "people.guardian"));
  CHECK(shared().client().get("/api/v1/menu").status == 401);
}

TEST_CASE("logins of a demo are told on a demo alone") {
  const auto told = [] { return shared().client().get("/api/v1/demo-accounts").json().at("items").as_array().size(); };
  CHECK(told() == 0);
  std::ofstream(shared().data() / "demo-accounts.json") << R"([{"login":"a","password":"b"}])";
  CHECK(told() == 1);
  fs::remove(shared().data() / "demo-accounts.json");
  CHECK(told() == 0);
}
