#include "text/words.hpp"

#include <algorithm>

#include "text/dates.hpp"
#include "text/fold.hpp"

namespace eschool::text {

namespace {

constexpr std::size_t longest = 64;  ///< code points: more than that nobody types, and an index has a limit
constexpr std::size_t national = 10;

bool is_digit(char32_t code) { return code >= U'0' && code <= U'9'; }
bool is_digit_char(char c) { return c >= '0' && c <= '9'; }

bool is_of_word(char32_t code) {
  if (code < 0x80) return is_digit(code) || (code >= U'a' && code <= U'z') || (code >= U'A' && code <= U'Z');
  if (code < 0xC0) return code == 0xAA || code == 0xB5 || code == 0xBA;
  if (code == 0xD7 || code == 0xF7 || code == not_utf8) return false;
  const bool symbols = code >= 0x2000 && code < 0x2C00;  // dashes, quotation marks, №, arrows
  const bool wide = (code >= 0x3000 && code <= 0x303F) || (code >= 0xFE30 && code <= 0xFE6F);
  return !symbols && !wide;
}

/// Calls `word(begin, end, letters)` for each word; `letters`: where in it letters follow digits for the first time, or
/// its end.
template <class Word>
void each_word(std::string_view text, Word word) {
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (!is_of_word(next_code_point(text, at))) continue;
    auto end = at, letters = std::string_view::npos;
    bool digit = is_digit_char(text[begin]);
    while (at < text.size()) {
      const auto here = at;
      const auto code = next_code_point(text, at);
      if (!is_of_word(code)) break;
      if (digit && !is_digit(code) && letters == std::string_view::npos) letters = here;
      digit = is_digit(code);
      end = at;
    }
    word(begin, end, std::min(letters, end));
  }
}

std::string cut(std::string_view word) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < word.size() && count < longest; ++count) next_code_point(word, at);
  return std::string(word.substr(0, at));
}

/// A telephone number that begins at `at`: its ten digits and where it ends; none: "".
std::string phone_at(std::string_view text, std::size_t at, std::size_t& end) {
  std::string digits;
  const bool country = text[at] == '+';
  for (auto i = at; i < text.size() && digits.size() <= national; ++i) {
    const char c = text[i];
    if (!is_digit_char(c)) {
      if (c == ' ' || c == '-' || c == '(' || c == ')' || (country && i == at)) continue;
      break;
    }
    digits += c;
    end = i + 1;
    const bool with_prefix = text[at] != '(' && (digits.front() == '7' || digits.front() == '8');
    if (digits.size() != national + (with_prefix ? 1 : 0)) continue;
    auto next = end;
    if (next < text.size() && is_of_word(next_code_point(text, next))) return {};
    return digits.substr(with_prefix ? 1 : 0);
  }
  return {};
}

}  // namespace

std::vector<std::string> words(std::string_view folded) {
  std::vector<std::string> found;
  each_word(folded, [&](std::size_t begin, std::size_t end, std::size_t) {
    found.push_back(cut(folded.substr(begin, end - begin)));
  });
  return found;
}

std::vector<std::string> inner_words(std::string_view folded) {
  std::vector<std::string> found;
  each_word(folded, [&](std::size_t begin, std::size_t end, std::size_t letters) {
    if (begin) found.push_back(cut(folded.substr(begin, end - begin)));
    if (letters < end) found.push_back(cut(folded.substr(letters, end - letters)));
  });
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<SearchTerm> search_terms(std::string_view query) {
  const auto folded = fold(query);
  std::vector<SearchTerm> terms;
  for (std::size_t at = 0; at < folded.size();) {
    if (folded[at] == ' ') {
      ++at;
      continue;
    }
    // What stands between two spaces, unless a telephone number goes on behind them.
    SearchTerm term;
    auto end = std::min(folded.find(' ', at), folded.size());
    auto behind = at;
    if (is_digit_char(folded[at]) || folded[at] == '+' || folded[at] == '(') term.phone = phone_at(folded, at, behind);
    if (!term.phone.empty()) {
      end = behind;
    } else {
      auto token = std::string_view(folded).substr(at, end - at);
      while (!token.empty() && (token.back() == ',' || token.back() == '.' || token.back() == ';'))
        token.remove_suffix(1);
      if (const auto date = parse_date(token)) term.date = *date;
    }
    term.words = words(std::string_view(folded).substr(at, end - at));
    at = end;
    if (!term.phone.empty() || !term.date.empty()) {
      terms.push_back(std::move(term));
      continue;
    }
    for (auto& word : term.words) terms.push_back({{std::move(word)}, {}, {}});
  }
  return terms;
}

}  // namespace eschool::text
