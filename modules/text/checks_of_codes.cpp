#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>

#include "text/letters.hpp"
#include "text/single_checks.hpp"
#include "text/utf8.hpp"

namespace eschool::text::checks {

namespace {

/// The digits of a number that people part by blanks and dashes; nothing when it holds anything else.
std::optional<std::string> digits_of(std::string_view text) {
  std::string digits;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    if (is_digit(code)) {
      digits.push_back(static_cast<char>(code));
    } else if (code != U' ' && !is_dash(code)) {
      return std::nullopt;
    }
  }
  return digits;
}

int digit(std::string_view digits, std::size_t i) { return digits[i] - '0'; }

bool all_zeros(std::string_view digits) { return digits.find_first_not_of('0') == std::string_view::npos; }

bool good_snils(std::string_view digits) {
  const std::string_view number = digits.substr(0, 9);
  if (all_zeros(number)) return false;
  if (number <= "001001998") return true;  // given before the check number was brought in
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += digit(digits, i) * static_cast<int>(9 - i);
  return sum % 101 % 100 == 10 * digit(digits, 9) + digit(digits, 10);
}

std::string dashed_snils(std::string_view digits) {
  std::string out(digits);
  out.insert(9, " ");
  out.insert(6, "-");
  out.insert(3, "-");
  return out;
}

constexpr std::array<int, 11> inn_weights = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};

/// The check digit that follows the first `count` digits; the weights are the last ones of the row.
int inn_check_digit(std::string_view digits, std::size_t count) {
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += digit(digits, i) * inn_weights[inn_weights.size() - count + i];
  return sum % 11 % 10;
}

bool good_inn(std::string_view digits) {
  if (all_zeros(digits)) return false;
  if (digits.size() == 10) return inn_check_digit(digits, 9) == digit(digits, 9);
  return digits.size() == 12 && inn_check_digit(digits, 10) == digit(digits, 10) &&
         inn_check_digit(digits, 11) == digit(digits, 11);
}

CheckResult inn_of_size(std::string_view text, std::initializer_list<std::size_t> sizes, std::string_view expected) {
  const auto digits = digits_of(text);
  if (!digits) return failed(text, "inn_format", "ИНН: допустимы только цифры, уберите лишние знаки");
  const auto allowed = [&](std::size_t size) { return std::find(sizes.begin(), sizes.end(), size) != sizes.end(); };
  if (allowed(digits->size())) {
    if (good_inn(*digits)) return passed(*digits);
    return failed(text, "inn_checksum", "ИНН: контрольное число не сходится, проверьте цифры по документу");
  }
  const std::string padded = '0' + *digits;
  if (allowed(padded.size()) && good_inn(padded)) {
    CheckResult result = passed(padded);
    result.warnings.push_back(
        fmt::format("ИНН: в начале восстановлен потерянный ноль ({}), проверьте по документу", padded));
    return result;
  }
  return failed(text, "inn_length",
                fmt::format("ИНН: нужно {}, а указано {}; проверьте номер по документу", expected, digits->size()));
}

/// A code that has a form but no check digit in common use.
CheckResult digits_of_size(std::string_view text, std::size_t shorter, std::size_t longer, std::string_view code,
                           std::string_view label) {
  const auto digits = digits_of(text);
  if (!digits)
    return failed(text, fmt::format("{}_format", code),
                  fmt::format("{}: допустимы только цифры, уберите лишние знаки", label));
  if (digits->size() != shorter && digits->size() != longer)
    return failed(text, fmt::format("{}_length", code),
                  fmt::format("{}: нужно {} или {} цифр, а указано {}; если код начинается с нуля, проверьте, что "
                              "Excel его не отбросил",
                              label, shorter, longer, digits->size()));
  if (all_zeros(*digits))
    return failed(text, fmt::format("{}_format", code),
                  fmt::format("{}: код из одних нулей не существует, проверьте его по документу", label));
  return passed(*digits);
}

}  // namespace

CheckResult snils(std::string_view text) {
  constexpr std::size_t full = 11;
  const auto digits = digits_of(text);
  if (!digits)
    return failed(text, "snils_format", "СНИЛС: допустимы только цифры, дефисы и пробел, уберите лишние знаки");
  if (digits->size() == full) {
    if (good_snils(*digits)) return passed(dashed_snils(*digits));
    return failed(text, "snils_checksum", "СНИЛС: контрольное число не сходится, проверьте цифры по документу");
  }
  // A number written with separators lost its digits elsewhere than in Excel.
  const bool bare_number = digits->size() == text.size();
  if (bare_number && digits->size() >= 9 && digits->size() < full) {
    const std::string padded = std::string(full - digits->size(), '0') + *digits;
    if (!good_snils(padded))
      return failed(text, "snils_checksum",
                    fmt::format("СНИЛС: указано {} цифр вместо 11, и с нулями в начале контрольное число не сходится; "
                                "проверьте цифры по документу",
                                digits->size()));
    CheckResult result = passed(dashed_snils(padded));
    result.warnings.push_back(
        fmt::format("СНИЛС: в начале восстановлены потерянные нули ({}), проверьте по документу", result.value));
    return result;
  }
  return failed(text, "snils_length",
                fmt::format("СНИЛС: нужно 11 цифр, а указано {}; проверьте номер по документу", digits->size()));
}

CheckResult inn(std::string_view text) {
  return inn_of_size(text, {10, 12}, "10 цифр у организации или 12 у человека");
}

CheckResult inn_person(std::string_view text) { return inn_of_size(text, {12}, "12 цифр (ИНН человека)"); }

CheckResult inn_org(std::string_view text) { return inn_of_size(text, {10}, "10 цифр (ИНН организации)"); }

CheckResult kpp(std::string_view text) {
  std::string code;
  for (const char c : text)
    if (c != ' ') code.push_back(c);
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  bool good = code.size() == 9 && !all_zeros(code);
  for (std::size_t i = 0; good && i < code.size(); ++i) {
    const bool reason = i == 4 || i == 5;  // the reason of registration may be two letters
    good = is_digit(static_cast<unsigned char>(code[i])) || (reason && is_capital(code[i]));
  }
  if (good) return passed(code);
  return failed(text, "kpp_format",
                "КПП: нужно 9 знаков — 4 цифры, 2 цифры или заглавные латинские буквы, 3 цифры; если код начинается с "
                "нуля, проверьте, что Excel его не отбросил");
}

CheckResult ogrn(std::string_view text) {
  const auto digits = digits_of(text);
  if (!digits) return failed(text, "ogrn_format", "ОГРН: допустимы только цифры, уберите лишние знаки");
  const std::size_t size = digits->size();
  if (size != 13 && size != 15)
    return failed(
        text, "ogrn_length",
        fmt::format("ОГРН: нужно 13 цифр (у предпринимателя — 15), а указано {}; проверьте номер по документу", size));
  const long long number = std::stoll(digits->substr(0, size - 1));
  const long long expected = number % (size == 13 ? 11 : 13) % 10;
  if (digits->front() == '0' || expected != digit(*digits, size - 1))
    return failed(text, "ogrn_checksum", "ОГРН: контрольная цифра не сходится, проверьте цифры по документу");
  return passed(*digits);
}

CheckResult okpo(std::string_view text) { return digits_of_size(text, 8, 10, "okpo", "ОКПО"); }

CheckResult oktmo(std::string_view text) { return digits_of_size(text, 8, 11, "oktmo", "ОКТМО"); }

}  // namespace eschool::text::checks
