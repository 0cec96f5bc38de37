#include "text/dates.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace eschool::text;

TEST_CASE("spellings of one date") {
  for (const char* text :
       {"01.09.2026", "1.9.2026", "01/09/2026", "1/9/2026", "2026-09-01", " 01.09.2026\u00A0", "01.09.2026 г.",
        "01.09.2026г.", "1 сентября 2026", "1 сентября 2026 г.", "01 Сентября\u00A02026 года", "01.09.2026 0:00:00",
        "01.09.2026 0:00", "2026-09-01T00:00:00", "2026-09-01T00:00:00Z", "2026-09-01 00:00:00"})
    CHECK_MESSAGE(parse_date(text) == "2026-09-01", text);
}

TEST_CASE("every month by its name") {
  const char* names[] = {"января", "февраля", "марта",    "апреля",  "мая",    "июня",
                         "июля",   "августа", "сентября", "октября", "ноября", "декабря"};
  for (int month = 1; month <= 12; ++month) {
    const std::string expected = std::string("2024-") + (month < 10 ? "0" : "") + std::to_string(month) + "-05";
    CHECK(parse_date(std::string("5 ") + names[month - 1] + " 2024 г.") == expected);
  }
}

TEST_CASE("the calendar is kept") {
  CHECK(parse_date("29.02.2024") == "2024-02-29");
  CHECK(parse_date("29.02.2000") == "2000-02-29");
  CHECK(parse_date("01.01.1900") == "1900-01-01");
  CHECK(parse_date("31.12.2100") == "2100-12-31");
  for (const char* text : {"29.02.2023", "29.02.1900", "29.02.2100", "31.04.2026", "32.01.2026", "00.01.2026",
                           "01.00.2026", "01.13.2026", "31.12.1899", "01.01.2101", "2026-02-30", "31 июня 2026"})
    CHECK_MESSAGE(!parse_date(text), text);
}

TEST_CASE("what is not a date") {
  for (const char* text : {"",
                           "вчера",
                           "01.09.26",
                           "1.9",
                           "01.09/2026",
                           "01-09-2026",
                           "2026.09.01",
                           "2026/09/01",
                           "2026-9-1",
                           "20260901",
                           "46266",
                           "001.09.2026",
                           "01.09.2026 12:30",
                           "2026-09-01T12:30:00",
                           "2026-09-01T",
                           "01.09.20261",
                           "-1.09.2026",
                           "1 сент 2026",
                           "1сентября 2026",
                           "01.09.2026 и позже",
                           "01..09.2026"})
    CHECK_MESSAGE(!parse_date(text), text);
}

TEST_CASE("Excel serial numbers of the 1900 system") {
  CHECK(excel_serial_to_iso(1, false) == "1900-01-01");
  CHECK(excel_serial_to_iso(59, false) == "1900-02-28");
  CHECK_FALSE(excel_serial_to_iso(60, false));
  CHECK(excel_serial_to_iso(61, false) == "1900-03-01");
  CHECK(excel_serial_to_iso(36526, false) == "2000-01-01");
  CHECK(excel_serial_to_iso(46266, false) == "2026-09-01");
  CHECK(excel_serial_to_iso(46266.999, false) == "2026-09-01");
  CHECK(excel_serial_to_iso(73415, false) == "2100-12-31");
  CHECK_FALSE(excel_serial_to_iso(73416, false));
}

TEST_CASE("Excel serial numbers of the 1904 system") {
  CHECK(excel_serial_to_iso(0, true) == "1904-01-01");
  CHECK(excel_serial_to_iso(60, true) == "1904-03-01");
  CHECK(excel_serial_to_iso(46266 - 1462, true) == "2026-09-01");
}

TEST_CASE("numbers that are no serial") {
  for (const double serial : {0.0, 0.5, -1.0, 1e9, 1e300, std::nan(""), std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity()})
    CHECK_FALSE(excel_serial_to_iso(serial, false));
  CHECK_FALSE(excel_serial_to_iso(-0.5, true));
}

TEST_CASE("is_iso_date takes nothing but the exact form") {
  CHECK(is_iso_date("2026-09-01"));
  for (const char* text :
       {"", "2026-9-1", "2026-02-29", "2026-09-01 ", "2026-09-01T00:00:00", "01.09.2026", "2026-09-0a"})
    CHECK_FALSE_MESSAGE(is_iso_date(text), text);
}

TEST_CASE("iso_to_russian") {
  CHECK(iso_to_russian("2026-09-01") == "01.09.2026");
  CHECK(iso_to_russian("2026-02-30") == "2026-02-30");
  CHECK(iso_to_russian("") == "");
  CHECK(parse_date(iso_to_russian("2024-02-29")) == "2024-02-29");
}

TEST_CASE("arithmetic of days") {
  CHECK(add_days("2026-09-01", 0) == "2026-09-01");
  CHECK(add_days("2026-12-31", 1) == "2027-01-01");
  CHECK(add_days("2024-02-28", 1) == "2024-02-29");
  CHECK(add_days("2024-03-01", -1) == "2024-02-29");
  CHECK(add_days("1900-01-01", 73413) == "2100-12-31");
  CHECK_FALSE(add_days("2100-12-31", 1));
  CHECK_FALSE(add_days("1900-01-01", -1));
  CHECK_FALSE(add_days("01.09.2026", 1));
  CHECK_FALSE(add_days("2026-09-01", std::numeric_limits<int>::max()));
  CHECK_FALSE(add_days("2026-09-01", std::numeric_limits<int>::min()));
  CHECK(days_between("2026-09-01", "2027-09-01") == 365);
  CHECK(days_between("2024-03-01", "2024-02-28") == -2);
  CHECK_FALSE(days_between("2024-03-01", ""));
}
