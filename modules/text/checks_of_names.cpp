#include <fmt/format.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include <array>

#include "text/class_name.hpp"
#include "text/clean.hpp"
#include "text/names.hpp"
#include "text/single_checks.hpp"

namespace eschool::text::checks {

namespace {

std::string character(char32_t code) {
  std::string out;
  append_code_point(out, code);
  return out;
}

/// Area/City or Area/Region/City, as the IANA base writes them.
bool has_zone_shape(std::string_view zone) {
  constexpr std::size_t longest = 40;
  if (zone.size() > longest) return false;
  int parts = 0;
  bool first = true;
  for (const char c : zone) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (first) {
      if (!capital) return false;
      first = false;
      ++parts;
    } else if (c == '/') {
      first = true;
    } else if (!capital && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '+') {
      return false;
    }
  }
  return !first && (parts == 2 || parts == 3);
}

bool in_zone_base(std::string_view zone) {
  std::array<UChar, 64> wide;
  std::array<UChar, 64> canonical;
  UBool is_system = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_charsToUChars(zone.data(), wide.data(), static_cast<int32_t>(zone.size()));
  ucal_getCanonicalTimeZoneID(wide.data(), static_cast<int32_t>(zone.size()), canonical.data(),
                              static_cast<int32_t>(canonical.size()), &is_system, &status);
  return U_SUCCESS(status) && is_system != 0;
}

}  // namespace

CheckResult person_name(std::string_view text) {
  Lookalikes name = fix_lookalikes(tidy_name(text));
  const auto bad = [&](std::string_view code, std::string message) { return failed(text, code, std::move(message)); };
  bool any_letter = false;
  bool cyrillic = false;
  bool latin = false;
  char32_t misplaced = 0;
  char32_t before = 0;
  for (std::size_t at = 0; at < name.text.size();) {
    const char32_t code = next_code_point(name.text, at);
    const bool last = at == name.text.size();
    if (is_letter(code)) {
      any_letter = true;
      cyrillic = cyrillic || is_cyrillic(code);
      latin = latin || is_latin(code);
      if (cyrillic && latin)
        return bad("person_name_scripts", "ФИО: в одном слове русские и латинские буквы, наберите его заново");
    } else if (is_digit(code)) {
      return bad("person_name_digit", "ФИО: цифр быть не должно, проверьте, тот ли это столбец");
    } else if (code == U'-' || code == U'.') {
      const bool after_initial = code == U'-' && before == U'.';  // «Ж.-П.»
      if (!(is_letter(before) || after_initial) || (code == U'-' && last)) misplaced = code;
    } else if (code == U' ') {
      cyrillic = latin = false;
    } else if (code != U'\'') {
      return bad("person_name_character", fmt::format("ФИО: знака «{}» быть не должно, уберите его", character(code)));
    }
    before = code;
  }
  if (!any_letter)
    return bad("person_name_empty", "ФИО: нет ни одной буквы; если имени или отчества нет, оставьте пусто");
  if (misplaced != 0)
    return bad("person_name_format", fmt::format("ФИО: знак «{}» стоит не на месте, исправьте", character(misplaced)));
  CheckResult result = passed(std::move(name.text));
  if (name.changed)
    result.warnings.push_back(
        fmt::format("ФИО: латинские буквы, похожие на русские, заменены русскими («{}»)", result.value));
  return result;
}

CheckResult class_name(std::string_view text) {
  auto name = normalise_class(text);
  if (!name)
    return failed(text, "class_name_format",
                  "Класс: нужен номер от 1 до 12 и буква, например 5А; литера не длиннее 15 знаков");
  return passed(std::move(name->name));
}

CheckResult timezone(std::string_view text) {
  if (!has_zone_shape(text))
    return failed(text, "timezone_format", "Часовой пояс: нужен вид «Область/Город», например Europe/Moscow");
  if (!in_zone_base(text))
    return failed(text, "timezone_unknown", "Часовой пояс: такого нет в базе поясов, например верно Europe/Moscow");
  return passed(std::string(text));
}

}  // namespace eschool::text::checks
