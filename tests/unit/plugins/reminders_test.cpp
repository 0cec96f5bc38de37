#include "people/reminders.hpp"

#include <doctest/doctest.h>

using namespace eschool::people;
using Kind = Paper::Kind;
using Topic = Reminder::Topic;
using State = Reminder::State;

namespace {

constexpr const char* today = "2026-09-15";

/// "attestation overdue 2026-01-01; …"
std::string of(std::vector<Paper> papers, bool teaching = true, int days = 60, std::string hired = "2010-09-01") {
  Holder holder{teaching, std::move(hired), true, true, true, std::move(papers)};
  std::string text;
  for (const auto& reminder : reminders(holder, today, days)) {
    constexpr const char* topics[] = {"attestation", "course", "medical", "criminal_record"};
    constexpr const char* states[] = {"missing", "overdue", "soon"};
    if (!text.empty()) text += "; ";
    text += topics[static_cast<int>(reminder.topic)];
    text += std::string(" ") + states[static_cast<int>(reminder.state)];
    if (!reminder.due.empty()) text += " " + reminder.due;
  }
  return text;
}

const Paper fresh_course{Kind::course, "2026-01-10", ""}, fresh_exam{Kind::medical, "2026-08-20", ""},
    certificate{Kind::criminal_record, "2010-08-20", ""}, highest{Kind::category, "2025-04-01", ""};

}  // namespace

TEST_CASE("papers that are in order need no word") {
  CHECK(of({fresh_course, fresh_exam, certificate, highest}) == "");
}

TEST_CASE("what is missing") {
  CHECK(of({}) == "attestation missing; course missing; medical missing; criminal_record missing");
  CHECK(of({}, false) == "medical missing; criminal_record missing");
  // Who came this year is not attested yet.
  CHECK(of({}, true, 60, "2026-08-25") == "medical missing; criminal_record missing");
  CHECK(of({}, true, 60, "2024-09-15") ==
        "attestation missing; course missing; medical missing; criminal_record missing");
}

TEST_CASE("the terms") {
  CHECK(good_until({Kind::conformity, "2021-10-01", ""}) == "2026-10-01");
  CHECK(good_until({Kind::course, "2023-09-20", ""}) == "2026-09-20");
  CHECK(good_until({Kind::medical, "2025-08-20", ""}) == "2026-08-20");
  CHECK(good_until({Kind::medical, "2024-02-29", ""}) == "2025-02-28");
  CHECK(good_until({Kind::category, "2023-08-31", ""}) == "2028-08-31");
  CHECK(good_until({Kind::category, "2023-09-01", ""}) == std::nullopt);
  CHECK(good_until({Kind::criminal_record, "2010-01-01", ""}) == std::nullopt);
  CHECK(good_until({Kind::criminal_record, "2010-01-01", "2011-01-01"}) == "2011-01-01");
  CHECK(good_until({Kind::category, "2024-01-01", "2025-01-01"}) == "2025-01-01");
  CHECK(good_until({Kind::course, "", ""}) == std::nullopt);
}

TEST_CASE("soon and overdue, to the day") {
  const auto with = [](const char* until, int days = 60) {
    return of({fresh_course, {Kind::medical, "2026-01-01", until}, certificate, highest}, true, days);
  };
  CHECK(with("2026-09-14") == "medical overdue 2026-09-14");
  CHECK(with("2026-09-15") == "medical soon 2026-09-15");
  CHECK(with("2026-11-14") == "medical soon 2026-11-14");
  CHECK(with("2026-11-15") == "");
  CHECK(with("2026-11-15", 61) == "medical soon 2026-11-15");
}

TEST_CASE("of several papers the one that is good longest counts") {
  CHECK(of({{Kind::medical, "2020-01-01", ""}, fresh_exam, fresh_course, certificate, highest}) == "");
  CHECK(of({fresh_exam, fresh_course, certificate, {Kind::conformity, "2015-01-01", ""}}) ==
        "attestation overdue 2020-01-01");
  // A category stands for the attestation of fitness.
  CHECK(of({fresh_exam, fresh_course, certificate, {Kind::conformity, "2015-01-01", ""}, highest}) == "");
}

TEST_CASE("nothing is said of papers that were not to be seen") {
  const Holder holder{true, "2010-09-01", false, false, false, {}};
  CHECK(reminders(holder, today, 60).empty());
}
