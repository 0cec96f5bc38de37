// Files of records: what is taken, who may hold which, who gets it back.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

Installation& filled() { return shared_installation(); }
std::string number(std::int64_t id) { return std::to_string(id); }

const std::string pdf = "%PDF-1.7\n" + std::string("\0\xFF scan", 7);

Response bring(const Client& client, const std::string& name, const std::string& bytes) {
  return client.request("POST", "/api/v1/files?name=" + encode(name), bytes,
                        {{"Content-Type", "application/octet-stream"}});
}

std::int64_t brought(const Client& client, const std::string& name = "Диплом №1.pdf") {
  const auto reply = bring(client, name, pdf);
  REQUIRE_MESSAGE(reply.status == 201, reply.body);
  return reply.json().at("id").as_int64();
}

}  // namespace

TEST_CASE("a file goes into a field, comes back as it was, and is for those who read the field") {
  const auto admin = filled().as("administrator");
  const auto homeroom = filled().as("homeroom_teacher");
  const auto student = homeroom.first("people.student");
  const auto file = brought(homeroom);
  const auto made = homeroom.post(
      records("people.achievement"),
      R"({"student":)" + number(student) +
          R"(,"title":"Олимпиада","kind":"olympiad","level":"school","received_on":"2026-02-03","scan":)" +
          number(file) + "}");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  const auto path = records("people.achievement", made.json().at("id").as_int64()) + "/files/scan";
  const auto back = homeroom.get(path);
  CHECK(back.status == 200);
  CHECK(back.body == pdf);
  CHECK(back.header("content-type") == "application/pdf");
  CHECK(back.header("content-disposition").starts_with("attachment; filename*=UTF-8''%D0%94"));
  CHECK(back.header("x-content-type-options") == "nosniff");
  CHECK(admin.get(path).status == 200);
  // A subject teacher reads the title of the achievement, not the scan; others have no such record.
  CHECK(filled().as("teacher").get(path).status == 404);
  CHECK(filled().as("hr").get(path).status >= 403);
  CHECK(homeroom.get(records("people.achievement", made.json().at("id").as_int64()) + "/files/title").status == 404);

  // Nobody gets somebody else's file by guessing its number.
  const auto taken = R"({"scan":)" + number(file) + "}";
  const auto other =
      admin.post(records("people.achievement"),
                 R"({"student":)" + number(student) +
                     R"(,"title":"Вторая","kind":"olympiad","level":"school","received_on":"2026-02-04"})");
  CHECK(admin.patch(records("people.achievement", other.json().at("id").as_int64()), taken).status == 422);
  const auto mine = brought(homeroom, "Чужое.pdf");
  CHECK(admin.patch(records("people.achievement", other.json().at("id").as_int64()), R"({"scan":)" + number(mine) + "}")
            .status == 422);
  CHECK(admin.patch(records("people.achievement", other.json().at("id").as_int64()), R"({"scan":999999})").status ==
        422);

  REQUIRE(homeroom.patch(records("people.achievement", made.json().at("id").as_int64()), R"({"scan":null})").status ==
          200);
  CHECK(homeroom.get(path).status == 404);
}

TEST_CASE("kinds that a page could run are not taken") {
  const auto admin = filled().as("administrator");
  CHECK(bring(admin, "страница.pdf", "<html><script>alert(1)</script>").status == 422);
  CHECK(bring(admin, "картинка.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>").status == 422);
  CHECK(bring(admin, "пусто.pdf", "").status == 422);
  CHECK(bring(admin, "большой.pdf", "%PDF-" + std::string(11U << 20, 'x')).status == 413);
  CHECK(bring(filled().client(), "x.pdf", pdf).status == 401);
}
