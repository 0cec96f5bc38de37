// Server-sent events: told after the commit, and only to those who may read what changed.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <thread>

#include "event_reader.hpp"
#include "imports.hpp"
#include "installation.hpp"
#include "tabular/writer.hpp"

using namespace eschool::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

std::string path_of(const std::string& registry, std::int64_t id) {
  return fmt::format("/api/v1/records/{}/{}", registry, id);
}

json::value data_of(const std::optional<Event>& event) {
  REQUIRE(event);
  REQUIRE(event->name == "record");
  return json::parse(event->data);
}

}  // namespace

TEST_CASE("a change is told to who reads the record, with its version and nothing of what it holds") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator");
  EventReader director(school.as("director"));
  CHECK(director.status() == 200);
  const auto room = operating.post("/api/v1/records/school.room", R"({"number":"901"})");
  REQUIRE(room.status == 201);
  const auto id = room.json().at("id").as_int64();
  auto event = director.next();
  auto data = data_of(event);
  CHECK(data.at("registry") == "school.room");
  CHECK(data.at("id") == id);
  CHECK(data.at("action") == "create");
  CHECK(data.as_object().size() == 4);
  const auto first_id = event->id;

  REQUIRE(operating.patch(path_of("school.room", id), R"({"floor":9})").status == 200);
  data = data_of(director.next());
  CHECK(data.at("version") == 2);
  // What was refused is told to nobody: the next event is of the next accepted write.
  REQUIRE(operating.patch(path_of("school.room", id), R"({"floor":900})").status == 422);
  REQUIRE(operating.patch(path_of("school.room", id), R"({"floor":8})").status == 200);
  CHECK(data_of(director.next()).at("version") == 3);

  // Who comes back later learns that something was missed; who missed nothing does not.
  EventReader late(school.as("director"), first_id);
  const auto missed = late.next();
  REQUIRE(missed);
  CHECK(missed->name == "reset");
  EventReader current(school.as("director"), missed->id);
  CHECK_FALSE(current.next(500ms));
}

TEST_CASE("nobody hears of a record that is not theirs") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator");
  const auto guardian = school.as("guardian");
  const auto own = guardian.first("people.student");
  std::int64_t other = 0;
  for (const auto id : operating.ids("people.student"))
    if (id != own) other = id;
  EventReader parent(guardian), pupil(school.as("student")), personnel(school.as("hr"));
  REQUIRE(operating.patch(path_of("people.student", other), R"({"admission_order_no":"77"})").status == 200);
  REQUIRE(operating.patch(path_of("people.student", own), R"({"admission_order_no":"78"})").status == 200);
  const auto data = data_of(parent.next());
  CHECK(data.at("registry") == "people.student");
  CHECK(data.at("id") == own);
  CHECK_FALSE(parent.next(300ms));
  const auto seen_by_pupil = pupil.next(300ms);
  if (seen_by_pupil) CHECK(data_of(seen_by_pupil).at("id") == school.as("student").first("people.student"));
  CHECK_FALSE(personnel.next(300ms));
}

TEST_CASE("what a facet keeps with its base is told as a change of the facet, with the version of both") {
  Installation school;
  school.fill();
  school.start();
  const auto operating = school.as("operator");
  const auto id = operating.first("people.student");
  EventReader teacher(school.as("teacher"));  // reads pupils, and of persons himself alone
  const auto written = operating.patch(path_of("people.student", id), R"({"given_name":"Зиновий"})");
  REQUIRE(written.status == 200);
  const auto data = data_of(teacher.next());
  CHECK(data.at("registry") == "people.student");
  CHECK(data.at("id") == id);
  CHECK(data.at("version") == written.json().at("version"));
  CHECK(data.at("action") == "update");
  CHECK_FALSE(teacher.next(300ms));
}

TEST_CASE("an import of many rows is told as one reset") {
  Installation school;
  school.fill();
  school.start();
  EventReader director(school.as("director"));
  std::vector<std::vector<eschool::tabular::Cell>> rows;
  for (int i = 0; i < 300; ++i) rows.push_back({eschool::tabular::Cell::of_text(fmt::format("9{:03}", i))});
  const std::vector<eschool::tabular::Column> columns{{.header = "Номер"}};
  CHECK(import_by_http(school.as("operator"), "school.room", eschool::tabular::write_xlsx("Аудитории", columns, rows))
            .at("created") == 300);
  const auto event = director.next();
  REQUIRE(event);
  CHECK(event->name == "reset");
}

TEST_CASE("the stream ends with its session, and tells of changed rights and plugins") {
  Installation school;
  school.fill();
  school.start();
  const auto administrator = school.as("administrator");
  const auto teacher = school.as("teacher");
  EventReader events(teacher);
  std::int64_t account = 0;
  const auto accounts = administrator.get("/api/v1/accounts?limit=500").json();
  for (const auto& item : accounts.at("items").as_array())
    if (item.at("login").as_string() == login_of("teacher")) account = item.at("id").as_int64();
  REQUIRE(account);
  REQUIRE(administrator.post(fmt::format("/api/v1/accounts/{}/grants", account), R"({"role":"operator"})").status ==
          201);
  auto event = events.next();
  REQUIRE(event);
  CHECK(event->name == "rights");
  // Now the teacher reads what an operator reads.
  REQUIRE(administrator.patch(fmt::format("/api/v1/accounts/{}", account), R"({"enabled":false})").status == 200);
  CHECK(events.ends());
}

TEST_CASE("streams are of people who are signed in, and of one person not too many") {
  Installation school;
  school.fill();
  school.start();
  CHECK(school.client().get("/api/v1/events").status == 401);
  const auto teacher = school.as("teacher");
  std::vector<std::unique_ptr<EventReader>> open;
  for (int i = 0; i < 8; ++i) open.push_back(std::make_unique<EventReader>(teacher));
  CHECK(EventReader(teacher).status() == 429);
  CHECK(EventReader(school.as("director")).status() == 200);
  open.clear();
  // A stream that the client left is given back when the server notices, at the latest with the next heartbeat.
  bool again = false;
  for (int i = 0; i < 100 && !again; ++i) {
    again = EventReader(teacher).status() == 200;
    std::this_thread::sleep_for(100ms);
  }
  CHECK(again);
}

TEST_CASE("a server that stops does not wait for streams") {
  Installation school;
  school.fill();
  school.start();
  EventReader events(school.as("director"));
  CHECK(school.stop() == 0);
  CHECK(events.ends(1s));
}
