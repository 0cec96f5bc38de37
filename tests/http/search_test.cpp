// Looking for what somebody typed: in everything, in what order, and that nothing is found which is no longer there.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "installation.hpp"
#include "replies.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

Installation& filled() { return shared_installation(); }

std::size_t found(const Client& client, const std::string& registry, const std::string& words) {
  const auto response = client.get(records(registry) + "?fields=id&q=" + encode(words));
  REQUIRE_MESSAGE(response.status == 200, response.body);
  return response.json().at("items").as_array().size();
}

}  // namespace

TEST_CASE("a word is looked for in all that the caller reads, and a person comes once") {
  const auto hits = [](const Client& client, const std::string& q) {
    std::set<std::string> found;
    const auto reply = client.get("/api/v1/search?q=" + encode(q));
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    const auto answer = reply.json();
    for (const auto& item : answer.at("items").as_array())
      found.insert(std::string(item.at("registry").as_string()) + " " + std::string(item.at("display").as_string()));
    return found;
  };
  const auto admin = filled().as("administrator");
  const auto roman = hits(admin, "глушко ром");
  CHECK(roman.contains("people.student Глушко Роман Артёмович"));
  CHECK_FALSE(roman.contains("people.person Глушко Роман Артёмович"));
  CHECK(hits(admin, "учитель").size() >= 2);  // posts, and what else begins so
  CHECK(hits(filled().as("hr"), "глушко ром").empty());
  CHECK(hits(filled().as("guardian"), "маслова").size() <= 1);
  CHECK(admin.get("/api/v1/search").status == 400);
}

TEST_CASE("what is found comes in the order in which people look: pupils, employees, guardians, the rest") {
  const auto kinds = [](const std::string& q) {
    std::vector<std::string> found;
    const auto answer = filled().as("administrator").get("/api/v1/search?q=" + encode(q)).json();
    for (const auto& item : answer.at("items").as_array()) {
      const std::string registry(item.at("registry").as_string());
      if (found.empty() || found.back() != registry) found.push_back(registry);
    }
    return found;
  };
  const auto found = kinds("а");
  const auto place = [&](const std::string& registry) { return std::find(found.begin(), found.end(), registry); };
  REQUIRE(found.size() >= 4);
  CHECK(std::vector(found.begin(), found.begin() + 3) ==
        std::vector<std::string>{"people.student", "people.employee", "people.guardian"});
  CHECK(place("school.language") > place("people.guardian"));
  CHECK(std::set(found.begin(), found.end()).size() == found.size());
  // A class that is called so comes before the pupils who are in it.
  const auto of_class = kinds("5а");
  REQUIRE(of_class.size() >= 2);
  CHECK(of_class.front() == "school.class");
}

TEST_CASE("a word inside a name is found, and no longer when the name has lost it") {
  Installation school;
  school.create_school();
  school.start();
  const auto admin = school.as("administrator");
  const auto building = create(admin, "school.building", R"({"name":"Главный учебный корпус"})");
  CHECK(found(admin, "school.building", "корпус глав") == 1);
  CHECK(found(admin, "school.building", "орпус") == 0);
  REQUIRE(admin.patch(records("school.building", building), R"({"name":"Главное здание"})").status == 200);
  CHECK(found(admin, "school.building", "корпус") == 0);
  CHECK(found(admin, "school.building", "здание") == 1);
}

TEST_CASE("of an erased person no word stays, and words that are away are made anew at the start") {
  Installation school;
  school.create_school();
  school.start();
  {
    const auto admin = school.as("administrator");
    const auto student = create(admin, "people.student", R"({"surname":"Забытова-Незабудкина","given_name":"Ия"})");
    const auto person = admin.get(records("people.student", student)).json().at("person").at("id").as_int64();
    CHECK(found(admin, "people.student", "незабуд") == 1);
    REQUIRE(admin.remove(records("people.student", student)).status == 200);
    const auto erased = admin.post("/api/v1/persons/" + std::to_string(person) + "/erase",
                                   R"({"act":"№ 1 от 01.11.2026","before_term":true})");
    REQUIRE_MESSAGE(erased.status == 200, erased.body);
    create(admin, "school.building", R"({"name":"Главный корпус"})");
  }
  REQUIRE(school.stop() == 0);
  CHECK(school.touch("DELETE FROM es_words_people_person WHERE word LIKE 'незабуд%'") == 0);
  CHECK(school.touch("DELETE FROM es_words_school_building") == 1);
  CHECK(school.touch("DELETE FROM es_setting WHERE name = 'search_words'") == 1);
  school.start();
  CHECK(found(school.as("administrator"), "school.building", "корпус") == 1);
}
