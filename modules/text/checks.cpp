#include "text/checks.hpp"

#include <fmt/format.h>

#include <array>

#include "text/clean.hpp"
#include "text/single_checks.hpp"

namespace eschool::text {

namespace checks {

CheckResult passed(std::string value) {
  CheckResult result;
  result.value = std::move(value);
  return result;
}

CheckResult failed(std::string_view value, std::string_view code, std::string message) {
  CheckResult result;
  result.value = value;
  result.code = code;
  result.message = std::move(message);
  return result;
}

}  // namespace checks

namespace {

struct Check {
  std::string_view name;
  CheckResult (*run)(std::string_view cleaned);
};

constexpr std::array<Check, 14> all_checks = {{{"snils", checks::snils},
                                               {"inn", checks::inn},
                                               {"inn_person", checks::inn_person},
                                               {"inn_org", checks::inn_org},
                                               {"kpp", checks::kpp},
                                               {"ogrn", checks::ogrn},
                                               {"okpo", checks::okpo},
                                               {"oktmo", checks::oktmo},
                                               {"phone", checks::phone},
                                               {"email", checks::email},
                                               {"url", checks::url},
                                               {"person_name", checks::person_name},
                                               {"class_name", checks::class_name},
                                               {"timezone", checks::timezone}}};

const Check* find_check(std::string_view name) {
  for (const Check& one : all_checks)
    if (one.name == name) return &one;
  return nullptr;
}

}  // namespace

CheckResult check(std::string_view name, std::string_view text) {
  const std::string cleaned = clean(text);
  const Check* one = find_check(name);
  if (one == nullptr)
    return checks::failed(cleaned, "unknown_check",
                          fmt::format("Проверка «{}» не известна программе: исправьте описание поля", name));
  if (!valid_utf8(text))
    return checks::failed(cleaned, "utf8", "Текст не в кодировке UTF-8: сохраните файл в UTF-8 и повторите загрузку");
  if (cleaned.empty()) return {};
  return one->run(cleaned);
}

bool known_check(std::string_view name) { return find_check(name) != nullptr; }

}  // namespace eschool::text
