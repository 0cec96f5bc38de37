#include "kernel/backup/schedule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace eschool::backup;
using eschool::config::BackupSettings;

namespace {

Stamp at(const char* text) {
  const auto stamp = parse_stamp(text);
  REQUIRE_MESSAGE(stamp, text);
  return *stamp;
}

std::vector<Stamp> all(std::initializer_list<const char*> texts) {
  std::vector<Stamp> stamps;
  for (const auto* text : texts) stamps.push_back(at(text));
  return stamps;
}

BackupSettings keeping(int daily, int weekly, int monthly) {
  BackupSettings settings;
  settings.keep_daily = daily;
  settings.keep_weekly = weekly;
  settings.keep_monthly = monthly;
  return settings;
}

/// One backup at 3 o'clock of each of `count` days that end with `last`.
std::vector<Stamp> nightly(const char* last, int count) {
  const auto end = at(last);
  std::vector<Stamp> stamps;
  for (int back = count - 1; back >= 0; --back) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::year{end.year} / end.month / end.day} -
                                           std::chrono::days{back}};
    stamps.push_back({static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
                      static_cast<int>(static_cast<unsigned>(date.day())), 3, 0, 0});
  }
  return stamps;
}

std::vector<std::string> kept(const BackupSettings& settings, const std::vector<Stamp>& taken, const char* now) {
  const auto reasons = retention(settings, taken, at(now));
  std::vector<std::string> days;
  for (std::size_t i = 0; i < taken.size(); ++i)
    if (reasons[i] != Kept::expired) days.push_back(text(taken[i]).substr(0, 10));
  return days;
}
using Days = std::vector<std::string>;

}  // namespace

TEST_CASE("a stamp is its text, and only a possible moment is one") {
  for (const auto* text_of : {"2026-11-25_03-00-00", "2024-02-29_23-59-59", "0001-01-01_00-00-00"})
    CHECK(text(at(text_of)) == text_of);
  for (const auto* wrong : {"", "2026-11-25", "2026-11-25_03-00-0", "2026-11-25 03-00-00", "2026-13-25_03-00-00",
                            "2025-02-29_03-00-00", "2026-11-25_24-00-00", "2026-11-25_03-60-00", "2026-11-25_03-00-60",
                            "2026-11-25_03-00-00x", "+026-11-25_03-00-00", "school-2026-11-25_03-00"})
    CHECK_FALSE(parse_stamp(wrong));
}

TEST_CASE("a backup is due once after each hour of the schedule, also when the server was off then") {
  BackupSettings settings;
  settings.at_minute = 3 * 60 + 30;
  CHECK(text(last_due(settings, at("2026-11-25_03-30-00"))) == "2026-11-25_03-30-00");
  CHECK(text(last_due(settings, at("2026-11-25_03-29-59"))) == "2026-11-24_03-30-00");
  CHECK(text(last_due(settings, at("2027-01-01_00-00-00"))) == "2026-12-31_03-30-00");
  CHECK(text(last_due(settings, at("2028-03-01_01-00-00"))) == "2028-02-29_03-30-00");

  CHECK(due(settings, {}, at("2026-11-25_12-00-00")));
  CHECK_FALSE(due(settings, all({"2026-11-25_03-30-01"}), at("2026-11-25_12-00-00")));
  CHECK_FALSE(due(settings, all({"2026-11-24_03-30-01"}), at("2026-11-25_03-29-00")));
  CHECK(due(settings, all({"2026-11-24_03-30-01"}), at("2026-11-25_03-30-00")));
  CHECK(due(settings, all({"2026-11-25_03-29-59"}), at("2026-11-25_12-00-00")));
  // A clock that was a year ahead has left a backup of that year: it stands in for nothing.
  CHECK(due(settings, all({"2027-11-25_03-30-00"}), at("2026-11-25_12-00-00")));
}

TEST_CASE("retention keeps the newest of each day, week and month") {
  const auto taken = nightly("2026-11-25_03-00-00", 60);
  CHECK(kept(keeping(3, 0, 0), taken, "2026-11-25_03-00-10") == Days{"2026-11-23", "2026-11-24", "2026-11-25"});
  // The 25th is a Wednesday; the weeks before ended on Sundays.
  CHECK(kept(keeping(0, 3, 0), taken, "2026-11-25_03-00-10") == Days{"2026-11-15", "2026-11-22", "2026-11-25"});
  CHECK(kept(keeping(0, 0, 3), taken, "2026-11-25_03-00-10") == Days{"2026-09-30", "2026-10-31", "2026-11-25"});
  CHECK(kept(keeping(2, 2, 2), taken, "2026-11-25_03-00-10") ==
        Days{"2026-10-31", "2026-11-22", "2026-11-24", "2026-11-25"});
  CHECK(kept(keeping(100, 100, 100), taken, "2026-11-25_03-00-10").size() == 60);
}

TEST_CASE("retention over a year, one day at a time, never drops below what it promises") {
  const BackupSettings settings;
  std::vector<Stamp> shelf;
  for (const auto& now : nightly("2026-12-31_03-00-00", 400)) {
    shelf.push_back(now);
    const auto reasons = retention(settings, shelf, now);
    std::vector<Stamp> left;
    for (std::size_t i = 0; i < shelf.size(); ++i)
      if (reasons[i] != Kept::expired) left.push_back(shelf[i]);
    shelf = left;
    REQUIRE(shelf.back() == now);
  }
  // Seven days, up to four weeks and twelve months, some of them the same backup.
  CHECK(shelf.size() >= 7 + 3 + 10);
  CHECK(shelf.size() <= 7 + 4 + 12);
  const auto months =
      std::count_if(shelf.begin(), shelf.end(), [](const Stamp& s) { return s.month <= 11 && s.year == 2026; });
  CHECK(months >= 10);
}

TEST_CASE("several of one day, gaps and an empty shelf") {
  const auto taken = all({"2026-11-25_09-00-00", "2026-11-25_03-00-00", "2026-11-25_12-00-00", "2026-11-20_03-00-00"});
  const auto reasons = retention(keeping(2, 0, 0), taken, at("2026-11-25_13-00-00"));
  CHECK(reasons == std::vector<Kept>{Kept::expired, Kept::expired, Kept::newest, Kept::daily});
  CHECK(retention(keeping(1, 1, 1), {}, at("2026-11-25_13-00-00")).empty());
}

TEST_CASE("nothing of the future and never the last one expires") {
  const auto taken = all({"2026-11-25_03-00-00", "2031-01-01_03-00-00"});
  CHECK(retention(keeping(0, 0, 0), taken, at("2026-11-25_13-00-00")) == std::vector<Kept>{Kept::newest, Kept::future});
}

TEST_CASE("a week begins on Monday, also across the turn of the year") {
  // 2026-12-28 is a Monday, 2027-01-03 the Sunday of the same week.
  const auto taken = all({"2026-12-27_03-00-00", "2026-12-28_03-00-00", "2027-01-03_03-00-00", "2027-01-04_03-00-00"});
  CHECK(kept(keeping(0, 3, 0), taken, "2027-01-04_04-00-00") == Days{"2026-12-27", "2027-01-03", "2027-01-04"});
}
