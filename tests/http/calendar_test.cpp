// The institution, its calendar and its property on the real server: what the hooks of the school plugin add and
// refuse.
#include <doctest/doctest.h>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

/// One school for all cases of this file, with its administrator.
const Client& office() {
  static Installation own;
  static const Client client = [] {
    own.create_school();
    own.start();
    return own.as("administrator");
  }();
  return client;
}

std::int64_t made(const std::string& registry, const std::string& body) {
  const auto reply = office().post(records(registry), body);
  REQUIRE_MESSAGE(reply.status == 201, reply.body);
  return reply.json().at("id").as_int64();
}

/// "field:code" of the first complaint; the message has to name what to do.
std::string refused(const std::string& registry, const std::string& body) {
  const auto reply = office().post(records(registry), body);
  INFO(reply.body);
  if (reply.status != 422) return std::to_string(reply.status);
  const auto document = reply.json();
  const auto& error = document.at("errors").at(0);
  CHECK(error.at("message").as_string().size() > 20);
  return std::string(error.at("field").as_string()) + ":" + std::string(error.at("code").as_string());
}

std::int64_t year() {
  static const auto id = made("school.year", R"({"name":"2026/2027","current":true})");
  return id;
}

std::string with(const char* key, std::int64_t id, const std::string& more) {
  return std::string("{\"") + key + "\":" + std::to_string(id) + "," + more + "}";
}

}  // namespace

TEST_CASE("periods stand inside the year of their plan and share no day") {
  const auto plan =
      made("school.period_plan", with("year", year(), R"("name":"Четверти 1–9","kind":"quarter","grade_to":9)"));
  const auto first =
      made("school.period", with("plan", plan, R"("number":1,"starts_on":"2026-09-01","ends_on":"2026-10-25")"));
  CHECK(office().get(records("school.period", first)).json().at("name") == "1 четверть");
  const auto tried = [&](const char* more) { return refused("school.period", with("plan", plan, more)); };
  CHECK(tried(R"("number":2,"starts_on":"2026-10-25","ends_on":"2026-12-30")") == "starts_on:overlap");
  CHECK(tried(R"("number":2,"starts_on":"2026-11-02","ends_on":"2026-10-30")") == "ends_on:ends_before_start");
  CHECK(tried(R"("number":4,"starts_on":"2027-04-05","ends_on":"2027-09-01")") == "ends_on:outside_year");
  CHECK(tried(R"("number":1,"starts_on":"2026-11-02","ends_on":"2026-12-30")") == "plan:not_unique");
  made("school.period", with("plan", plan, R"("number":2,"starts_on":"2026-11-02","ends_on":"2026-12-30")"));
  // Another plan of the same year, of the older grades, has days of its own.
  const auto halves = made("school.period_plan", R"({"name":"Полугодия","kind":"half","grade_from":10})");
  CHECK(office().get(records("school.period_plan", halves)).json().at("year").at("id").as_int64() == year());
  made("school.period", with("plan", halves, R"("number":1,"starts_on":"2026-09-01","ends_on":"2026-12-30")"));
  CHECK(refused("school.period_plan", R"({"name":"Наоборот","kind":"half","grade_from":9,"grade_to":5})") ==
        "grade_to:grades_order");
  // A change is held to the same: the first may not reach into the second.
  CHECK(office().patch(records("school.period", first), R"({"ends_on":"2026-11-02"})").status == 422);
  CHECK(office().patch(records("school.period", first), R"({"ends_on":"2026-10-24"})").status == 200);
  // A plan does not leave its year while its periods are of it.
  const auto next = made("school.year", R"({"name":"2027/2028"})");
  CHECK(office().patch(records("school.period_plan", plan), "{\"year\":" + std::to_string(next) + "}").status == 422);
}

TEST_CASE("vacations of a grade share no day; those of grade 1 stand beside the others") {
  made("school.vacation",
       with("year", year(), R"("name":"Осенние","kind":"autumn","starts_on":"2026-10-26","ends_on":"2026-11-01")"));
  made("school.vacation",
       with("year", year(),
            R"("name":"Дополнительные","kind":"extra","starts_on":"2027-02-15","ends_on":"2027-02-21","grade_to":1)"));
  CHECK(
      refused("school.vacation",
              with("year", year(),
                   R"("name":"Ещё","kind":"other","starts_on":"2026-11-01","ends_on":"2026-11-03","grade_from":5)")) ==
      "starts_on:overlap");
  CHECK(refused("school.vacation",
                with("year", year(),
                     R"("name":"Прошлые","kind":"other","starts_on":"2026-06-01","ends_on":"2026-06-03")")) ==
        "starts_on:outside_year");
  made(
      "school.vacation",
      with(
          "year", year(),
          R"("name":"Каникулы старших","kind":"other","starts_on":"2027-02-15","ends_on":"2027-02-18","grade_from":10)"));
}

TEST_CASE("special days come with the school, and it may change them") {
  const auto holiday = office().first("school.day_off", "date = '2027-02-23'");
  REQUIRE(holiday);
  CHECK(office().patch(records("school.day_off", holiday), R"({"name":"Выходной"})").status == 200);
  CHECK(office().first("school.day_off", "date = '2026-11-04' and kind = 'non_working'"));
  CHECK(office().first("school.day_off", "date = '2026-11-03' and kind = 'short'"));
  CHECK(refused("school.day_off", R"({"date":"2027-02-23","kind":"working"})") == "date:not_unique");
  CHECK(refused("school.day_off", R"({"date":"2027-02-20","kind":"working","moved_from":"2027-02-22"})") ==
        "moved_from:not_a_day_off");
  made("school.day_off", R"({"date":"2027-02-22","kind":"non_working","moved_from":"2027-02-20"})");
}

TEST_CASE("shifts, bells and the week by grades") {
  const auto shift = made("school.shift", R"({"number":1,"starts_at":"08:00"})");
  CHECK(office().get(records("school.shift", shift)).json().at("name") == "1 смена");
  made("school.bell", with("shift", shift, R"("lesson":1,"starts_at":"08:00","ends_at":"08:40")"));
  CHECK(refused("school.bell", with("shift", shift, R"("lesson":2,"starts_at":"08:30","ends_at":"09:10")")) ==
        "starts_at:overlap");
  CHECK(refused("school.bell", with("shift", shift, R"("lesson":2,"starts_at":"09:10","ends_at":"08:50")")) ==
        "ends_at:ends_before_start");
  made("school.bell", with("shift", shift, R"("lesson":2,"starts_at":"08:40","ends_at":"09:20")"));
  made("school.bell", with("shift", shift, R"("lesson":2,"day":"short","starts_at":"08:30","ends_at":"09:00")"));
  made("school.work_week", with("year", year(), R"("days":5,"grade_to":8)"));
  CHECK(refused("school.work_week", with("year", year(), R"("days":6,"grade_from":8)")) == "grade_from:overlap");
  made("school.work_week", with("year", year(), R"("days":6,"grade_from":9)"));
}

TEST_CASE("licences and the card of the institution keep in step") {
  CHECK(refused("school.permit", R"({"kind":"licence","number":"Л-1"})") == "institution:no_institution");
  const auto card = made(
      "school.institution",
      R"({"full_name":"Лицей № 1","short_name":"Лицей","type":"Лицей","license_no":"Л-1","license_date":"2015-03-02"})");
  CHECK(office().get(records("school.institution", card)).json().at("kind").at("display") == "лицей");
  const auto row = office().first("school.permit", "kind = 'licence' and number = 'Л-1' and issued_on = '2015-03-02'");
  REQUIRE(row);
  made("school.permit",
       with("institution", card, R"("kind":"licence","series":"61","number":"Л-2","issued_on":"2021-01-15")"));
  CHECK(office().get(records("school.institution", card)).json().at("license_no") == "Л-2");
  // An older one, found in a drawer, does not take the newest one's place.
  made("school.permit", R"({"kind":"licence","number":"Л-0","issued_on":"2001-01-15"})");
  CHECK(office().get(records("school.institution", card)).json().at("license_no") == "Л-2");
  made("school.permit",
       with("institution", card,
            R"("kind":"accreditation","number":"А-7","issued_on":"2020-05-05","valid_until":"2032-05-05")"));
  const auto now = office().get(records("school.institution", card)).json();
  CHECK(now.at("accreditation_no") == "А-7");
  CHECK(now.at("accreditation_date") == "2020-05-05");
  CHECK(now.at("permits").as_array().size() == 4);
  CHECK(refused("school.permit",
                with("institution", card,
                     R"("kind":"licence","number":"Л-9","issued_on":"2021-01-15","valid_until":"2020-01-01")")) ==
        "valid_until:ends_before_start");
}

TEST_CASE("property has the building of its room and leaves with an act") {
  const auto building = made("school.building", R"({"name":"Главный"})");
  const auto room = made("school.room", with("building", building,
                                             R"("number":"201","computers":12,"board":"interactive","bookable":true)"));
  const auto asset = made(
      "school.asset", with("room", room, R"("inventory_no":"0001","name":"Проектор","commissioned_on":"2020-09-01")"));
  CHECK(office().get(records("school.asset", asset)).json().at("building").at("id").as_int64() == building);
  const auto changed = [&](const char* body) { return office().patch(records("school.asset", asset), body).status; };
  CHECK(changed(R"({"state":"written_off"})") == 422);
  CHECK(changed(R"({"written_off_on":"2026-01-01","write_off_act":"Акт 1"})") == 422);
  CHECK(changed(R"({"state":"written_off","written_off_on":"2019-01-01","write_off_act":"Акт 1"})") == 422);
  CHECK(changed(R"({"state":"written_off","written_off_on":"2026-01-01","write_off_act":"Акт 1"})") == 200);
  made("school.room_equipment",
       with("room", room, R"("name":"Интерактивная доска","inventory_no":"0002","quantity":1)"));
  CHECK(office().get(records("school.room", room)).json().at("equipment_items").as_array().size() == 1);
}

TEST_CASE("a class finds its profile in the dictionary") {
  const auto named = made("school.class", R"({"name":"10А","profile":"Технологический"})");
  CHECK(office().get(records("school.class", named)).json().at("track").at("display") == "технологический");
  const auto own = made("school.class", R"({"name":"10Б","profile":"морской"})");
  CHECK(office().get(records("school.class", own)).json().at("track").is_null());
  const auto cadet = office().first("school.profile", "short_name = 'КАД'");
  const auto picked = made("school.class", with("track", cadet, R"("name":"10В")"));
  CHECK(office().get(records("school.class", picked)).json().at("profile") == "кадетский");
}
