#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "text/fold.hpp"
#include "text/letters.hpp"
#include "text/single_checks.hpp"

namespace eschool::text::checks {

namespace {

constexpr std::size_t national_size = 10;

/// The ten digits of a number in the plan of +7. No area code begins with 0, 1, 2, 88 or 89: ten digits with 8 in front
/// are rather the prefix 8 and a number that lacks a digit.
bool in_russian_plan(std::string_view national) {
  if (national.size() != national_size || national[0] < '3' || national[0] > '9') return false;
  return national[0] != '8' || national[1] < '8';
}

bool is_ascii_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

/// Letters and digits of one script: a label that mixes Latin and Cyrillic is a slip of the keyboard or a deceit.
bool good_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  bool latin = false;
  bool cyrillic = false;
  for (std::size_t at = 0; at < label.size();) {
    const char32_t code = next_code_point(label, at);
    if (code < 0x80) {
      const char c = static_cast<char>(code);
      if (!is_ascii_letter(c) && !is_ascii_digit(c) && c != '-') return false;
      latin = latin || is_ascii_letter(c);
    } else if (is_cyrillic(code)) {
      cyrillic = true;
    } else {
      return false;
    }
  }
  return !(latin && cyrillic);
}

/// A domain of at least two labels in lower case, Latin or Cyrillic; nothing when it is not one.
std::optional<std::string> domain_of(std::string_view text) {
  if (text.size() > 253) return std::nullopt;
  std::string domain;
  for (std::size_t at = 0; at < text.size();) append_code_point(domain, to_lower(next_code_point(text, at)));
  std::string_view rest = domain;
  std::size_t labels = 0;
  for (;;) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (!good_label(label)) return std::nullopt;
    ++labels;
    if (dot != std::string_view::npos) {
      rest.remove_prefix(dot + 1);
      continue;
    }
    if (labels < 2 || length(label) < 2 || is_ascii_digit(label.front())) return std::nullopt;
    return domain;
  }
}

bool has_cyrillic(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (is_cyrillic(next_code_point(text, at))) return true;
  return false;
}

bool good_local_part(std::string_view local) {
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  for (const char c : local) {
    const bool mark = std::string_view("._-+%&'=~#").find(c) != std::string_view::npos;
    if (!is_ascii_letter(c) && !is_ascii_digit(c) && !mark) return false;
  }
  return true;
}

}  // namespace

CheckResult phone(std::string_view text) {
  const auto bad = [&](std::string_view code, std::string message) { return failed(text, code, std::move(message)); };
  std::string digits;
  std::string_view extension;
  bool plus = false;
  for (std::size_t at = 0; at < text.size() && extension.empty();) {
    const std::size_t here = at;
    const char32_t code = next_code_point(text, at);
    if (is_digit(code)) {
      digits.push_back(static_cast<char>(code));
    } else if (code == U'+' && digits.empty() && !plus) {
      plus = true;
    } else if (code == U' ' || code == U'(' || code == U')' || code == U'.' || is_dash(code)) {
      continue;
    } else if (!digits.empty() && fold(text.substr(code == U',' ? at : here)).starts_with("доб")) {
      extension = text.substr(here);
    } else if (code == U',' || code == U';' || code == U'/' || code == U'+') {
      return bad("phone_several", "Телефон: укажите один номер");
    } else {
      return bad("phone_format", "Телефон: допустимы цифры, +, скобки, дефисы и пробелы, уберите лишние знаки");
    }
  }
  CheckResult result;
  if (!extension.empty())
    result.warnings.push_back(fmt::format("Телефон: добавочный номер не сохранён («{}»)", extension));

  const std::string_view all = digits;
  const auto russian = [&](std::string_view national) {
    if (!in_russian_plan(national))
      return bad("phone_code", "Телефон: кода города или оператора с такими цифрами нет, проверьте номер");
    result.value = fmt::format("+7{}", national);
    return result;
  };
  if (plus && all.size() == 11 && all.starts_with("89")) {  // no country has the code 89
    result.warnings.push_back("Телефон: «+8» в начале заменено на «+7»");
    return russian(all.substr(1));
  }
  if (plus && !all.starts_with('7')) {
    if (all.size() < 8 || all.size() > 15 || all.starts_with('0'))
      return bad("phone_length", "Телефон: в номере другой страны после + нужно от 8 до 15 цифр");
    result.value = fmt::format("+{}", all);
    return result;
  }
  if (all.size() == 11 && (all.front() == '7' || all.front() == '8')) return russian(all.substr(1));
  if (!plus && all.size() == national_size) return russian(all);
  if (!plus && all.size() > 11 && all.size() <= 18 && all.starts_with("810")) {  // the way abroad from a Russian line
    result.value = fmt::format("+{}", all.substr(3));
    return result;
  }
  return bad("phone_length",
             fmt::format("Телефон: нужен номер из 11 цифр с кодом города или оператора, например +7 863 000-02-14, "
                         "а цифр указано {}",
                         all.size()));
}

CheckResult email(std::string_view text) {
  std::string_view address = text;
  if (fold(text.substr(0, 7)) == "mailto:") address.remove_prefix(7);
  if (address.find_first_of(" ,;<>") != std::string_view::npos)
    return failed(text, "email_format", "E-mail: укажите один адрес без пробелов, запятых и скобок");
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos || address.find('@', at + 1) != std::string_view::npos)
    return failed(text, "email_format", "E-mail: в адресе должен быть один знак @, например ivanova@school.ru");
  const std::string_view local = address.substr(0, at);
  if (has_cyrillic(local))
    return failed(text, "email_cyrillic",
                  "E-mail: до знака @ есть русские буквы, наберите адрес в латинской раскладке");
  if (!good_local_part(local))
    return failed(text, "email_format", "E-mail: до знака @ допустимы латинские буквы, цифры, точка, дефис и _");
  const auto domain = domain_of(address.substr(at + 1));
  if (!domain || address.size() > 254)
    return failed(text, "email_domain", "E-mail: после знака @ нужно имя сайта, например school.ru; проверьте адрес");
  return passed(fmt::format("{}@{}", local, *domain));
}

CheckResult url(std::string_view text) {
  constexpr std::size_t longest = 2000;
  const auto bad = [&](std::string_view code, std::string message) { return failed(text, code, std::move(message)); };
  if (text.size() > longest) return bad("url_length", fmt::format("Адрес сайта длиннее {} знаков", longest));
  CheckResult result;
  std::string_view rest = text;
  std::string scheme = "https";
  if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
    scheme = fold(text.substr(0, end));
    if (scheme != "http" && scheme != "https")
      return bad("url_scheme", "Адрес сайта: должен начинаться с https:// или http://");
    rest = text.substr(end + 3);
  } else {
    result.warnings.push_back("Адрес сайта: в начале добавлено https://, проверьте, что страница открывается");
  }
  if (rest.find_first_of(" \"'<>\\`{}|^") != std::string_view::npos)
    return bad("url_format", "Адрес сайта: уберите пробелы, кавычки и скобки");
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view host = rest.substr(0, end);
  std::string_view port;
  if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  const bool good_port = port.empty() || (port.size() >= 2 && port.size() <= 6 &&
                                          port.find_first_not_of("0123456789", 1) == std::string_view::npos &&
                                          std::stoi(std::string(port.substr(1))) <= 65535);
  const auto domain = domain_of(host);
  if (!domain || !good_port) return bad("url_domain", "Адрес сайта: нужен вид https://school.ru, проверьте имя сайта");
  result.value = fmt::format("{}://{}{}{}", scheme, *domain, port, rest.substr(end));
  return result;
}

}  // namespace eschool::text::checks
