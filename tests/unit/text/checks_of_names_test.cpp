#include <doctest/doctest.h>

#include "text/checks.hpp"

using namespace eschool::text;

namespace {

std::string stored(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_MESSAGE(result.ok(), text, ": ", result.message);
  CHECK_MESSAGE(result.warnings.empty(), text);
  return result.value;
}

std::string failure(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_FALSE_MESSAGE(result.ok(), text);
  CHECK_MESSAGE(!result.message.empty(), text);
  return result.code;
}

}  // namespace

TEST_CASE("names of people") {
  CHECK(stored("person_name", " Глушко\u00A0 ") == "Глушко");
  CHECK(stored("person_name", "Ёлкина") == "Ёлкина");
  CHECK(stored("person_name", "Мамин – Сибиряк") == "Мамин-Сибиряк");
  CHECK(stored("person_name", "О’Коннор") == "О'Коннор");
  CHECK(stored("person_name", "Гасан оглы") == "Гасан оглы");
  CHECK(stored("person_name", "Ж.-П.") == "Ж.-П.");
  CHECK(stored("person_name", "И. И.") == "И. И.");
  CHECK(stored("person_name", "Müller Anna") == "Müller Anna");
  CHECK(stored("person_name", "Анна Smith") == "Анна Smith");
}

TEST_CASE("look-alikes in a name are replaced with a warning") {
  const CheckResult result = check("person_name", "Ивaнoв");
  CHECK(result.ok());
  CHECK(result.value == "Иванов");
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0] == "ФИО: латинские буквы, похожие на русские, заменены русскими («Иванов»)");
}

TEST_CASE("what is not a name") {
  CHECK(failure("person_name", "Иванов1") == "person_name_digit");
  CHECK(failure("person_name", "199-058-197 27") == "person_name_digit");
  CHECK(failure("person_name", "<b>Иванов</b>") == "person_name_character");
  CHECK(failure("person_name", "Иванов & Ко") == "person_name_character");
  CHECK(failure("person_name", "Иванова (Петрова)") == "person_name_character");
  CHECK(failure("person_name", "=Иванов") == "person_name_character");
  CHECK(failure("person_name", "Иван_ов") == "person_name_character");
  CHECK(failure("person_name", "Ивановz") == "person_name_scripts");
  CHECK(failure("person_name", "-") == "person_name_empty");
  CHECK(failure("person_name", "...") == "person_name_empty");
  CHECK(failure("person_name", "-Иванов") == "person_name_format");
  CHECK(failure("person_name", "Иванов-") == "person_name_format");
  CHECK(failure("person_name", "Иванов -") == "person_name_format");
  CHECK(failure("person_name", "Иванов--Петров") == "person_name_format");
  CHECK(failure("person_name", ".Иванов") == "person_name_format");
  CHECK(failure("person_name", "Иванов..") == "person_name_format");
}

TEST_CASE("the class as a check") {
  CHECK(stored("class_name", "5 «а»") == "5А");
  CHECK(stored("class_name", "11 инж") == "11-инж");
  CHECK(failure("class_name", "13А") == "class_name_format");
  CHECK(failure("class_name", "подготовительный") == "class_name_format");
}

TEST_CASE("time zones") {
  for (const char* zone : {"Europe/Moscow", "Asia/Yekaterinburg", "America/Argentina/Buenos_Aires", "Asia/Ust-Nera"})
    CHECK_MESSAGE(stored("timezone", zone) == zone, zone);
  for (const char* text : {"MSK", "UTC+3", "Москва", "europe/moscow", "Europe/", "/Moscow", "Europe//Moscow",
                           "Europe/Moscow/", "Europe/Moscow Time", "A/B/C/D", "GMT+3"})
    CHECK_MESSAGE(failure("timezone", text) == "timezone_format", text);
  CHECK(failure("timezone", "Europe/Mosow") == "timezone_unknown");
}
