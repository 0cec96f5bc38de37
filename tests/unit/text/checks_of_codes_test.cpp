#include <doctest/doctest.h>

#include "text/checks.hpp"

using namespace eschool::text;

namespace {

/// The stored value of a text that must pass without a warning.
std::string stored(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_MESSAGE(result.ok(), text, ": ", result.message);
  CHECK_MESSAGE(result.message.empty(), text);
  CHECK_MESSAGE(result.warnings.empty(), text);
  return result.value;
}

std::string warned(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_MESSAGE(result.ok(), text, ": ", result.message);
  CHECK_MESSAGE(result.warnings.size() == 1, text);
  return result.value;
}

/// The code of a text that must fail, with the value left for the person to see.
std::string failure(std::string_view name, std::string_view text) {
  const CheckResult result = check(name, text);
  CHECK_FALSE_MESSAGE(result.ok(), text);
  CHECK_MESSAGE(!result.message.empty(), text);
  CHECK(result.warnings.empty());
  return result.code;
}

}  // namespace

TEST_CASE("the set of checks") {
  for (const char* name : {"snils", "inn", "inn_person", "inn_org", "kpp", "ogrn", "okpo", "oktmo", "phone", "email",
                           "url", "person_name", "class_name", "timezone"}) {
    CHECK_MESSAGE(known_check(name), name);
    CHECK_MESSAGE(stored(name, "") == "", name);
    CHECK_MESSAGE(stored(name, " \u00A0 ") == "", name);
    CHECK_MESSAGE(failure(name, "\xCF\xF0\xE8") == "utf8", name);
    CHECK_MESSAGE(failure(name, "<script>") != "utf8", name);
  }
  CHECK_FALSE(known_check("passport"));
  CHECK_FALSE(known_check(""));
  CHECK(failure("passport", "1") == "unknown_check");
}

TEST_CASE("a failure keeps the cleaned text and says what to do") {
  const CheckResult result = check("snils", " 112-233-445\u00A094 ");
  CHECK(result.value == "112-233-445 94");
  CHECK(result.code == "snils_checksum");
  CHECK(result.message == "СНИЛС: контрольное число не сходится, проверьте цифры по документу");
}

TEST_CASE("СНИЛС in any writing") {
  for (const char* text :
       {"112-233-445 95", "11223344595", "112 233 445 95", "112-233-445-95", "112–233–445 95", " 112-233-445\u00A095 "})
    CHECK_MESSAGE(stored("snils", text) == "112-233-445 95", text);
}

TEST_CASE("the check number of a СНИЛС for every kind of sum") {
  CHECK(stored("snils", "002-000-000 14") == "002-000-000 14");  // below 100: the sum itself
  CHECK(stored("snils", "112-206-379 99") == "112-206-379 99");  // 99
  CHECK(stored("snils", "112-126-619 00") == "112-126-619 00");  // 100
  CHECK(stored("snils", "112-116-649 00") == "112-116-649 00");  // 101
  CHECK(stored("snils", "112-106-679 01") == "112-106-679 01");  // 102
  CHECK(stored("snils", "114-992-994 00") == "114-992-994 00");  // 201: the remainder is 100
  CHECK(stored("snils", "087-654-303 00") == "087-654-303 00");  // 202
  CHECK(stored("snils", "114-799-576 01") == "114-799-576 01");  // 203
  CHECK(stored("snils", "199-058-197 27") == "199-058-197 27");
  CHECK(stored("snils", "179-066-621 03") == "179-066-621 03");
  CHECK(failure("snils", "199-058-197 28") == "snils_checksum");
  CHECK(failure("snils", "002-000-000 15") == "snils_checksum");
  CHECK(failure("snils", "112-126-619 01") == "snils_checksum");
}

TEST_CASE("every single wrong digit of a СНИЛС is found") {
  const std::string good = "11223344595";
  for (std::size_t i = 0; i < good.size(); ++i)
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string bad = good;
      if (good[i] == digit) continue;
      bad[i] = digit;
      CHECK_MESSAGE(failure("snils", bad) == "snils_checksum", bad);
    }
}

TEST_CASE("old СНИЛС carry no check number") {
  CHECK(stored("snils", "001-001-998 99") == "001-001-998 99");
  CHECK(stored("snils", "000-000-001 00") == "000-000-001 00");
  CHECK(failure("snils", "001-001-999 99") == "snils_checksum");
  CHECK(failure("snils", "000-000-000 00") == "snils_checksum");
}

TEST_CASE("СНИЛС that lost its zeros in Excel") {
  CHECK(warned("snils", "8765430300") == "087-654-303 00");
  CHECK(warned("snils", "200000014") == "002-000-000 14");
  CHECK(failure("snils", "8765430301") == "snils_checksum");
  CHECK(failure("snils", "112-233-445") == "snils_length");  // the check number is missing, not the zeros
  CHECK(failure("snils", "20000014") == "snils_length");
}

TEST_CASE("what is not a СНИЛС") {
  CHECK(failure("snils", "112-233-445 9") == "snils_length");
  CHECK(failure("snils", "112-233-445 955") == "snils_length");
  CHECK(failure("snils", "нет") == "snils_format");
  CHECK(failure("snils", "1,12233E+10") == "snils_format");
  CHECK(failure("snils", "112-233-445 95а") == "snils_format");
  CHECK(failure("snils", "-") == "snils_length");
}

TEST_CASE("ИНН") {
  CHECK(stored("inn", "7707083893") == "7707083893");
  CHECK(stored("inn", "500100732259") == "500100732259");
  CHECK(stored("inn", "7707 083 893") == "7707083893");
  CHECK(stored("inn_org", "6199002143") == "6199002143");
  CHECK(stored("inn_person", "619979928247") == "619979928247");
  CHECK(failure("inn", "7707083894") == "inn_checksum");
  CHECK(failure("inn", "500100732258") == "inn_checksum");
  CHECK(failure("inn", "500100732249") == "inn_checksum");
  CHECK(failure("inn", "0000000000") == "inn_checksum");
  CHECK(failure("inn", "000000000000") == "inn_checksum");
  CHECK(failure("inn", "770708389") == "inn_length");
  CHECK(failure("inn", "77070838933") == "inn_length");
  CHECK(failure("inn", "ИНН 7707083893") == "inn_format");
}

TEST_CASE("ИНН of the other kind is refused") {
  CHECK(failure("inn_person", "7707083893") == "inn_length");
  CHECK(failure("inn_org", "500100732259") == "inn_length");
}

TEST_CASE("ИНН that lost its zero in Excel") {
  CHECK(warned("inn", "105000008") == "0105000008");
  CHECK(failure("inn", "105000009") == "inn_length");
}

TEST_CASE("КПП") {
  CHECK(stored("kpp", "619901001") == "619901001");
  CHECK(stored("kpp", "7707AB001") == "7707AB001");
  for (const char* text : {"61990100", "6199010011", "7707ab001", "A19901001", "61990100A", "000000000", "6199АВ001"})
    CHECK_MESSAGE(failure("kpp", text) == "kpp_format", text);
}

TEST_CASE("ОГРН and ОГРНИП") {
  CHECK(stored("ogrn", "1027700132195") == "1027700132195");
  CHECK(stored("ogrn", "1046199002145") == "1046199002145");
  CHECK(stored("ogrn", "304500116000157") == "304500116000157");
  CHECK(failure("ogrn", "1027700132196") == "ogrn_checksum");
  CHECK(failure("ogrn", "304500116000158") == "ogrn_checksum");
  CHECK(failure("ogrn", "0000000000000") == "ogrn_checksum");
  CHECK(failure("ogrn", "102770013219") == "ogrn_length");
  CHECK(failure("ogrn", "10277001321955") == "ogrn_length");
  CHECK(failure("ogrn", "102770013219A") == "ogrn_format");
}

TEST_CASE("ОКПО and ОКТМО") {
  CHECK(stored("okpo", "61990214") == "61990214");
  CHECK(stored("okpo", "0061990214") == "0061990214");
  CHECK(stored("oktmo", "60998000001") == "60998000001");
  CHECK(stored("oktmo", "60 998 000") == "60998000");
  CHECK(failure("okpo", "6199021") == "okpo_length");
  CHECK(failure("okpo", "60998000001") == "okpo_length");
  CHECK(failure("oktmo", "6099800000") == "oktmo_length");
  CHECK(failure("oktmo", "6099800000А") == "oktmo_format");
  CHECK(failure("okpo", "00000000") == "okpo_format");
}
