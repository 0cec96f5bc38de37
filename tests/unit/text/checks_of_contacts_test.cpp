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

std::string warned(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_MESSAGE(result.ok(), text, ": ", result.message);
  CHECK_MESSAGE(result.warnings.size() == 1, text);
  return result.value;
}

std::string failure(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_FALSE_MESSAGE(result.ok(), text);
  CHECK_MESSAGE(!result.message.empty(), text);
  return result.code;
}

}  // namespace

TEST_CASE("spellings of one Russian phone") {
  for (const char* text :
       {"+7 (905) 004-95-34", "8 905 004 95 34", "89050049534", "8(905)004-95-34", "9050049534", "79050049534",
        "+79050049534", "8-905-004-95-34", "8.905.004.95.34", "+7\u00A0905 004–95–34", "(905) 0049534"})
    CHECK_MESSAGE(stored("phone", text) == "+79050049534", text);
  CHECK(stored("phone", "8 (863) 000-02-14") == "+78630000214");
  CHECK(stored("phone", "+7 701 234 56 78") == "+77012345678");
}

TEST_CASE("phones of other countries") {
  CHECK(stored("phone", "+380 44 123-45-67") == "+380441234567");
  CHECK(stored("phone", "+1 212 555 0100") == "+12125550100");
  CHECK(stored("phone", "8-10-375-17-123-45-67") == "+375171234567");
  CHECK(failure("phone", "+1234567") == "phone_length");
  CHECK(failure("phone", "+1234567890123456") == "phone_length");
  CHECK(failure("phone", "+0123456789") == "phone_length");
}

TEST_CASE("phones that need a look") {
  CHECK(warned("phone", "+8 905 004 95 34") == "+79050049534");
  CHECK(warned("phone", "8 (863) 000-02-14 доб. 12") == "+78630000214");
  CHECK(warned("phone", "8 (863) 000-02-14, Доб. 12") == "+78630000214");
}

TEST_CASE("phones that cannot be used") {
  CHECK(failure("phone", "2-14-56") == "phone_length");
  CHECK(failure("phone", "8 905 004 95 3") == "phone_code");  // not the area code 890
  CHECK(failure("phone", "8 905 004 95 345") == "phone_length");
  CHECK(failure("phone", "+7 905 004 95 3") == "phone_length");
  CHECK(failure("phone", "+7 (000) 000-00-00") == "phone_code");
  CHECK(failure("phone", "1234567890") == "phone_code");
  CHECK(failure("phone", "89050049534, 89050049535") == "phone_several");
  CHECK(failure("phone", "89050049534/35") == "phone_several");
  CHECK(failure("phone", "+7905+0049534") == "phone_several");
  CHECK(failure("phone", "нет") == "phone_format");
  CHECK(failure("phone", "доб. 12") == "phone_format");
  CHECK(failure("phone", "8905OO49534") == "phone_format");
  CHECK(failure("phone", "+") == "phone_length");
}

TEST_CASE("e-mail") {
  CHECK(stored("email", "a.glushko4195@inbox.example") == "a.glushko4195@inbox.example");
  CHECK(stored("email", " Ivanova.A+School@Mail.RU ") == "Ivanova.A+School@mail.ru");
  CHECK(stored("email", "mailto:a@b.ru") == "a@b.ru");
  CHECK(stored("email", "info@ЛИЦЕЙ.рф") == "info@лицей.рф");
  CHECK(stored("email", "a@xn--e1aybc.xn--p1ai") == "a@xn--e1aybc.xn--p1ai");
  for (const char* text : {"нет", "ivanova", "a@b@c.ru", "@mail.ru", ".a@mail.ru", "a.@mail.ru", "a..b@mail.ru",
                           "a b@mail.ru", "a@mail.ru, b@mail.ru", "<a@mail.ru>", "a\"b@mail.ru", "a(b@mail.ru"})
    CHECK_MESSAGE(failure("email", text) == "email_format", text);
  for (const char* text : {"a@", "a@mail", "a@.ru", "a@mail.", "a@mail..ru", "a@-mail.ru", "a@mail-.ru", "a@mail.r",
                           "a@127.0.0.1", "a@ma_il.ru", "a@mаil.ru" /* Cyrillic а */, "a@mail.ru/x", "a@mäil.ru"})
    CHECK_MESSAGE(failure("email", text) == "email_domain", text);
  CHECK(failure("email", "ivаnova@mail.ru") == "email_cyrillic");
  CHECK(failure("email", std::string(65, 'a') + "@mail.ru") == "email_format");
}

TEST_CASE("addresses of sites") {
  CHECK(stored("url", "https://liceum214.school.example") == "https://liceum214.school.example");
  CHECK(stored("url", "HTTP://School.RU/Page?A=Б#В") == "http://school.ru/Page?A=Б#В");
  CHECK(stored("url", "https://лицей.рф:8443/") == "https://лицей.рф:8443/");
  CHECK(stored("url", "https://school.ru?x=1") == "https://school.ru?x=1");
  CHECK(warned("url", "www.school.ru/news") == "https://www.school.ru/news");
  for (const char* text :
       {"ftp://school.ru", "javascript://school.ru/%0aalert(1)", "file:///etc/passwd", "://school.ru"})
    CHECK_MESSAGE(failure("url", text) == "url_scheme", text);
  for (const char* text : {"javascript:alert(1)", "data:text/html,x", "https://", "https://school",
                           "https://school.ru:", "https://school.ru:99999", "https://school.ru:8a",
                           "https://user@school.ru", "нет", "https://sсhool.ru" /* Cyrillic с */})
    CHECK_MESSAGE(failure("url", text) == "url_domain", text);
  for (const char* text :
       {"https://school.ru/a b", "https://school.ru/\"onload=", "https://school.ru/<b>", "https://school.ru\\@evil.ru"})
    CHECK_MESSAGE(failure("url", text) == "url_format", text);
  CHECK(failure("url", "https://school.ru/" + std::string(2000, 'a')) == "url_length");
}
