#include "text/class_name.hpp"

#include "text/fold.hpp"
#include "text/names.hpp"

namespace eschool::text {

namespace {

constexpr std::size_t max_letter_length = 15;

/// Cleaned, without quotation marks and with one kind of hyphen.
std::string without_quotes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    if (!is_quote(code)) append_code_point(out, is_dash(code) ? U'-' : code);
  }
  return clean(out);
}

void trim(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '-')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '-')) text.remove_suffix(1);
}

/// Takes «класс» or «кл.» off the end, unless it is a part of a longer word.
void drop_word_class(std::string_view& text) {
  const std::string key = fold(text);
  if (key.size() != text.size()) return;
  for (const std::string_view word : {std::string_view("класс"), std::string_view("кл."), std::string_view("кл")}) {
    if (!key.ends_with(word)) continue;
    const std::size_t rest = key.size() - word.size();
    if (rest != 0 && key[rest - 1] != ' ' && key[rest - 1] != '-') continue;
    text.remove_suffix(word.size());
    return;
  }
}

bool is_digits(std::string_view text) {
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

bool is_acceptable_letter(std::string_view letter) {
  if (length(letter) > max_letter_length) return false;
  // What begins with a digit is a small number or something else: a date, a year, a phone.
  if (is_digit(static_cast<unsigned char>(letter.front()))) return letter.size() <= 2 && is_digits(letter);
  std::size_t at = 0;
  if (!is_letter(next_code_point(letter, at))) return false;
  while (at < letter.size()) {
    const char32_t code = next_code_point(letter, at);
    const bool mark = code == U' ' || code == U'-' || code == U'.' || code == U'(' || code == U')' || code == U'+';
    if (!is_letter(code) && !is_digit(code) && !mark) return false;
  }
  return true;
}

/// The letter when it is one letter: a capital, Cyrillic where it looks so.
std::optional<std::string> single_letter(std::string_view letter) {
  std::size_t at = 0;
  char32_t code = next_code_point(letter, at);
  if (at != letter.size() || !is_letter(code)) return std::nullopt;
  code = to_upper(code);
  if (const char32_t twin = cyrillic_twin(code)) code = twin;
  std::string out;
  append_code_point(out, code);
  return out;
}

}  // namespace

std::optional<ClassName> normalise_class(std::string_view text) {
  const std::string tidy = without_quotes(text);
  std::string_view rest = tidy;
  ClassName result;
  std::size_t digits = 0;
  for (; digits < rest.size() && is_digit(static_cast<unsigned char>(rest[digits])); ++digits)
    if (digits < 2) result.grade = 10 * result.grade + (rest[digits] - '0');
  if (digits == 0 || digits > 2 || result.grade < 1 || result.grade > 12) return std::nullopt;
  rest.remove_prefix(digits);
  trim(rest);
  drop_word_class(rest);
  trim(rest);
  result.name = std::to_string(result.grade);
  if (rest.empty()) return result;
  if (!is_acceptable_letter(rest)) return std::nullopt;
  if (auto letter = single_letter(rest)) {
    result.letter = std::move(*letter);
    result.name += result.letter;
  } else {
    result.letter = fix_lookalikes(rest).text;
    result.name += '-' + result.letter;
  }
  return result;
}

}  // namespace eschool::text
